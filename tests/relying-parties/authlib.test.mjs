// A website with a back end, written with Authlib in Flask, and a visitor in Chromium who scans with a phone. Owns
// what Python's usual library must get: a log-in with PKCE and nonce, renewal by itself, a logout that comes back.
// Needs AUTHLIB_PYTHON, which authlib.sh prints. Refuses what the library refuses, and a token that comes twice.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { answering, freePort, startBrowser, startProgram } from "../browser/harness.mjs";
import { comesIn, guest, toTheCode, words } from "./people.mjs";
import { startWorld } from "./world.mjs";

const HERE = fileURLToPath(new URL("./", import.meta.url));
const client = { client_id: "tea.flask", type: "confidential" };
// Authlib sends a secret as it is, where RFC 6749 section 2.3.1 has it encoded: so it is one that needs no encoding.
const secret = randomBytes(32).toString("base64url");
let origin, site, world, browser;

before(async () => {
  assert.ok(process.env.AUTHLIB_PYTHON, 'AUTHLIB_PYTHON="$(tests/relying-parties/authlib.sh)"');
  const port = await freePort();
  origin = `http://localhost:${port}`;
  const openid = { refresh_tokens: true, post_logout_redirect_uris: [`${origin}/bye`] };
  world = await startWorld({ ...client, secrets: [secret], redirect_uris: [`${origin}/callback`], openid });
  const env = { SAOMA_URL: world.saoma, CLIENT_ID: client.client_id, CLIENT_SECRET: secret, PORT: String(port), PYTHONDONTWRITEBYTECODE: "1" };
  site = startProgram(["authlib-site.py"], { program: process.env.AUTHLIB_PYTHON, cwd: HERE, env });
  await answering(`http://127.0.0.1:${port}/`).catch((cause) => assert.fail(`${cause}\n${site.log()}`));
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await site?.end();
  await world?.close();
});

/** Somebody whom the website greets. */
async function loggedIn(who, name) {
  const person = await guest(browser);
  await toTheCode(person, world, () => person.page.goto(`${origin}/login`));
  await comesIn(browser, world, person, who, name);
  await person.page.waitForURL(`${origin}/`);
  assert.equal(await words(person), `Hello ${name}`, site.log());
  return person;
}

/** What one of the website's pages says to this visitor. */
async function says(person, path) {
  await person.page.goto(`${origin}${path}`);
  return words(person);
}
const told = async (person, path) => JSON.parse(await says(person, path));

test("a visitor logs in, and the library renews the tokens by itself, by each refresh token once", async () => {
  const person = await loggedIn("xiaoming", "小明 of the hill");
  const first = await told(person, "/known");
  assert.deepEqual([first.claims.iss, first.claims.aud, first.scope], [world.saoma, client.client_id, "openid profile offline_access"]);
  assert.equal((await told(person, "/renew/token")).name, "小明 of the hill");
  const later = await told(person, "/known");
  assert.notEqual(later.refresh_token, first.refresh_token);
  for (const same of ["sub", "auth_time", "sid"]) assert.deepEqual(later.claims[same], first.claims[same], same);
  assert.equal(await says(person, "/renew/first"), "Refused: invalid_grant");
  assert.equal(await says(person, "/renew/token"), "Refused: invalid_grant");
  await person.close();
});

test("a logout comes back with the website's state, and nobody is logged in at the provider any more", async () => {
  const person = await loggedIn("lihua", "Li Hua");
  await person.page.goto(`${origin}/login?prompt=none`);
  assert.equal(await words(person), "Hello Li Hua");
  await person.page.goto(`${origin}/logout`);
  await person.page.waitForURL(`${origin}/bye?state=*`);
  assert.equal(await words(person), "Bye", site.log());
  assert.equal(await says(person, "/login?prompt=none"), "Refused: login_required");
  await person.close();
});
