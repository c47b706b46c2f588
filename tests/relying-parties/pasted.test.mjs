// "Paste this", for websites with an OpenID Connect library: the code that the admin's pages show is run as it is, and
// a visitor in Chromium logs in. Owns what a pasted back end must do and refuse; the other stacks are in tests/snippets.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { answering, freePort, startBrowser, startProgram } from "../browser/harness.mjs";
import { comesIn, guest, toTheCode, words } from "./people.mjs";
import { newSecret, startWorld } from "./world.mjs";

const SNIPPET = readFileSync(new URL("../../server/src/http/admin/snippets/openid.txt", import.meta.url), "utf8");
const surroundings = (port) => `import express from "express";
import session from "express-session";
const app = express();
app.use(session({ secret: "of this test", resave: false, saveUninitialized: false }));
${SNIPPET}
app.get("/", (req, res) => res.type("text").send(\`\${req.session.user ?? "nobody"} \${req.session.name ?? ""}\`));
app.listen(${port}, "localhost");
`;

const client = { client_id: "pasted.site", type: "confidential" };
const secret = newSecret();
let world, browser, site, origin, folder;

before(async () => {
  const port = await freePort();
  origin = `http://localhost:${port}`;
  world = await startWorld({ ...client, secrets: [secret], redirect_uris: [`${origin}/back`] });
  folder = mkdtempSync(`${tmpdir()}/saoma-pasted-`);
  writeFileSync(`${folder}/site.mjs`, surroundings(port));
  symlinkSync(fileURLToPath(new URL("node_modules", import.meta.url)), `${folder}/node_modules`);
  const env = { SAOMA_URL: world.saoma, SAOMA_CLIENT_ID: client.client_id, SAOMA_CLIENT_SECRET: secret, SAOMA_REDIRECT_URI: `${origin}/back` };
  site = startProgram(["site.mjs"], { program: process.execPath, cwd: folder, env });
  await answering(origin);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await site?.end();
  await world?.close();
  if (folder) rmSync(folder, { recursive: true });
});

test("a visitor scans, confirms and is known by id and name; the address works once and in that browser only", async () => {
  const person = await guest(browser);
  let back;
  person.page.on("request", (request) => request.url().startsWith(`${origin}/back?`) && (back = request.url()));
  await toTheCode(person, world, () => person.page.goto(`${origin}/login`));
  world.allowed.add("xiaoming"); // the phone's yes is enough where no tokens are to last
  await comesIn(browser, world, person, "xiaoming", "小明");
  await person.page.waitForURL(`${origin}/`);
  assert.match(await words(person), /^usr_\w+ 小明$/);
  assert.equal((await fetch(back)).status, 400, "another browser");
  assert.equal((await person.page.goto(back)).status(), 400, "a second time");
  await person.page.goto(`${origin}/`);
  assert.match(await words(person), /^usr_\w+ 小明$/);
  assert.deepEqual(person.errors.filter((error) => !error.includes("400")), []);
  await person.close();
});

test("whoever gives up, and whoever comes with something else, is nobody", async () => {
  const person = await guest(browser);
  await toTheCode(person, world, () => person.page.goto(`${origin}/login`));
  await person.page.getByRole("button", { name: "Back to the website" }).click();
  await person.page.waitForURL(`${origin}/back?*`);
  assert.match(await words(person), /not completed/);
  for (const query of ["", "?code=x&state=x", "?code=x&state=constructor", `?error=access_denied&iss=${world.saoma}`]) {
    assert.equal((await person.page.goto(`${origin}/back${query}`)).status(), 400, query);
  }
  await person.page.goto(`${origin}/`);
  assert.equal(await words(person), "nobody");
  await person.close();
});
