// The audit and the settings in a real browser, in every look: filters in the address, chips that take them away, a
// row that opens, names that lead on, a file that holds what the table shows, the chains verified, a setting changed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inside } from "./admin-steps.mjs";
import { LOOKS, stage } from "./harness.mjs";
import { clean, seen } from "./looks.mjs";

const set = stage();
const WORDS = {
  en: { show: "Show", more: "More", about: "Everything about this", verify: "Verify now", holds: /Every chain holds/, applied: "A website was applied from the file", csv: "table (CSV)", save: "Save", saved: /Done/, nextKey: "Make the next key", coming: /not in use yet/, day: /Write a day/, any: /Nothing fits/ },
  "zh-CN": { show: "查看", more: "详情", about: "与此相关的全部记录", verify: "立即校验", holds: /所有链完好/, applied: "从配置文件载入网站", csv: "表格（CSV）", save: "保存", saved: /已完成/, nextKey: "生成下一把密钥", coming: /尚未使用/, day: /日期请写成/, any: /没有符合/ },
};

for (const [index, look] of LOOKS.entries()) {
  test(`the audit and the settings: ${look.size}, ${look.locale}, ${look.scheme}`, async () => {
    const { admin } = set.demo;
    const words = WORDS[look.locale];
    const person = await inside(set.browser, set.demo, { ...look, index, path: "/audit" });
    const { page } = person;
    await seen(person, "audit-1-list");
    await page.locator("#action").selectOption("client.");
    await page.locator("#actor").selectOption("config_file");
    await page.getByRole("button", { name: words.show, exact: true }).click();
    await page.waitForURL(/action=client\.&/u);
    const rows = page.locator("tbody tr");
    assert.ok((await rows.count()) > 0);
    for (const action of await rows.locator("th").allInnerTexts()) assert.equal(action, words.applied);
    await rows.first().getByText(words.more).click();
    await seen(person, "audit-2-filtered");
    const ids = await page.locator("tbody dd code").evaluateAll((codes) => codes.map((code) => code.textContent).filter((text) => text.startsWith("aud_")));
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: words.csv }).click()]);
    const table = readFileSync(await download.path(), "utf8");
    assert.deepEqual(table.trim().split("\r\n").slice(1).map((line) => line.split(",")[0]), ids);
    assert.equal(await page.locator(".chip").count(), 2);
    await page.locator(".chip").first().click();
    assert.equal(new URL(page.url()).search, "?action=client.");
    await page.locator("tbody tr").first().getByText(words.more).click();
    await page.getByRole("link", { name: words.about }).first().click();
    assert.match(new URL(page.url()).search, /^\?target=/u);
    await page.goto(`${admin}/audit?from=yesterday`);
    assert.match(await page.locator(".problem").innerText(), words.day);
    await seen(person, "audit-3-misread");
    await page.goto(`${admin}/audit?outcome=failure&actor=vendor`);
    assert.match(await page.locator("main").innerText(), words.any);
    await seen(person, "audit-4-none");
    await page.getByRole("button", { name: words.verify }).click();
    await page.getByRole("status").waitFor();
    assert.match(await page.getByRole("status").innerText(), words.holds);
    await seen(person, "audit-5-verified");
    await page.goto(`${admin}/settings`);
    await page.locator("#time_zone").fill(index % 2 ? "UTC" : "Asia/Shanghai");
    await page.locator("#session_hours").fill(String(8 + index));
    await page.getByRole("button", { name: words.save }).click();
    await page.getByRole("status").waitFor();
    assert.match(await page.getByRole("status").innerText(), words.saved);
    await seen(person, "settings-1-saved");
    await page.locator("nav.tabs a[href='/keys']").click();
    await page.locator("tbody tr").nth(2).waitFor();
    await page.getByRole("button", { name: words.nextKey }).click();
    // The first of the four makes it; it waits for its time when the others come.
    await page.getByRole(index ? "alert" : "status").waitFor();
    assert.match(await page.locator("tbody").innerText(), words.coming);
    await seen(person, "settings-2-keys");
    await page.goto(`${admin}/audit?action=settings.changed`);
    assert.match(await page.locator("main").innerText(), index % 2 ? /UTC/u : /Asia\/Shanghai/u);
    await clean(person, set.demo, index ? [422, 409] : [422]);
  });
}
