// The admin's house by keyboard alone, and in a role that may only look. Owns that nothing needs a mouse, and that who
// may not is offered nothing; what is refused when it is sent all the same is in the Rust tests.
import assert from "node:assert/strict";
import { test } from "node:test";
import { code, inside } from "./admin-steps.mjs";
import { stage, visitor } from "./harness.mjs";
import { clean, seen } from "./looks.mjs";

const set = stage();
const LOOK = { size: "desktop", locale: "en", scheme: "light" };
/** More than any page has of things to go to. */
const MOST = 120;

/** Goes there by Tab. */
async function tabTo(page, target) {
  const isThere = () => target.evaluate((element) => element === document.activeElement);
  for (let step = 0; step < MOST; step += 1) {
    if (await isThere()) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab does not lead to ${target}`);
}

/** Goes to a link or button and presses it. */
async function press(page, target, leadsTo) {
  await tabTo(page, target);
  await page.keyboard.press("Enter");
  if (leadsTo) await page.waitForURL(leadsTo);
}

async function type(page, label, text) {
  await tabTo(page, page.getByLabel(label, { exact: true }));
  await page.keyboard.type(text);
}

test("an owner comes in, registers a website, looks into the audit and goes, by keyboard alone", async () => {
  const { admin, owner } = set.demo;
  const person = await visitor(set.browser, LOOK);
  const { page } = person;
  await page.goto(`${admin}/`);
  await type(page, "Name", owner.name);
  await type(page, "Password", owner.password);
  await tabTo(page, page.locator("#code"));
  await page.keyboard.type(owner.codes[0]);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${admin}/`);
  // The first thing that Tab leads to goes past the menu.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(new URL(page.url()).hash, "#main");
  await press(page, page.getByRole("link", { name: "Websites" }).first(), `${admin}/websites`);
  await press(page, page.getByRole("link", { name: "New website" }).first(), `${admin}/websites/new`);
  await tabTo(page, page.getByLabel("What is it built with?"));
  await page.keyboard.press("ArrowDown");
  await type(page, "Name", "By Keyboard");
  await type(page, "client_id", "keyboard");
  await type(page, "Address of the website", "https://keyboard.example");
  await type(page, "Where codes are sent", "https://keyboard.example/callback");
  await press(page, page.getByRole("button", { name: "Register" }));
  await page.getByRole("heading", { name: /By Keyboard/ }).waitFor();
  assert.match(await page.locator("pre code").last().innerText(), /<\?php/, "the second of the stacks");
  await press(page, page.getByRole("link", { name: "Audit" }).first(), `${admin}/audit`);
  await tabTo(page, page.locator("tbody tr summary").first());
  await page.keyboard.press("Enter");
  await page.locator("tbody tr details[open]").first().waitFor();
  await press(page, page.getByRole("button", { name: "Log out" }), `${admin}/log-in`);
  await clean(person, set.demo);
});

test("an auditor is shown everything they may see and offered nothing they may not do", async () => {
  const { admin } = set.demo;
  const owner = await inside(set.browser, set.demo, { ...LOOK, index: 1, path: "/admins" });
  await owner.page.locator("#role").selectOption("auditor");
  await owner.page.getByRole("button", { name: "Make a link" }).click();
  const link = await owner.page.locator(".note code.copy").innerText();
  await seen(owner, "roles-1-invited");

  const person = await visitor(set.browser, LOOK);
  const { page } = person;
  await page.goto(link);
  await page.getByLabel("Name").fill("rita");
  await page.getByLabel("Password").fill("correct-horse-battery-staple");
  await page.locator("#code").fill(code(await page.locator(".key").innerText()));
  await page.locator("button.main").click();
  await page.locator(".codes").waitFor();
  for (const path of ["/", "/websites", "/websites/shop", "/providers", "/providers/mini", "/users", "/logins", "/statistics", "/admins", "/tokens", "/audit", "/settings"]) {
    await page.goto(`${admin}${path}`);
    const forms = await page.locator("main form[method=post]").evaluateAll((all) => all.map((form) => [new URL(form.action).pathname, Boolean(form.querySelector("button:not(fieldset:disabled *)"))]));
    // To have the audit verified is to read it.
    const offered = forms.filter(([address, has]) => has && address !== "/audit/verify").map(([address]) => address);
    assert.deepEqual(offered, [], path);
    assert.equal(await page.locator("main a[href$='/new'], main a[href*='/new?']").count(), 0, path);
  }
  await page.goto(`${admin}/websites/new`);
  assert.match(await page.locator("main").innerText(), /forbidden/);
  await seen(person, "roles-2-forbidden");
  await clean(person, set.demo, [403]);
  await clean(owner, set.demo);
});
