// From an empty house to the first login, in the browser alone: an owner is enrolled by the one-time link, sets up a
// way to log in and registers a website by forms, pastes the code it is given into a page, and somebody logs in there.
// Owns that nobody touches a file on the way; the configuration here only says which ports are free.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { code } from "./admin-steps.mjs";
import { BINARY, answering, freePort, startBrowser, startProgram, visitor } from "./harness.mjs";
import { seen } from "./looks.mjs";
import { at, confirm, phoneOf, scan } from "./steps.mjs";

const APP = { appid: "wx5a0a0a0a0a0a0aff", secret: "5a0a0a0a5a0a0a0a5a0a0a0a5a0a0aff", name: "First", pages: ["pages/login/index"] };
const programs = [];
let saoma, admin, sandbox, site, browser, folder, pasted = "";

const configuration = () => `
[server]
public_url = "${saoma}"
listen = "${new URL(saoma).host}"
admin_url = "${admin}"
admin_listen = "${new URL(admin).host}"
[database]
url = "sqlite:./saoma.db"
[security]
master_key_file = "./saoma.key"
`;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "saoma-first-"));
  const server = createServer((request, response) => {
    if (request.url === "/favicon.ico") return response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(`<!doctype html><html lang="en"><title>My Blog</title><main>${pasted}</main></html>`);
  });
  await new Promise((done) => server.listen(0, "localhost", done));
  site = { origin: `http://localhost:${server.address().port}`, close: () => server.close() };
  [saoma, sandbox] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  admin = `http://localhost:${await freePort()}`;
  const file = join(folder, "saoma.toml");
  writeFileSync(file, configuration().replace(`admin_listen = "localhost`, `admin_listen = "127.0.0.1`));
  programs.push(startProgram(["sandbox", "--listen", new URL(sandbox).host, "--server", saoma]));
  programs.push(startProgram(["serve", "--config", file]));
  for (const address of [`${sandbox}/`, `${saoma}/`]) await answering(address);
  const { appid, ...app } = { ...APP, companion_url: saoma };
  const put = { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(app) };
  assert.equal((await fetch(`${sandbox}/_sandbox/v1/apps/${appid}`, put)).status, 204);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  site?.close();
  for (const program of programs) assert.equal((await program.end()) ?? 0, 0, program.log());
  rmSync(folder, { recursive: true });
});

test("from the one-time link to the first login, without touching a file", async () => {
  const printed = execFileSync(BINARY, ["admin", "bootstrap", "--config", join(folder, "saoma.toml")], { encoding: "utf8" });
  const link = printed.split("\n")[0];
  assert.ok(link.startsWith(`${admin}/enrol/`), printed);
  const ann = await visitor(browser, { locale: "en", size: "desktop", scheme: "light" });
  const { page } = ann;
  await page.goto(link);
  await page.getByLabel("Name").fill("ann");
  await page.getByLabel("Password").fill("correct-horse-battery-staple");
  await page.locator("#code").fill(code(await page.locator(".key").innerText()));
  await page.locator("button.main").click();
  await page.locator(".codes").waitFor();
  await page.goto(`${admin}/providers`);
  await seen(ann, "first-1-nothing-yet");
  await page.getByRole("link", { name: /WeChat mini.program/ }).click();
  await page.getByLabel("Short name").fill("mini");
  await page.getByLabel("Title that people read").fill("Mini-program");
  await page.getByLabel("AppID").fill(APP.appid);
  await page.getByLabel("AppSecret").fill(APP.secret);
  await page.getByText("Network", { exact: true }).click();
  await page.getByLabel("API address").fill(sandbox);
  await page.getByRole("button", { name: "Set up" }).click();
  await page.getByRole("status").waitFor();
  await seen(ann, "first-2-way");
  await page.getByRole("link", { name: "Websites" }).first().click();
  await page.getByRole("link", { name: "New website" }).first().click();
  await page.getByLabel("What is it built with?").selectOption("page");
  await page.getByLabel("Name", { exact: true }).fill("My Blog");
  await page.getByLabel("client_id").fill("blog");
  await page.getByLabel("Address of the website").fill(site.origin);
  await page.getByLabel("Where codes are sent").fill(`${site.origin}/`);
  await page.getByRole("button", { name: "Register" }).click();
  await page.getByRole("heading", { name: /My Blog/ }).waitFor();
  await seen(ann, "first-3-website");
  pasted = await page.locator("pre code").first().innerText();
  assert.match(pasted, /client-id="blog"/);
  const guest = await visitor(browser, { locale: "en", size: "desktop", scheme: "light" });
  await guest.page.addInitScript(() => addEventListener("saoma-login", ({ detail }) => (window.told = detail)));
  await guest.page.goto(site.origin);
  await at(guest.page, "code").waitFor();
  const hand = await phoneOf(browser, { sandbox }, "xiaoming", { locale: "en" });
  await scan(hand, guest);
  await confirm(hand, "小明");
  await guest.page.waitForFunction(() => window.told);
  const told = await guest.page.evaluate(() => window.told);
  assert.equal(typeof told.access_token, "string", JSON.stringify(told));
  assert.deepEqual(ann.errors, []);
  await Promise.all([ann, guest, hand].map((person) => person.close()));
});
