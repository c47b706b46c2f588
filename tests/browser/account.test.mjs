// People's own page at Saoma, as they walk through it: in both languages, by mouse and by keyboard, and without
// scripts. What each form does and refuses is in tests/rust/flows/account; here it must be found, read and pressed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { stage, visitor } from "./harness.mjs";
import { hosted } from "./hosted-steps.mjs";
import { clean, seen } from "./looks.mjs";
import { at, atTheDoor, confirm, greeting, phoneOf, scan } from "./steps.mjs";
import { WORDS, handOf } from "./way-steps.mjs";

const set = stage();
const words = ({ look }) => WORDS[look.locale].pages;

/** What this hand scans and confirms on the page's code, and where that leads. */
async function proves(hand, person, place) {
  await at(person.page, "code").waitFor();
  await scan(hand, person);
  await confirm(hand);
  await person.page.waitForURL(place);
}

/** Somebody at their own page. */
async function atHome(hand, look) {
  const person = await visitor(set.browser, look);
  await person.page.goto(`${set.demo.saoma}/account`);
  await says(person, words(person).login_own.title);
  await proves(hand, person, "**/account");
  return person;
}

const link = (person, name) => person.page.getByRole("link", { name, exact: true });
const says = (person, name) => person.page.getByRole("heading", { name, exact: true }).waitFor();
const told = (person, text) => person.page.getByRole("status").filter({ hasText: text }).waitFor();

test("a walk through the page: desktop, English", async () => {
  const look = { locale: "en" };
  const [hand, other] = [await handOf(set.browser, set.demo, [], look), await handOf(set.browser, set.demo, [], look)];
  // Somebody whom a website knows already.
  const person = await atTheDoor(set.browser, set.demo, look);
  await scan(hand, person);
  await confirm(hand, "Ann of the walk");
  await greeting(person);
  await person.page.goto(`${set.demo.saoma}/account`);
  await at(person.page, "code").waitFor();
  await seen(person, "account-login");
  await proves(hand, person, "**/account");
  const { account, account_found_new: found, account_unlink: unlink, account_link: adding } = words(person);
  await says(person, "Ann of the walk");
  await seen(person, "account");

  await link(person, account.ways.add).click();
  await says(person, adding.title);
  await seen(person, "account-link");
  await hosted(person.page, "go").click();
  await at(person.page, "code").waitFor();
  await seen(person, "account-link-code");
  await proves(other, person, "**/account/link/azr_*");
  await says(person, found.title);
  await seen(person, "account-link-found");
  await hosted(person.page, "add").click();
  await told(person, account.said.linked);

  await person.page.getByRole("button", { name: `${account.sites.leave}: ` }).click();
  await told(person, account.said.site_left);
  await seen(person, "account-two-ways");
  await person.page.getByRole("link", { name: `${account.ways.remove}: ` }).last().click();
  await says(person, unlink.title);
  await seen(person, "account-unlink");
  await hosted(person.page, "remove").click();
  await says(person, words(person).way_removed.title);
  await seen(person, "account-unlinked");
  await Promise.all([hand.close(), other.close()]);
  await clean(person, set.demo);
});

test("two accounts become one, and go: phone, Chinese, dark", async () => {
  const look = { size: "phone", locale: "zh-CN", scheme: "dark" };
  const [hand, other] = [await handOf(set.browser, set.demo, [], look), await handOf(set.browser, set.demo, [], look)];
  const elsewhere = await atHome(other, look);
  const person = await atHome(hand, look);
  const { account, account_found_other: merge, account_delete: gone, account_sessions: browsers } = words(person);
  await link(person, account.ways.add).click();
  await hosted(person.page, "go").click();
  await proves(other, person, "**/account/link/azr_*");
  await says(person, merge.title);
  await seen(person, "account-merge");
  await person.page.getByRole("checkbox").check();
  await hosted(person.page, "merge").click();
  await told(person, account.said.merged);
  await seen(person, "account");

  await link(person, account.sessions.others).click();
  await says(person, browsers.title);
  await seen(person, "account-sessions");
  await hosted(person.page, "others").click();
  await told(person, account.said.others_ended);
  await elsewhere.page.reload();
  await says(elsewhere, words(person).login_own.title);

  await link(person, account.leave.delete).click();
  await says(person, gone.title);
  await seen(person, "account-delete");
  await person.page.getByRole("checkbox").check();
  await hosted(person.page, "delete").click();
  await says(person, words(person).account_deleted.title);
  await seen(person, "account-deleted");
  await Promise.all([hand.close(), other.close(), elsewhere.close()]);
  await clean(person, set.demo);
});

test("who logs out at Saoma is soon a stranger at the shop too", async () => {
  const hand = await handOf(set.browser, set.demo, [], { locale: "en" });
  const person = await visitor(set.browser, { locale: "en" });
  await person.page.goto(`${set.demo.shop}/login/openid`);
  await proves(hand, person, `${set.demo.shop}/account`);
  await greeting(person);
  await person.page.goto(`${set.demo.saoma}/account`);
  await link(person, words(person).account.leave.log_out).click();
  await hosted(person.page, "leave").click();
  await says(person, words(person).logged_out.title);
  const over = AbortSignal.timeout(30_000);
  while (new URL(person.page.url()).pathname !== "/login") {
    over.throwIfAborted();
    await person.page.goto(`${set.demo.shop}/account`);
  }
  await hand.close();
  await clean(person, set.demo);
});

/** Tab, until what has this name has the focus; then Enter. */
async function press(page, name, key = "Enter") {
  for (let steps = 0; steps < 40; steps += 1) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.name);
    if (here === name) return page.keyboard.press(key);
  }
  return assert.fail(`the keyboard does not reach ${name}`);
}

test("a keyboard is enough, and so is a browser without scripts", async () => {
  const hand = await phoneOf(set.browser, set.demo, "xiaoming", { locale: "en" });
  const shown = await atHome(hand, { locale: "en" });
  const { account, account_delete: gone } = words(shown);
  // Only the code needs a script: the session goes on without.
  const storageState = await shown.context.storageState();
  const person = await visitor(set.browser, { locale: "en", javaScriptEnabled: false, storageState });
  await person.page.goto(`${set.demo.saoma}/account`);
  await press(person.page, account.leave.delete);
  await says(person, gone.title);
  await press(person.page, gone.back);
  await says(person, await shown.page.locator("h1").innerText());
  await press(person.page, account.leave.delete);
  await says(person, gone.title);
  await press(person.page, "sure", "Space");
  await press(person.page, gone.buttons.delete);
  await says(person, words(person).account_deleted.title);
  await shown.page.reload();
  await says(shown, words(shown).login_own.title);
  await Promise.all([hand.close(), shown.close()]);
  await clean(person, set.demo);
});
