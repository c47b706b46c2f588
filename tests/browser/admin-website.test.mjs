// A website in the admin's house in a real browser: registered, given a logo, its way tried with a phone.
// Owns what these pages look like in every look; what is refused, and held forms, are in the Rust tests.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inside } from "./admin-steps.mjs";
import { LOOKS, stage } from "./harness.mjs";
import { clean, seen } from "./looks.mjs";

const set = stage();
const WORDS = {
  en: { use: "Use this picture", away: "Remove the logo", tryIt: /^Try it now/, waiting: "Waiting for the scan.", wrong: /PNG or JPEG/ },
  "zh-CN": { use: "使用这张图片", away: "移除徽标", tryIt: /^现在试一试/, waiting: "等待扫码。", wrong: /PNG 或 JPEG/ },
};
// One red pixel.
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==", "base64");
const file = (name, mimeType, buffer) => ({ name, mimeType, buffer });

/** Registers a website with one way, or with all. */
async function register(page, id, name, ways) {
  await page.locator("#name").fill(name);
  await page.locator("#client_id").fill(id);
  await page.locator("#origin").fill(`https://${id}.example.com`);
  await page.locator("#redirect_uri").fill(`https://${id}.example.com/callback`);
  const boxes = page.locator("input[name^='provider.']");
  for (const box of await boxes.all()) await box.setChecked(ways === "all" || (await box.getAttribute("name")) === `provider.${ways}`);
  await page.locator("form.narrow button.main").click();
  await page.getByText(id, { exact: true }).first().waitFor();
}

for (const [index, look] of LOOKS.entries()) {
  test(`a website gets a logo and is tried: ${look.size}, ${look.locale}, ${look.scheme}`, async () => {
    const person = await inside(set.browser, set.demo, { ...look, index, path: "/websites/new" });
    const { page } = person;
    const words = WORDS[look.locale];
    const [id, name] = [`own${index}`, ["Rivers", "面包店", "Quartz", "图书馆", "Umbrella", "咖啡", "Yacht", "花园"][index]];
    await register(page, id, name, index % 2 ? "all" : "mini");
    await seen(person, "website-1-ready");
    await page.goto(`${set.demo.admin}/websites/${id}`);
    assert.equal(await page.locator(".seen img").isVisible(), false);
    await page.locator("#logo").setInputFiles(file("a.gif", "image/gif", Buffer.from("GIF89a")));
    assert.match(await page.locator("#logo").evaluate((field) => field.validationMessage), words.wrong);
    await page.locator("#logo").setInputFiles(file("a.png", "image/png", PNG));
    await page.locator(".seen img[src^='data:image/png']").waitFor();
    await page.getByRole("button", { name: words.use }).click();
    await page.waitForURL(/saved/);
    assert.ok(await page.locator(".seen img").evaluate((image) => image.decode().then(() => image.naturalWidth === 1)));
    await seen(person, "website-2-logo");
    assert.equal(await page.getByRole("button", { name: words.tryIt }).count() > 1, index % 2 === 1);
    await page.getByRole("button", { name: words.tryIt }).first().click();
    await page.getByText(words.waiting).waitFor();
    await page.goto(`${set.demo.admin}/websites/${id}`);
    await page.getByRole("button", { name: words.away }).click();
    await page.waitForURL(/saved/);
    assert.equal(await page.locator(".seen img").isVisible(), false);
    await clean(person, set.demo);
  });
}

test("without script a file that is no logo is told beside its field, however large", async () => {
  const person = await inside(set.browser, set.demo, { size: "desktop", locale: "en", scheme: "light", index: LOOKS.length, path: "/websites/new", javaScriptEnabled: false });
  const { page } = person;
  await register(page, "plain", "Zeppelin", "mini");
  await page.goto(`${set.demo.admin}/websites/plain`);
  for (const picture of [file("a.gif", "image/gif", Buffer.from("GIF89a")), file("b.png", "image/png", Buffer.alloc(5_000_000, 1))]) {
    await page.locator("#logo").setInputFiles(picture);
    await page.getByRole("button", { name: WORDS.en.use }).click();
    assert.match(await page.locator("#logo ~ .problem").innerText(), WORDS.en.wrong);
  }
  await seen(person, "website-3-refused");
  await page.locator("#logo").setInputFiles(file("a.png", "image/png", PNG));
  await page.getByRole("button", { name: WORDS.en.use }).click();
  await page.waitForURL(/saved/);
  await clean(person, set.demo, [422]);
});
