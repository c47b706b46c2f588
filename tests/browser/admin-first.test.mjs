// From an empty house to the first login, in the browser alone: an owner is enrolled by the one-time link, sets up a
// way to log in and registers a website by forms, pastes the code it is given into a page, and somebody logs in there.
// Owns that nobody touches a file on the way; the configuration here only says which ports are free.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { emptyHouse, firstOwner } from "./empty-house.mjs";
import { startBrowser, visitor } from "./harness.mjs";
import { seen } from "./looks.mjs";
import { at, confirm, phoneOf, scan } from "./steps.mjs";
import { control } from "./way-steps.mjs";

const APP = { appid: "wx5a0a0a0a0a0a0aff", secret: "5a0a0a0a5a0a0a0a5a0a0a0a5a0a0aff", name: "First", pages: ["pages/login/index"] };
let house, site, browser, pasted = "";

before(async () => {
  const server = createServer((request, response) => {
    if (request.url === "/favicon.ico") return response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(`<!doctype html><html lang="en"><title>My Blog</title><main>${pasted}</main></html>`);
  });
  await new Promise((done) => server.listen(0, "localhost", done));
  site = { origin: `http://localhost:${server.address().port}`, close: () => server.close() };
  house = await emptyHouse();
  const { appid, ...app } = { ...APP, companion_url: house.saoma };
  await control(house, "PUT", `apps/${appid}`, app);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  site?.close();
  await house?.close();
});

test("from the one-time link to the first login, without touching a file", async () => {
  const ann = await firstOwner(browser, house);
  const { page } = ann;
  await page.goto(`${house.admin}/providers`);
  await seen(ann, "first-1-nothing-yet");
  await page.getByRole("link", { name: /WeChat mini.program/ }).click();
  await page.getByLabel("Short name").fill("mini");
  await page.getByLabel("Title that people read").fill("Mini-program");
  await page.getByLabel("AppID").fill(APP.appid);
  await page.getByLabel("AppSecret").fill(APP.secret);
  await page.getByText("Network", { exact: true }).click();
  await page.getByLabel("API address").fill(house.sandbox);
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
  const hand = await phoneOf(browser, house, "xiaoming", { locale: "en" });
  await scan(hand, guest);
  await confirm(hand, "小明");
  await guest.page.waitForFunction(() => window.told);
  const told = await guest.page.evaluate(() => window.told);
  assert.equal(typeof told.access_token, "string", JSON.stringify(told));
  assert.deepEqual(ann.errors, []);
  await Promise.all([ann, guest, hand].map((person) => person.close()));
});
