// Every state of the shop and of the phone by the mini-program, in every look: a picture of each in out/, and what
// looks.mjs asks of all of them. The other ways are in states-ways.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LOOKS, stage, visitor } from "./harness.mjs";
import { clean, seen } from "./looks.mjs";
import { at, cancelBehind, confirm, greeting, hold, phoneOf, photograph, result, scan, scanPhotograph, screen, thing } from "./steps.mjs";

const set = stage();

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
  await clean(second, set.demo);
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
    await clean(phone, set.demo);
    await clean(shop, set.demo, [404]);
  });
}
