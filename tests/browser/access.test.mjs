// For those who use a keyboard, a screen reader, no script, or another scheme: names, live texts, focus order.
// Owns what cannot be seen in a picture, and that no page tells anybody where a visitor is (T27); axe's findings are
// in states.test.mjs and states-ways.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { stage, strangers, visitor } from "./harness.mjs";
import { at, atTheDoor, cancelBehind, choose, fromKit, greeting, phoneOf, result, scan, scanPhotograph, screen, tapLink, thing, way } from "./steps.mjs";

const set = stage();
const door = (look) => atTheDoor(set.browser, set.demo, { locale: "en", ...look });
const FAR = 40;

/** Tab, until the thing has the focus; then Enter or what is asked for. */
async function press(page, id, key = "Enter") {
  for (let steps = 0; steps < FAR; steps += 1) {
    const here = await page.evaluate(() => {
      let active = document.activeElement;
      while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
      return [active?.dataset.testid, active?.value, ...(active?.part ?? [])];
    });
    if (here.includes(id)) return page.keyboard.press(key);
    await page.keyboard.press("Tab");
  }
  return assert.fail(`the keyboard does not reach ${id}`);
}

test("a keyboard is enough, at the shop and on the phone", async () => {
  const shop = await visitor(set.browser, { locale: "en" });
  const hand = await visitor(set.browser, { locale: "en", size: "phone" });
  await shop.page.goto(set.demo.shop);
  await press(shop.page, "login");
  await at(shop.page, "code").waitFor();
  await cancelBehind(shop);
  await at(shop.page, "expired").waitFor();
  await press(shop.page, "refresh");
  await at(shop.page, "code").waitFor();

  await hand.page.goto(set.demo.sandbox);
  await screen(hand.page, "persons").waitFor();
  await press(hand.page, "person-lihua");
  await screen(hand.page, "home").waitFor();
  await press(hand.page, "scan");
  await hand.page.locator(".in-view").waitFor();
  const newest = await hand.page.locator(".in-view").getAttribute("data-testid");
  await press(hand.page, newest);
  await screen(hand.page, "asked").waitFor();
  await press(hand.page, "nickname", "L");
  await press(hand.page, "confirm", "Space");
  await result(hand, "confirmed");
  assert.equal(await greeting(shop), "Good to see you, L.");
  await press(shop.page, "logout");
  await thing(shop.page, "login").waitFor();
  await shop.close();
  await hand.close();
});

test("a keyboard is enough to choose a way, to answer with the number, and to confirm on the page", async () => {
  const shop = await door();
  const hand = await phoneOf(set.browser, set.demo, "xiaoming", { locale: "en" });
  // Arrow keys pass other ways of the same kind, and each begins a login: only the account tells whose code it is.
  const scanWithKeys = async (slug, appid) => {
    await press(shop.page, "way", "End");
    while ((await way(shop.page, slug).getAttribute("aria-selected")) !== "true") await shop.page.keyboard.press("ArrowLeft");
    await at(shop.page, "code").waitFor();
    await press(hand.page, "scan");
    const code = await hand.page.locator(`[data-appid=${appid}]`).first().getAttribute("data-testid");
    await press(hand.page, code);
    await screen(hand.page, "chat").waitFor();
    await at(shop.page, "scanned").waitFor();
  };

  await scanWithKeys("chat", "wx5a0a0a0a0a0a0a03");
  await press(hand.page, "chat-text", await fromKit(shop.page, "number").locator("b").textContent().then(([first]) => first));
  await hand.page.keyboard.type((await fromKit(shop.page, "number").locator("b").textContent())[1]);
  await hand.page.keyboard.press("Enter");
  await greeting(shop);
  await press(shop.page, "logout");
  await thing(shop.page, "login").waitFor();

  await shop.page.goto(`${set.demo.shop}/login`);
  await press(hand.page, "back");
  await scanWithKeys("service", "wx5a0a0a0a0a0a0a02");
  const opens = hand.page.waitForEvent("popup");
  await press(hand.page, "message-link");
  const asked = await opens;
  // Who presses a key without reading says no.
  await asked.locator("[value=deny]:focus").waitFor();
  const [no, yes] = await Promise.all(["deny", "confirm"].map((value) => asked.locator(`[value=${value}]`).boundingBox()));
  assert.deepEqual([no.width, no.height], [yes.width, yes.height]);
  await press(asked, "confirm", "Space");
  await asked.getByRole("heading", { name: "You are logged in" }).waitFor();
  await greeting(shop);
  await shop.close();
  await hand.close();
});

/**
 * What the pages of our two sites did, once asked for: documents with how they may be kept, and `Referer`s with the
 * addresses they were told to. What is asked after the last look is nobody's concern: its page may be closing.
 */
function watched(person) {
  const ours = [set.demo.saoma, set.demo.shop];
  const told = [];
  person.context.on("requestfinished", (request) => {
    const one = described(request, ours);
    one.catch(() => undefined);
    told.push(one);
  });
  return () => Promise.all(told);
}

async function described(request, ours) {
  const { referer } = await request.allHeaders();
  const told = referer && ours.includes(new URL(referer).origin) ? [new URL(referer).origin, request.url()] : undefined;
  const { origin, pathname } = new URL(request.url());
  if (!request.isNavigationRequest() || !ours.includes(origin)) return { referred: told };
  const { "cache-control": kept, "referrer-policy": policy } = await (await request.response()).allHeaders();
  return { referred: told, document: { page: pathname.replace(/^(\/confirm\/).*/, "$1"), kept, told: policy } };
}

test("T27: no page of a login is kept, says where the visitor was, or asks a third party", async () => {
  const [shop, hand] = [await door(), await phoneOf(set.browser, set.demo, "xiaoming", { locale: "en" })];
  const [atShop, atHand] = [watched(shop), watched(hand)];
  await shop.page.reload();
  await choose(shop, "service");
  await scan(hand, shop, "chat");
  const asked = await tapLink(hand);
  await asked.page.locator("[value=confirm]").click();
  await asked.page.getByRole("heading", { name: "You are logged in" }).waitFor();
  await greeting(shop);
  await shop.context.clearCookies();
  await shop.page.goto(`${set.demo.shop}/login`);
  await choose(shop, "website");
  await fromKit(shop.page, "go").click();
  const buffer = await shop.page.locator("main[data-stage=waiting] img").screenshot();
  await thing(hand.page, "back").click();
  await scanPhotograph(hand, { name: "code.png", mimeType: "image/png", buffer }, "website");
  await thing(hand.page, "website-confirm").click();
  await greeting(shop);

  const requests = [...(await atShop()), ...(await atHand())];
  const documents = requests.flatMap(({ document = [] }) => document);
  const pages = new Set(documents.map(({ page }) => page));
  for (const page of ["/login", "/confirm/", "/callback/website", "/callback"]) assert.ok(pages.has(page), `${page} was seen, with ${[...pages]}`);
  assert.deepEqual(documents.filter(({ kept }) => kept !== "no-store"), []);
  // The confirm page may tell itself, because its form must show where it comes from.
  assert.deepEqual(documents.filter(({ page, told }) => told !== "no-referrer" && !(page === "/confirm/" && told === "same-origin")), []);
  assert.deepEqual(requests.flatMap(({ referred }) => (referred ? [referred] : [])).filter(([from, to]) => from !== new URL(to).origin), []);
  assert.deepEqual(strangers([...shop.asked, ...hand.asked], set.demo), []);
  await shop.close();
  await hand.close();
});

test("each change is said aloud, and once", async () => {
  const shop = await door();
  const hand = await phoneOf(set.browser, set.demo, "xiaoming", { locale: "en" });
  const said = shop.page.getByRole("status");
  const hears = (text) => said.filter({ hasText: text }).waitFor({ state: "attached" });
  await hears(/^Scan with WeChat /);
  await scan(hand, shop);
  await hears(/^Scanned\. Now confirm on your phone /);
  await thing(hand.page, "decline").click();
  await hears(/^You declined on your phone /);
  assert.equal(await said.getAttribute("aria-live"), "polite");
  assert.match(await hand.page.locator("#said").textContent(), /Declined/);
  await shop.close();
  await hand.close();
});

test("the last half minute is announced and shown", async () => {
  const shop = await visitor(set.browser, { locale: "en" });
  await shop.page.clock.install();
  await shop.page.goto(`${set.demo.shop}/login`);
  await at(shop.page, "code").waitFor();
  await shop.page.clock.fastForward(92_000);
  await shop.page.getByRole("status").filter({ hasText: "30 seconds left" }).waitFor({ state: "attached" });
  await shop.page.clock.fastForward(10_000);
  await shop.page.locator(".is-short").waitFor();
  assert.match(await thing(shop.page, "countdown").textContent(), /0:1\d/);
  await shop.close();
});

test("everything has a name", async () => {
  const shop = await door();
  const { page } = shop;
  await page.getByRole("img", { name: "Code to scan with WeChat" }).waitFor();
  await page.getByRole("heading", { level: 1, name: "Welcome in" }).waitFor();
  await page.getByRole("region", { name: "Welcome in" }).waitFor();
  await page.getByRole("button", { name: "Switch between light and dark" }).waitFor();
  await page.getByRole("link", { name: /Open the rehearsal phone\s+\(opens in a new window\)/ }).waitFor();
  await page.getByRole("timer").waitFor();
  assert.equal(await page.title(), "Log in · Pine Hollow");
  // What is not in force is not read either.
  assert.equal(await page.getByRole("button", { name: "Get a new code" }).count(), 0);
  assert.equal(await page.getByRole("heading", { name: "This code has expired" }).count(), 0);

  const hand = await phoneOf(set.browser, set.demo, "xiaoming", { locale: "en" });
  await hand.page.getByRole("button", { name: /Switch person\. You are 张小明/ }).waitFor();
  await scan(hand, shop);
  await hand.page.getByRole("textbox", { name: "Nickname (optional)" }).waitFor();
  await hand.page.getByRole("heading", { name: /Pine Hollow/ }).waitFor();
  for (const name of ["Decline", "Confirm"]) await hand.page.getByRole("button", { name, exact: true }).waitFor();
  // Neither decision is easier to hit than the other.
  const [no, yes] = await Promise.all(["decline", "confirm"].map((id) => thing(hand.page, id).boundingBox()));
  assert.deepEqual([no.width, no.height], [yes.width, yes.height]);
  await shop.close();
  await hand.close();
});

test("a chosen scheme stays, on every page", async () => {
  const shop = await visitor(set.browser, { locale: "en", scheme: "light" });
  await shop.page.goto(set.demo.shop);
  await shop.page.getByRole("button", { name: "Switch between light and dark" }).click();
  assert.equal(await shop.page.locator("html").getAttribute("data-theme"), "dark");
  await shop.page.goto(`${set.demo.shop}/login`);
  assert.equal(await shop.page.locator("html").getAttribute("data-theme"), "dark");
  await shop.close();
});

test("without scripts the page says what it needs", async () => {
  const shop = await visitor(set.browser, { locale: "en", javaScriptEnabled: false });
  await shop.page.goto(`${set.demo.shop}/login`);
  assert.match(await shop.page.locator("noscript p").innerText(), /^This page needs JavaScript to show the code/);
  assert.equal(await shop.page.locator("saoma-login").isVisible(), false);
  await shop.close();
});
