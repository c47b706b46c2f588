// "Paste this and people can log in": the code that the admin's pages show for a back end is run, stack by stack,
// against a real Saoma and the pretend WeChat. Owns what a pasted back end must do and what it must refuse.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { answering, freePort } from "../browser/harness.mjs";
import { Visitor } from "./people.mjs";
import { STACKS } from "./stacks.mjs";
import { startWorld, subOf } from "./world.mjs";

/** How often a page may begin anew before its visitor scans: a code lives two minutes, people have lunch. */
const BEGINS = 60;
const ports = {};
const subs = {};
let world;
const siteOf = (stack) => `http://127.0.0.1:${ports[stack]}`;

before(async () => {
  for (const stack of Object.keys(STACKS)) ports[stack] = await freePort();
  world = await startWorld(Object.keys(STACKS).map(siteOf));
  for (const person of ["xiaoming", "lihua"]) subs[person] = await subOf(world, person, siteOf("node"));
});
after(() => world?.end());

/** The website of one stack, with what the admin copies as "settings of the back end". */
async function startSite(stack) {
  const folder = `${world.folder}/${stack}`;
  mkdirSync(folder);
  const env = {
    SAOMA_URL: world.saoma,
    SAOMA_CLIENT_ID: world.client,
    SAOMA_CLIENT_SECRET: world.secret,
    SAOMA_REDIRECT_URI: `${siteOf(stack)}/callback`,
  };
  const site = await STACKS[stack]({ folder, env, port: ports[stack] });
  try {
    await answering(siteOf(stack));
  } catch (cause) {
    await site.end();
    throw new Error(site.log(), { cause });
  }
  return site;
}

/** `address` with one parameter of its query changed, or gone. */
function changed(address, name, value) {
  const url = new URL(address);
  if (value === undefined) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  return url.href;
}

for (const stack of Object.keys(STACKS)) {
  describe(stack, () => {
    let site;
    const visitor = (cookies) => new Visitor(world, siteOf(stack), cookies);
    const refuses = async (guest, address) => {
      const answer = await guest.ask(address);
      assert.equal(answer.status, 400, `${address}: ${await answer.text()}\n${site.log()}`);
      assert.equal(await guest.user(), "");
    };
    before(async () => (site = await startSite(stack)));
    after(() => site?.end());

    test("people log in, each as themselves, and one after another", async () => {
      const guest = visitor();
      assert.equal(await guest.user(), "");
      for (const person of ["xiaoming", "lihua"]) {
        const answer = await guest.ask(await guest.confirmed(person));
        assert.ok([302, 303].includes(answer.status), `${answer.status}: ${await answer.text()}\n${site.log()}`);
        assert.equal(await guest.user(), subs[person]);
      }
    });

    test("a wrong state, a foreign or missing iss, a wrong code and another browser are refused", async () => {
      const guest = visitor();
      const address = await guest.confirmed("xiaoming");
      await refuses(visitor(), address);
      for (const state of ["x".repeat(43), "", undefined, "constructor"]) await refuses(guest, changed(address, "state", state));
      for (const iss of ["https://elsewhere.example", `${world.saoma}/`, undefined]) {
        const other = visitor();
        await refuses(other, changed(await other.confirmed("xiaoming"), "iss", iss));
      }
      await refuses(guest, changed(address, "code", "x".repeat(43)));
    });

    test("the address works once, also for a browser that kept its old cookies, and these stay nobody's", async () => {
      const guest = visitor();
      const address = await guest.confirmed("xiaoming");
      const copy = visitor(guest.cookies);
      await guest.ask(address);
      assert.equal(await guest.user(), subs.xiaoming);
      assert.equal((await guest.ask(address)).status, 400);
      await refuses(copy, address);
    });

    // With curl the session is this test's own.
    if (stack === "curl") return;
    test("a page that stood open for long and began anew and anew still logs in", async () => {
      const guest = visitor();
      for (let begun = 0; begun < BEGINS; begun += 1) await guest.begin();
      await guest.ask(await guest.confirmed("xiaoming"));
      assert.equal(await guest.user(), subs.xiaoming);
    });
  });
}
