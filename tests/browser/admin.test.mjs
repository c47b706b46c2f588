// The admin's house in a real browser: the demo's throw-away owner comes in, looks round and goes, in every look.
// Owns what its pages look like and that a keyboard is enough; what is refused is in the Rust tests.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LOOKS, stage, visitor } from "./harness.mjs";
import { clean, seen } from "./looks.mjs";

const set = stage();
const WORDS = { en: { wrong: /is wrong/, out: "Log out", service: /公众号|service/i, shared: /Show address/ }, "zh-CN": { wrong: /有误/, out: "退出登录", service: /公众号|服务号/, shared: /显示地址/ } };

/** Fills the form as somebody does who has no mouse. */
async function enter(page, name, password, code) {
  await page.locator("#name:focus, #password:focus").waitFor();
  await page.locator("#name").fill(name);
  await page.locator("#password").fill(password);
  await page.locator("#password").press("Tab");
  await page.keyboard.type(code);
  await page.keyboard.press("Enter");
}

for (const [index, look] of LOOKS.entries()) {
  test(`the owner comes in, looks round and goes: ${look.size}, ${look.locale}, ${look.scheme}`, async () => {
    const { admin, owner } = set.demo;
    const person = await visitor(set.browser, look);
    const { page } = person;
    const words = WORDS[look.locale];
    await page.goto(`${admin}/account`);
    assert.equal(new URL(page.url()).pathname, "/log-in");
    await seen(person, "admin-1-log-in");
    const refused = [];
    // Once only: tries at one name are slowed.
    if (index === 0) {
      await enter(page, owner.name, "not the password", owner.codes[index]);
      assert.match(await page.getByRole("alert").innerText(), words.wrong);
      assert.equal(await page.locator("#name").inputValue(), owner.name);
      await seen(person, "admin-2-wrong");
      refused.push(422);
    }
    await enter(page, owner.name, owner.password, owner.codes[index]);
    await page.waitForURL(`${admin}/account`);
    await seen(person, "admin-3-account");
    await page.locator("header nav a[href='/websites']").first().click();
    await page.waitForURL(`${admin}/websites`);
    assert.match(await page.locator("main").innerText(), /shop/);
    await seen(person, "admin-4-websites");
    await page.goto(`${admin}/websites/shop?tab=wiring`);
    await seen(person, "admin-4-website");
    await page.goto(`${admin}/providers`);
    await seen(person, "admin-4-providers");
    await page.getByRole("link", { name: words.service }).first().click();
    await page.getByRole("button", { name: words.shared }).click();
    await seen(person, "admin-4-provider");
    await page.goto(`${admin}/providers/new?kind=wechat_mini_program`);
    await seen(person, "admin-4-new-provider");
    await page.goto(`${admin}/admins`);
    await seen(person, "admin-4-admins");
    await page.goto(`${admin}/tokens`);
    await seen(person, "admin-4-tokens");
    await page.goto(`${admin}/websites/new`);
    await seen(person, "admin-4-new-website");
    await page.goto(`${admin}/prove?next=/websites`);
    await seen(person, "admin-5-prove");
    await page.goto(`${admin}/nothing`);
    await seen(person, "admin-6-nothing");
    await page.goto(`${admin}/websites`);
    await page.getByRole("button", { name: words.out }).click();
    await page.waitForURL(`${admin}/log-in`);
    await page.goto(`${admin}/websites`);
    assert.equal(new URL(page.url()).pathname, "/log-in");
    await clean(person, set.demo, [...refused, 404]);
  });
}
