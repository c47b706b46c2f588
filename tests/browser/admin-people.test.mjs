// One person in the admin's house, in every look: part by part, and logged out where they are logged in here. What each
// form does and refuses is in the Rust tests; here it must be found, read and pressed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inside } from "./admin-steps.mjs";
import { LOOKS, stage, visitor } from "./harness.mjs";
import { clean, seen } from "./looks.mjs";
import { at, confirm, scan } from "./steps.mjs";
import { handOf } from "./way-steps.mjs";

const set = stage();
const WORDS = {
  en: { parts: ["Ways to log in", "Websites", "Browsers and consents"], out: /^Log out /u, nowhere: /logged in nowhere/ },
  "zh-CN": { parts: ["登录方式", "网站", "浏览器与授权"], out: /^退出登录/u, nowhere: /没有在任何浏览器里登录/ },
};

/** Somebody at their own page. */
async function atHome() {
  const [person, hand] = [await visitor(set.browser, { locale: "en" }), await handOf(set.browser, set.demo, [], { locale: "en" })];
  await person.page.goto(`${set.demo.saoma}/account`);
  await at(person.page, "code").waitFor();
  await scan(hand, person);
  await confirm(hand);
  await person.page.waitForURL("**/account");
  await hand.close();
  return person;
}

for (const [index, look] of LOOKS.entries()) {
  test(`a person, part by part: ${look.size}, ${look.locale}, ${look.scheme}`, async () => {
    const words = WORDS[look.locale];
    const home = await atHome();
    const person = await inside(set.browser, set.demo, { ...look, index, path: "/users" });
    const { page } = person;
    await seen(person, "people-1-list");
    await page.locator("tbody a").first().click();
    await page.waitForURL("**/users/usr_*");
    await seen(person, "people-2-person");
    for (const [number, part] of words.parts.entries()) {
      await page.locator("nav.tabs").getByRole("link", { name: part, exact: true }).click();
      await page.locator(`nav.tabs a[aria-current=page]`, { hasText: part }).waitFor();
      await seen(person, `people-${number + 3}-part`);
    }
    await page.locator("main").getByRole("button", { name: words.out }).first().click();
    await page.getByRole("status").waitFor();
    assert.match(await page.locator("main").innerText(), words.nowhere);
    await seen(person, "people-6-logged-out");
    await home.page.reload();
    await at(home.page, "code").waitFor();
    await home.close();
    await clean(person, set.demo);
  });
}
