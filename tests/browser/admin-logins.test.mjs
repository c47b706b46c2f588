// Overview, log-ins and statistics in a real browser, in every look: who logs in just now comes by itself, a row opens
// into what happened when, a failed one says what cures it, the filter stands in the address. Numbers are in the Rust tests.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fails, inside } from "./admin-steps.mjs";
import { LOOKS, stage } from "./harness.mjs";
import { clean, seen } from "./looks.mjs";
import { atTheDoor, cancelBehind, confirm, greeting, phoneOf, scan } from "./steps.mjs";

const set = stage();
const WORDS = {
  en: { waiting: "waiting for a scan", done: "logged in", failed: "failed", show: "Show", steps: ["Begun", "Code shown", "Scanned", "Confirmed on the phone", "logged in"], day: /Write a day/, none: /No login is like that/, everything: "Show everything", by: ["Day", "Hour of the day", "Website", "Way to log in", "Browser"] },
  "zh-CN": { waiting: "等待扫码", done: "已登录", failed: "失败", show: "查看", steps: ["开始", "已显示码", "已扫码", "在手机上确认", "已登录"], day: /日期请写成/, none: /没有符合条件的登录/, everything: "显示全部", by: ["日期", "一天中的小时", "网站", "登录方式", "浏览器"] },
};

/** Whoever stands at the door gives up. */
async function leaves() {
  const shop = await atTheDoor(set.browser, set.demo, { locale: "en" });
  await cancelBehind(shop);
  await shop.close();
}

for (const [index, look] of LOOKS.entries()) {
  test(`overview, log-ins and statistics: ${look.size}, ${look.locale}, ${look.scheme}`, async () => {
    const { admin } = set.demo;
    const words = WORDS[look.locale];
    const person = await inside(set.browser, set.demo, { ...look, index, path: "/" });
    const { page } = person;
    if (index === 0) await seen(person, "logins-0-nobody-yet");
    await fails(set.demo);
    await leaves();
    const shop = await atTheDoor(set.browser, set.demo, { locale: "en" });
    const newest = page.locator("#live tbody tr").first();
    // Nobody presses anything on the admin's page.
    await newest.getByText(words.waiting, { exact: true }).waitFor();
    const phone = await phoneOf(set.browser, set.demo, "xiaoming", { locale: "en" });
    await scan(phone, shop);
    await confirm(phone, "小明");
    await greeting(shop);
    await newest.getByText(words.done, { exact: true }).waitFor();
    await Promise.all([shop.close(), phone.close()]);
    await page.reload();
    await seen(person, "logins-1-overview");

    await newest.getByRole("link").first().click();
    await page.locator(".timeline").waitFor();
    assert.deepEqual(await page.locator(".timeline strong").allInnerTexts(), words.steps);
    await seen(person, "logins-2-good");
    await page.goto(`${admin}/logins`);
    await seen(person, "logins-3-list");
    await page.locator("#stage").selectOption("failed");
    await page.locator("#browser").fill("Firefox");
    await page.getByRole("button", { name: words.show, exact: true }).click();
    await page.waitForURL(/stage=failed&/u);
    const rows = page.locator("tbody tr");
    assert.equal(await rows.count(), index + 1);
    for (const tag of await rows.locator(".tag.failed").allInnerTexts()) assert.equal(tag, words.failed);
    await seen(person, "logins-4-filtered");
    await page.locator(".chip").last().click();
    assert.equal(new URL(page.url()).search, "?stage=failed");
    await rows.first().getByRole("link").first().click();
    await page.locator(".timeline").waitFor();
    assert.match(await page.locator(".finding.failed .values").innerText(), /41030/);
    assert.ok((await page.locator(".finding.failed .cure").innerText()).length > 5);
    await seen(person, "logins-5-failed");
    await page.goto(`${admin}/logins?from=yesterday`);
    assert.match(await page.locator(".problem").innerText(), words.day);
    await seen(person, "logins-6-misread");
    await page.goto(`${admin}/logins?browser=Lynx`);
    assert.match(await page.locator("main").innerText(), words.none);
    await page.getByRole("link", { name: words.everything }).first().click();
    assert.ok((await rows.count()) > 2);
    await page.goto(`${admin}/statistics`);
    assert.deepEqual(await page.locator("main section > h2").allInnerTexts().then((all) => all.slice(2)), words.by);
    assert.equal(await page.locator(".chart svg").count(), 5);
    await seen(person, "logins-7-statistics");
    await clean(person, set.demo, [422]);
  });
}

test("the overview is whole without script, and a row that is in use stays until it is left", async () => {
  const plain = await inside(set.browser, set.demo, { size: "desktop", locale: "en", scheme: "light", index: LOOKS.length, path: "/", javaScriptEnabled: false });
  assert.ok((await plain.page.locator("#live tbody tr").count()) > 0);
  assert.ok((await plain.page.locator(".health li").count()) > 0);
  await clean(plain, set.demo);

  const person = await inside(set.browser, set.demo, { size: "desktop", locale: "en", scheme: "light", index: LOOKS.length + 1, path: "/" });
  const { page } = person;
  const first = page.locator("#live tbody tr").first().getByRole("link").first();
  const before = await first.getAttribute("href");
  await first.focus();
  // A second reader counts what is sent: what there is, and each change. The page's own reader began before it.
  await page.evaluate(() => {
    window.sent = 0;
    new EventSource("/events/logins").addEventListener("logins", () => (window.sent += 1));
  });
  for (const sent of [1, 2, 3]) {
    await page.waitForFunction((count) => window.sent >= count, sent);
    if (sent < 3) await fails(set.demo);
  }
  assert.equal(await first.getAttribute("href"), before, "what has the focus is not taken away");
  await page.locator("h1").click();
  await page.waitForFunction((old) => document.querySelector("#live tbody tr a").getAttribute("href") !== old, before);
  await clean(person, set.demo);
});
