// What people do on each way into the shop: choose it, scan, answer in the chat, on our page, on WeChat's own page.
// Owns the selectors of those pages and the words that each of them must say; the rest is in steps.mjs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { LOCALES, SIZES } from "./harness.mjs";
import { at, atTheDoor, confirm, fromKit, phoneOf, scan, scanPhotograph, screen, thing, way } from "./steps.mjs";

/** What WeChat's own browser calls itself. */
export const WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI";

/** The demo's accounts that one can follow, by the slug of their way. */
export const ACCOUNTS = { service: "wx5a0a0a0a0a0a0a02", chat: "wx5a0a0a0a0a0a0a03" };

/** Sizes and languages; colours make no difference to a way. */
export const ESSENTIAL = Object.keys(SIZES).flatMap((size) => LOCALES.map((locale) => ({ size, locale })));

const read = (path) => JSON.parse(readFileSync(new URL(`../../server/web/${path}.json`, import.meta.url), "utf8"));

/** The shop's and our pages' own words, by language. */
export const WORDS = Object.fromEntries(LOCALES.map((locale) => [locale, { shop: read(`shop/locales/${locale}`), pages: read(`pages/locales/${locale}`) }]));

/** Asks the sandbox's control interface. */
export async function control(demo, method, path, body) {
  const answer = await fetch(`${demo.sandbox}/_sandbox/v1/${path}`, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
}

let persons = 0;

/** The phone of somebody whom nobody has met before, following these accounts; `nickname` says who. */
export async function handOf(browser, demo, follows = [], look = {}) {
  const [id, nickname] = [`guest-${(persons += 1)}`, `Guest ${persons}`];
  await control(demo, "PUT", `persons/${id}`, { name: nickname, nickname });
  for (const slug of follows) await control(demo, "PUT", "followers", { appid: ACCOUNTS[slug] ?? slug, person: id, following: true });
  const phone = await phoneOf(browser, demo, id, { ...look, userAgent: WECHAT });
  // Our pages have no icon yet; the browser's question for one is the only complaint that is expected.
  const icons = [];
  phone.context.on("console", (said) => said.location().url.endsWith("/favicon.ico") && icons.push(`${said.type()}: ${said.text()}`));
  return { id, nickname, icons, ...phone };
}

/** Another way than the one on show. */
export async function choose(shop, slug, state = "code") {
  await way(shop.page, slug).click();
  await at(shop.page, state).waitFor();
}

/** A visitor at the shop's login page, with this way chosen. */
export async function atTheWay(browser, demo, slug, look) {
  const shop = await atTheDoor(browser, demo, look);
  if (slug !== "mini") await choose(shop, slug, slug === "website" ? "go" : "code");
  return shop;
}

/** Waits for so many messages of the account in the chat that is open; answers the last of them. */
export async function heard(hand, count = 1) {
  const messages = thing(hand.page, "message-account");
  const last = messages.nth(count - 1);
  await last.waitFor();
  assert.equal(await messages.count(), count, "messages in the chat");
  return last.locator(".bubble").innerText();
}

/** Writes into the chat that is open; ends when the account's server has it. */
export async function say(hand, text) {
  await thing(hand.page, "chat-text").fill(text);
  await thing(hand.page, "chat-send").click();
  await hand.page.locator("[data-testid=message-person]:not([data-sending])", { hasText: text }).last().waitFor();
}

/** The number beside the code. */
export const numberOf = (shop) => fromKit(shop.page, "number").locator("b").innerText();

/** Waits for a window that `act` opens on the phone: WeChat's own browser. */
export async function newWindow(hand, act) {
  const [page] = await Promise.all([hand.context.waitForEvent("page"), act()]);
  await page.waitForLoadState();
  return page;
}

/** Taps the newest link of the chat. */
export const tapLink = (hand) => newWindow(hand, () => thing(hand.page, "message-link").last().click());

/** Types an address into WeChat's own browser; answers its window. */
export async function openInWeChat(hand, address) {
  await hand.page.goto(new URL(`/?person=${hand.id}&lang=${await hand.page.locator("html").getAttribute("lang")}`, hand.page.url()).href);
  await thing(hand.page, "open-browser").click();
  await thing(hand.page, "browser-url").fill(address);
  return newWindow(hand, () => thing(hand.page, "browser-go").click());
}

/** The shop in WeChat's own browser, where the account's way needs no code: ready to go there. */
export async function shopInWeChat(hand, demo) {
  const shop = { ...hand, page: await openInWeChat(hand, `${demo.shop}/login`) };
  await at(shop.page, "code").waitFor();
  await choose(shop, "service", "go");
  return shop;
}

/** Presses a button of our confirm page. */
export const press = (page, decision) => page.locator(`button[name=decision][value=${decision}]`).click();

/** Waits until one of our pages says this, and what to do next. */
export async function notice(page, name, locale) {
  const { title, next } = WORDS[locale].pages[name];
  await page.getByRole("heading", { name: title, exact: true }).waitFor();
  assert.ok((await page.locator("main").innerText()).includes(next), `${name}: what next`);
}

/** Follows the shop's page to WeChat's own. */
export async function goToWeChat(shop) {
  await fromKit(shop.page, "go").click();
  await wechat(shop, "waiting").waitFor();
}

/** WeChat's own login page in one stage. */
export const wechat = (shop, stage) => shop.page.locator(`main[data-uuid][data-stage=${stage}]`);

/** Scans WeChat's own page; ends at the sheet that asks. */
export async function scanWeChat(hand, shop) {
  const buffer = await shop.page.locator(".qrcode").screenshot({ animations: "disabled" });
  await scanPhotograph(hand, { name: "photograph.png", mimeType: "image/png", buffer }, "website");
  await wechat(shop, "scanned").waitFor();
}

/** Scans an account's code with a phone that does not follow it yet. */
export async function follow(hand, shop) {
  await scan(hand, shop, "follow");
  await thing(hand.page, "follow").click();
  await screen(hand.page, "chat").waitFor();
}

/** From the link in the chat to the end of our page. */
export async function confirmOnPage(hand, locale) {
  const page = await tapLink(hand);
  await press(page, "confirm");
  await notice(page, "logged_in", locale);
  await page.close();
}

/** Goes through a way to its good end, for a phone that may never have spoken to its account before. */
export const GO_THROUGH = {
  async mini(hand, shop) {
    await scan(hand, shop);
    await confirm(hand);
  },
  async service(hand, shop) {
    await scan(hand, shop, "chat");
    await confirmOnPage(hand, shop.look.locale);
  },
  async chat(hand, shop) {
    await scan(hand, shop, "chat");
    await heard(hand);
    await say(hand, await numberOf(shop));
  },
  async website(hand, shop) {
    await goToWeChat(shop);
    await scanWeChat(hand, shop);
    await thing(hand.page, "website-confirm").click();
  },
};

/** Waits for the greeting; it names the way that was used. */
export async function greeted(shop, slug) {
  // A fragment outlives redirects: after web authorization WeChat's own is still there.
  await shop.page.waitForURL(/\/account(#.*)?$/);
  const said = (await thing(shop.page, "greeting").textContent()).trim();
  const { account, login } = WORDS[shop.look.locale].shop;
  const [before, after] = account.greeting.split("{name}");
  assert.ok(said.startsWith(before) && said.endsWith(after) && said.length > before.length + after.length, said);
  assert.equal(await thing(shop.page, "way-used").textContent(), login.ways[slug]);
  return said;
}

/** All of them leave. */
export const close = (...people) => Promise.all(people.map((person) => person.close()));

/** No script failed and no browser complained. */
export function clean(...people) {
  for (const { errors, icons = [] } of people) {
    const left = [...errors];
    icons.forEach((complaint) => left.splice(left.indexOf(complaint), 1));
    assert.deepEqual(left, []);
  }
}
