// When something between the page and Saoma breaks: the stream, the network, the server itself, time.
// Owns that the visitor is told what is so and gets on without a reload.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { freePort, picture, startBrowser, startDemo, visitor } from "./harness.mjs";
import { at, atTheDoor, confirm, greeting, hold, phoneOf, photograph, result, scan, scanPhotograph, thing } from "./steps.mjs";

const SHORTEST = 30; // the least that a code may live
const LOOK = { locale: "en" };
const BACK_MS = 30_000;

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser?.close());

/** How often the page may renew a code by itself. */
const renewals = (shop, times) => shop.page.locator("saoma-login").evaluate((element, times) => element.setAttribute("renewals", times), times);

test("a code that nobody used ends on the page and on the phone, and a new one works", async () => {
  const demo = await startDemo({ args: ["--code-ttl", String(SHORTEST)] });
  const shop = await atTheDoor(browser, demo, LOOK);
  const polling = await visitor(browser, LOOK);
  await polling.page.route("**/events", (route) => route.abort());
  await polling.page.goto(`${demo.shop}/login`);
  await at(polling.page, "code").waitFor();
  await renewals(shop, 0);
  await renewals(polling, 1);
  const before = await thing(polling.page, "qr").getAttribute("src");
  const old = await photograph(shop.page);
  const first = await thing(shop.page, "qr").getAttribute("src");

  await at(shop.page, "expired").waitFor({ timeout: SHORTEST * 1000 + BACK_MS });
  // One that nobody scanned is renewed by itself, as often as the page allows; the second ends for good.
  await polling.page.waitForFunction((src) => document.querySelector("saoma-login").shadowRoot.querySelector("img").src !== src, before, { timeout: BACK_MS });
  const renewed = at(polling.page, "expired").waitFor({ timeout: SHORTEST * 1000 + BACK_MS });
  const hand = await phoneOf(browser, demo, "alex", LOOK);
  await scanPhotograph(hand, old, "result");
  await result(hand, "expired");
  await thing(shop.page, "refresh").click();
  await at(shop.page, "code").waitFor();
  assert.notEqual(await thing(shop.page, "qr").getAttribute("src"), first);
  await scan(hand, shop);
  await confirm(hand, "Alex");
  assert.equal(await greeting(shop), "Good to see you, Alex.");
  await renewed;
  await polling.page.reload();
  await at(polling.page, "code").waitFor();
  await Promise.all([shop, polling, hand].map((person) => person.close()));
  assert.equal(await demo.end(), 0, demo.log());
});

describe("with a demo that comes and goes", () => {
  let demo;
  before(async () => {
    for (let port; demo?.shop !== `http://localhost:${port}`; ) {
      await demo?.end();
      port = await freePort([10, 11, 20]);
      demo = { ...(await startDemo({ port })), port };
    }
  });
  after(() => demo?.end());

  test("no stream: the page asks again and again, and the login completes", async () => {
    const shop = await visitor(browser, LOOK);
    await shop.page.route("**/events", (route) => route.abort());
    await shop.page.goto(`${demo.shop}/login`);
    await at(shop.page, "code").waitFor();
    const hand = await phoneOf(browser, demo, "lihua", LOOK);
    await scan(hand, shop);
    await at(shop.page, "scanned").waitFor();
    await confirm(hand, "Li");
    assert.equal(await greeting(shop), "Good to see you, Li.");
    // After a failure the page asks for what is, without waiting for a change.
    assert.ok(shop.asked.some((address) => /\/api\/v1\/logins\/\w+(\?.*)?$/.test(address)), "it never polled");
    await Promise.all([shop.close(), hand.close()]);
  });

  test("no network: the page says so, keeps the code, and goes on when it is back", async () => {
    const shop = await atTheDoor(browser, demo, LOOK);
    const first = await thing(shop.page, "qr").getAttribute("src");
    const hand = await phoneOf(browser, demo, "lihua", LOOK);
    const photo = await photograph(shop.page);
    await shop.page.route("**/api/v1/logins/**", (route) => route.abort());
    await shop.page.reload();
    await at(shop.page, "error").waitFor();
    assert.match(await at(shop.page, "error").innerText(), /can't reach the login service/);
    await shop.page.unroute("**/api/v1/logins/**");
    await thing(shop.page, "retry").click();
    await at(shop.page, "code").waitFor();
    assert.equal(await thing(shop.page, "qr").getAttribute("src"), first);
    await scanPhotograph(hand, photo);
    await confirm(hand);
    await greeting(shop);
    await Promise.all([shop.close(), hand.close()]);
  });

  test("the code's picture is refused, or never comes: the page says so, and another try shows it", async () => {
    const shop = await visitor(browser, LOOK);
    await shop.page.clock.install();
    await shop.page.route("**/api/v1/qr/**", (route) => route.abort());
    await shop.page.goto(`${demo.shop}/login`);
    await at(shop.page, "error").waitFor();
    assert.match(await at(shop.page, "error").innerText(), /The code's picture didn't arrive/);
    await shop.page.unroute("**/api/v1/qr/**");

    const asked = shop.page.waitForRequest("**/api/v1/qr/**");
    const release = await hold(shop.page, "**/api/v1/qr/**");
    await thing(shop.page, "retry").click();
    await asked;
    await shop.page.clock.fastForward(20_000);
    await at(shop.page, "error").waitFor();
    assert.match(await at(shop.page, "error").innerText(), /The code's picture didn't arrive/);
    await release();

    await thing(shop.page, "retry").click();
    await at(shop.page, "code").waitFor();
    const hand = await phoneOf(browser, demo, "xiaoming", LOOK);
    await scan(hand, shop);
    await confirm(hand, "小明");
    await greeting(shop);
    await Promise.all([shop.close(), hand.close()]);
  });

  test("the server goes and comes back: the page waits for it and offers a new code", async () => {
    const shop = await atTheDoor(browser, demo, LOOK);
    // Left to itself the page would renew the code at once, as nobody has scanned it.
    await renewals(shop, 0);
    const { port } = demo;
    assert.equal(await demo.end(), 0, demo.log());
    await thing(shop.page, "offline").waitFor({ timeout: BACK_MS });
    assert.match(await thing(shop.page, "offline").innerText(), /The connection is gone/);
    await picture(shop, "shop-12-offline");
    await at(shop.page, "code").waitFor();
    demo = { ...(await startDemo({ port })), port };
    assert.equal(demo.shop, `http://localhost:${port}`);
    // The demo forgets everything when it ends, so the code of before is over.
    await at(shop.page, "expired").waitFor({ timeout: BACK_MS });
    await thing(shop.page, "offline").waitFor({ state: "hidden" });
    await thing(shop.page, "refresh").click();
    await at(shop.page, "code").waitFor();
    const hand = await phoneOf(browser, demo, "xiaoming", LOOK);
    await scan(hand, shop);
    await confirm(hand, "小明");
    assert.equal(await greeting(shop), "Good to see you, 小明.");
    await Promise.all([shop.close(), hand.close()]);
  });
});
