// Every state of the shop and of the phone, in every look: a picture of each in out/, and what must hold in
// all of them: nothing serious for axe, no sideways scroll, no complaint of the browser, no stranger asked.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { LOOKS, picture, stage, strangers, visitor } from "./harness.mjs";
import { at, cancelBehind, confirm, greeting, hold, phoneOf, photograph, result, scan, scanPhotograph, screen, thing } from "./steps.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const set = stage();

/** Axe looks at half of the looks: each pair of size, language and scheme is among them. */
const examined = ({ size, locale, scheme }) => [size === "phone", locale === "en", scheme === "dark"].filter(Boolean).length % 2 === 0;

/** What axe finds serious, in few words. */
async function violations(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  return page.evaluate(async () => {
    const found = await window.axe.run(document, { resultTypes: ["violations"] });
    const grave = found.violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    return grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ""}`).join(" | ")}`);
  });
}

async function seen(person, name) {
  await picture(person, name);
  const { page } = person;
  if (examined(person.look)) assert.deepEqual(await violations(page), [], name);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(sideways, false, `${name} scrolls sideways`);
}

async function clean(person) {
  assert.deepEqual(strangers(person.asked, set.demo), []);
  assert.deepEqual(person.errors, []);
  await person.close();
}

async function begin(shop) {
  await shop.page.goto(set.demo.shop);
  await seen(shop, "shop-1-home");
  const release = await hold(shop.page, "**/login/start");
  await thing(shop.page, "login").click();
  await at(shop.page, "loading").waitFor();
  await seen(shop, "shop-2-loading");
  await release();
  await at(shop.page, "code").waitFor();
  await seen(shop, "shop-3-code");
}

async function pickUp(phone) {
  await phone.page.goto(set.demo.sandbox);
  await screen(phone.page, "persons").waitFor();
  await seen(phone, "phone-1-persons");
  await thing(phone.page, "person-xiaoming").click();
  await screen(phone.page, "home").waitFor();
  await seen(phone, "phone-2-home");
}

async function decline(shop, phone) {
  await thing(phone.page, "scan").click();
  await phone.page.locator(".in-view").waitFor();
  await seen(phone, "phone-3-scanner");
  await thing(phone.page, "picture-input").setInputFiles(await photograph(shop.page));
  await screen(phone.page, "asked").waitFor();
  await seen(phone, "phone-4-asked");
  await at(shop.page, "scanned").waitFor();
  await seen(shop, "shop-4-scanned");
  await thing(phone.page, "decline").click();
  await result(phone, "declined");
  await seen(phone, "phone-5-declined");
  await at(shop.page, "declined").waitFor();
  await seen(shop, "shop-5-declined");
  await renew(shop);
}

async function renew(shop) {
  await thing(shop.page, "refresh").click();
  await at(shop.page, "code").waitFor();
}

async function conflict(shop, phone, look) {
  const photo = await photograph(shop.page);
  const second = await phoneOf(set.browser, set.demo, "lihua", look);
  await scanPhotograph(phone, photo);
  await scanPhotograph(second, photo, "result");
  await seen(second, "phone-6-error");
  await clean(second);
  await at(shop.page, "conflict").waitFor();
  await seen(shop, "shop-6-conflict");
  await thing(phone.page, "confirm").click();
  await result(phone, "error");
  await seen(phone, "phone-7-conflict");
  await renew(shop);
}

async function end(shop) {
  await cancelBehind(shop);
  await at(shop.page, "expired").waitFor();
  await seen(shop, "shop-7-expired");
  await renew(shop);
}

async function fail(shop) {
  await cancelBehind(shop);
  await at(shop.page, "expired").waitFor();
  const body = { code: "vendor_unavailable", status: 503 };
  const headers = { "retry-after": "20" };
  await shop.page.route("**/login/start", (route) => route.fulfill({ status: 503, headers, json: body }));
  await thing(shop.page, "refresh").click();
  await at(shop.page, "error").waitFor();
  await seen(shop, "shop-8-error");
  await shop.page.unroute("**/login/start");
  // The refused request is a complaint of the browser's console, and the only one that is expected here.
  assert.deepEqual(shop.errors.filter((error) => !error.includes("503")), []);
  shop.errors.length = 0;
  await shop.page.reload();
  await at(shop.page, "code").waitFor();
}

async function enter(shop, phone) {
  const release = await hold(shop.page, "**/complete");
  await scan(phone, shop);
  await confirm(phone, "小明");
  await seen(phone, "phone-8-confirmed");
  await at(shop.page, "confirmed").waitFor();
  await seen(shop, "shop-9-confirmed");
  await release();
  assert.match(await greeting(shop), /小明/);
  await seen(shop, "shop-10-greeting");
  await thing(phone.page, "home").click();
  await screen(phone.page, "home").waitFor();
  await seen(phone, "phone-9-notices");
  await shop.page.goto(`${set.demo.shop}/nowhere`);
  await seen(shop, "shop-11-nothing");
}

for (const look of LOOKS) {
  test(`every state: ${look.size}, ${look.locale}, ${look.scheme}`, async () => {
    const shop = await visitor(set.browser, look);
    const phone = await visitor(set.browser, look);
    await begin(shop);
    await pickUp(phone);
    await decline(shop, phone);
    await conflict(shop, phone, look);
    await end(shop);
    await fail(shop);
    await enter(shop, phone);
    shop.errors = shop.errors.filter((error) => !error.includes("404"));
    await clean(phone);
    await clean(shop);
  });
}
