// Every state that the service account and WeChat's login page of websites bring, in every look: the chat, the follow
// sheet, our confirm page and its notices, WeChat's own pages. A picture of each in out/, and what looks.mjs asks of all.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LOOKS, SIZES, stage, visitor } from "./harness.mjs";
import { clean, seen } from "./looks.mjs";
import { at, choose, fromKit, greeting, phoneOf, result, scan, scanPhotograph, screen, tapLink, thing } from "./steps.mjs";

const set = stage();
const SERVICE = "wx5a0a0a0a0a0a0a02";
const CHAT = "wx5a0a0a0a0a0a0a03";
const SITE = "wx5a0a0a0a0a0a0a04";

/** Something that the sandbox is told. */
async function told(path, body) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${set.demo.sandbox}/_sandbox/v1/${path}`, { method: "PUT", headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
}

/** The shop's login page, and the phone of somebody new, whose chats are empty; both in one look. */
async function pair(look) {
  const who = Object.values(look).join("-").toLowerCase();
  await told(`persons/${who}`, { name: look.locale === "en" ? "Robin Lee" : "李华", nickname: "Robin" });
  await told("followers", { appid: SERVICE, person: who, following: false });
  await told("followers", { appid: CHAT, person: who, following: true });
  const shop = await visitor(set.browser, look);
  await shop.page.goto(`${set.demo.shop}/login`);
  await at(shop.page, "code").waitFor();
  const phone = await phoneOf(set.browser, set.demo, who, { locale: look.locale, scheme: look.scheme });
  await phone.page.setViewportSize(SIZES[look.size]);
  return { shop, phone: { ...phone, look } };
}

/** One look at an address in WeChat's own browser, as `who`, or as nobody outside WeChat; it must have this sign. */
async function glance(look, name, url, sign, { who, refused = [] } = {}) {
  const reader = await visitor(set.browser, look);
  const query = new URLSearchParams({ person: who, url });
  await reader.page.goto(who ? `${set.demo.sandbox}/_sandbox/v1/browser?${query}` : url);
  await reader.page.locator(sign).waitFor();
  await seen(reader, name);
  await clean(reader, set.demo, refused);
}

/** Whoever does not follow yet is asked to; the account's answer has the link to our page. */
async function follow(shop, phone) {
  await choose(shop, "service");
  await seen(shop, "shop-12-service");
  await scan(phone, shop, "follow");
  await seen(phone, "phone-10-follow");
  await thing(phone.page, "follow").click();
  await thing(phone.page, "message-link").waitFor();
  await at(shop.page, "scanned").waitFor();
  await seen(phone, "phone-11-chat");
  await seen(shop, "shop-13-service-scanned");
}

/** The address of our page; WeChat's own addresses leave a fragment at its end. */
const linkOf = (asked) => asked.page.url().replace(/#.*/, "");

/** What others see who get hold of the link. */
async function forwarded(look, link) {
  await glance(look, "page-2-other-person", link, ".mark.heed", { who: "alex", refused: [403] });
  await glance(look, "page-3-preview", link, ".mark.heed", { who: "snap", refused: [403] });
  await glance(look, "page-4-unproven", `${link}?state=unknown&code=unknown`, ".mark.heed", { refused: [403] });
  await glance(look, "page-5-refused", `${link}?state=a&state=b`, ".mark.heed", { refused: [400] });
  await glance(look, "page-6-not-found", `${set.demo.saoma}/confirm/nowhere`, ".mark.over", { refused: [404] });
  await glance(look, "page-7-home", set.demo.saoma, ".mark.home");
  await glance(look, "wechat-4-outside", link, ".sign.bad");
}

async function declined(look, shop, asked) {
  const link = linkOf(asked);
  await asked.page.locator("[value=deny]").click();
  await asked.page.locator(".mark.no").waitFor();
  await seen(asked, "page-8-declined");
  await at(shop.page, "declined").waitFor();
  await glance(look, "page-9-over", link, ".mark.over", { refused: [410] });
  await thing(shop.page, "refresh").click();
  await at(shop.page, "code").waitFor();
}

async function confirmed(shop, phone) {
  await thing(phone.page, "back").click();
  await screen(phone.page, "home").waitFor();
  await seen(phone, "phone-12-chats");
  await scan(phone, shop, "chat");
  await thing(phone.page, "message-link").nth(1).waitFor();
  const asked = await tapLink(phone);
  await asked.page.locator("[value=confirm]").click();
  await asked.page.locator(".mark.done").waitFor();
  await seen(asked, "page-10-logged-in");
  await greeting(shop);
}

/** Two digits of the page, sent as a message; then the account's sheet, and a farewell. */
async function number(shop, phone) {
  await choose(shop, "chat");
  await fromKit(shop.page, "number").waitFor();
  await seen(shop, "shop-14-number");
  await scan(phone, shop, "chat");
  await at(shop.page, "scanned").waitFor();
  await seen(shop, "shop-15-number-scanned");
  await thing(phone.page, "message-account").waitFor();
  await seen(phone, "phone-13-number-asked");
  await thing(phone.page, "chat-text").fill(await fromKit(shop.page, "number").locator("b").textContent());
  await thing(phone.page, "chat-send").click();
  await greeting(shop);
  await seen(shop, "shop-16-greeting");
  await thing(phone.page, "message-account").nth(1).waitFor();
  await seen(phone, "phone-14-number-sent");
}

async function farewell(phone) {
  await thing(phone.page, "chat-menu").click();
  await seen(phone, "phone-15-account");
  await thing(phone.page, "unfollow").click();
  await thing(phone.page, "chat-follow").waitFor();
  await seen(phone, "phone-16-unfollowed");
  await thing(phone.page, "chat-follow").click();
  await thing(phone.page, "chat-text").waitFor();
  await thing(phone.page, "back").click();
  await thing(phone.page, "open-browser").click();
  await seen(phone, "phone-17-browser");
  await thing(phone.page, "back").click();
}

/** WeChat's own login page, up to the phone's question. */
async function toWeChat(shop, phone, picture = seen) {
  await choose(shop, "website");
  await picture(shop, "shop-17-website");
  await fromKit(shop.page, "go").click();
  await shop.page.locator("main[data-stage=waiting] img").waitFor();
  await picture(shop, "wechat-1-code");
  const buffer = await shop.page.locator("img.qrcode").screenshot();
  await scanPhotograph(phone, { name: "code.png", mimeType: "image/png", buffer }, "website");
  await shop.page.locator("main[data-stage=scanned]").waitFor();
}

async function website(look, shop, phone) {
  await toWeChat(shop, phone);
  await seen(shop, "wechat-2-scanned");
  await seen(phone, "phone-18-website");
  await thing(phone.page, "website-cancel").click();
  await result(phone, "declined");
  await shop.page.locator("main[data-stage=cancelled]").waitFor();
  await seen(shop, "wechat-3-cancelled");
  await shop.page.goto(`${set.demo.shop}/login`);
  await toWeChat(shop, phone, () => {});
  await thing(phone.page, "website-confirm").click();
  await greeting(shop);
  const callback = shop.asked.findLast((address) => address.startsWith(`${set.demo.saoma}/callback/website?`));
  await glance(look, "page-11-answered-before", callback, ".mark.over", { refused: [409] });
}

/** Pages of WeChat that our demo does not need: may the page know your name? */
async function consent(look) {
  const query = new URLSearchParams({ appid: SERVICE, redirect_uri: `${set.demo.saoma}/x`, response_type: "code", scope: "snsapi_userinfo", state: "s" });
  const address = `${set.demo.sandbox}/connect/oauth2/authorize?${query}#wechat_redirect`;
  const reader = await visitor(set.browser, look);
  await reader.page.goto(`${set.demo.sandbox}/_sandbox/v1/browser?${new URLSearchParams({ person: "alex", url: address })}`);
  await seen(reader, "wechat-5-consent");
  await reader.page.locator("[value=refuse]").click();
  await reader.page.locator(".sign").waitFor();
  await seen(reader, "wechat-6-closed");
  await clean(reader, set.demo);
  await glance(look, "wechat-7-mistake", `${set.demo.sandbox}/connect/qrconnect?appid=${SITE}`, ".sign.bad");
}

for (const look of LOOKS) {
  const name = `${look.size}, ${look.locale}, ${look.scheme}`;

  test(`every state of the service account: ${name}`, async () => {
    await told("persons/snap", { name: "Snap", snapshot: true });
    const { shop, phone } = await pair(look);
    await follow(shop, phone);
    const asked = await tapLink(phone);
    await seen(asked, "page-1-confirm");
    await forwarded(look, linkOf(asked));
    await declined(look, shop, asked);
    await confirmed(shop, phone);
    await clean(shop, set.demo);
    await clean(phone, set.demo);
  });

  test(`every state of the chat's number and of WeChat's own page: ${name}`, async () => {
    const { shop, phone } = await pair(look);
    await number(shop, phone);
    await farewell(phone);
    await shop.context.clearCookies();
    await shop.page.goto(`${set.demo.shop}/login`);
    await at(shop.page, "code").waitFor();
    await website(look, shop, phone);
    await consent(look);
    await clean(shop, set.demo);
    await clean(phone, set.demo);
  });
}
