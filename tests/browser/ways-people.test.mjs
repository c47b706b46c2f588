// Who may use a code: one person, whoever scanned it, by whatever way, and nobody for somebody else.
// Owns what several people see of each other's logins, and addresses that are opened where they do not belong or twice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { stage } from "./harness.mjs";
import { at, fromKit, photograph, result, scan, scanPhotograph, screen, thing, userId } from "./steps.mjs";
import { GO_THROUGH, atTheWay, clean, close, confirmOnPage, follow, goToWeChat, greeted, handOf, heard, notice, numberOf, openInWeChat, press, say, scanWeChat, shopInWeChat, tapLink } from "./way-steps.mjs";

const set = stage();
const EN = { locale: "en" };
const door = (slug, look = EN) => atTheWay(set.browser, set.demo, slug, look);
const hand = (follows, look = EN) => handOf(set.browser, set.demo, follows, look);
const CONFLICT = { en: /Somebody else scanned the same code.*scan again/, "zh-CN": /有其他人扫描了同一个二维码.*再扫一次/ };
const CONFLICT_AT_THE_SHOP = { en: /Two people scanned this code\s+To be safe, neither was logged in\. Take a new code/, "zh-CN": /有两个人扫了这个码\s+.*请换一个新码/ };

/** Two scan one code; both chats and the page say what came of it. */
async function collide(slug, look) {
  const [shop, one, two] = await Promise.all([door(slug, look), hand([slug], look), hand([slug], look)]);
  const number = slug === "chat" ? await numberOf(shop) : undefined;
  const photo = await photograph(shop.page);
  await scanPhotograph(one, photo, "chat");
  await heard(one);
  await at(shop.page, "scanned").waitFor();
  await scanPhotograph(two, photo, "chat");
  assert.match(await heard(two), CONFLICT[look.locale]);
  assert.equal(await thing(two.page, "message-link").count(), 0);
  await at(shop.page, "conflict").waitFor();
  assert.match(await fromKit(shop.page, "words").innerText(), CONFLICT_AT_THE_SHOP[look.locale]);
  return { shop, one, two, photo, number };
}

for (const look of [{ size: "desktop", locale: "zh-CN" }, { size: "phone", locale: "en" }]) {
  test(`a second person on an account's code ends it for both, and both chats say so: ${look.size}, ${look.locale}`, async () => {
    const { shop, one, two, photo } = await collide("service", look);
    const page = await tapLink(one);
    await notice(page, "over", look.locale);
    await page.close();
    await thing(one.page, "back").click();
    await scanPhotograph(one, photo, "chat");
    assert.match(await heard(one, 2), CONFLICT[look.locale]);
    await thing(shop.page, "refresh").click();
    await at(shop.page, "code").waitFor();
    await thing(two.page, "back").click();
    await scan(two, shop, "chat");
    await heard(two, 2);
    await confirmOnPage(two, look.locale);
    await greeted(shop, "service");
    await close(shop, one, two);
  });

  test(`a second person where the number is asked: the right number is too late: ${look.size}, ${look.locale}`, async () => {
    const { shop, one, two, photo, number } = await collide("chat", look);
    await say(one, number);
    await thing(one.page, "back").click();
    await scanPhotograph(one, photo, "chat");
    assert.match(await heard(one, 2), CONFLICT[look.locale]);
    await at(shop.page, "conflict").waitFor();
    await close(shop, one, two);
  });
}

test("WeChat's own page lets only the first phone scan", async () => {
  const [shop, one, two] = await Promise.all([door("website"), hand(), hand()]);
  await goToWeChat(shop);
  const buffer = await shop.page.locator(".qrcode").screenshot({ animations: "disabled" });
  await scanWeChat(one, shop);
  await scanPhotograph(two, { name: "photograph.png", mimeType: "image/png", buffer }, "result");
  assert.match(await screen(two.page, "result").innerText(), /already scanned this code\. Refresh it/);
  await thing(one.page, "website-confirm").click();
  assert.ok((await greeted(shop, "website")).includes(one.nickname));
  await close(shop, one, two);
});

test("unfollowed between scan and confirm: that changes nothing", async () => {
  const [shop, phone] = await Promise.all([door("service"), hand(["service"])]);
  await scan(phone, shop, "chat");
  await heard(phone);
  await thing(phone.page, "chat-menu").click();
  await thing(phone.page, "unfollow").click();
  await thing(phone.page, "chat-follow").waitFor();
  await confirmOnPage(phone, "en");
  await greeted(shop, "service");
  clean(shop, phone);
  await close(shop, phone);
});

test("three persons at once, each their own account, and the same one when they come again by another way", async () => {
  const enter = async (slug, phone) => {
    const shop = await door(slug);
    await GO_THROUGH[slug](phone, shop);
    const said = await greeted(shop, slug);
    const id = await userId(shop);
    await shop.close();
    return { id, said };
  };
  const phones = await Promise.all([hand(["service"]), hand(["service"]), hand(["service"])]);
  const first = await Promise.all(phones.map((phone) => enter("service", phone)));
  assert.equal(new Set(first.map(({ id }) => id)).size, 3);
  await Promise.all(phones.map((phone) => thing(phone.page, "back").click()));
  const again = await Promise.all(phones.map((phone) => enter("website", phone)));
  assert.deepEqual(again.map(({ id }) => id), first.map(({ id }) => id));
  again.forEach(({ said }, n) => assert.ok(said.includes(phones[n].nickname), said));
  await close(...phones);
});

test("one person by all ways is one user", async () => {
  const phone = await hand(["service", "chat"]);
  const ids = [];
  for (const slug of ["website", "service", "chat", "mini"]) {
    const shop = await door(slug);
    await GO_THROUGH[slug](phone, shop);
    await greeted(shop, slug);
    ids.push(await userId(shop));
    await thing(phone.page, "back").or(thing(phone.page, "home")).first().click();
    await shop.close();
  }
  const shop = await shopInWeChat(phone, set.demo);
  await fromKit(shop.page, "go").click();
  await press(shop.page, "confirm");
  await greeted(shop, "service");
  ids.push(await userId(shop));
  assert.match(ids[0], /^usr_/);
  assert.deepEqual(ids, ids.map(() => ids[0]));
  await phone.close();
});

for (const locale of ["zh-CN", "en"]) {
  test(`a forwarded confirm link is refused on another phone, and the first person still confirms: ${locale}`, async () => {
    const [shop, one, two] = await Promise.all([door("service", { locale }), hand(["service"], { locale }), hand(["service"], { locale })]);
    await scan(one, shop, "chat");
    await heard(one);
    const link = await thing(one.page, "message-link").getAttribute("data-url");
    const page = await openInWeChat(two, link);
    await notice(page, "other_person", locale);
    assert.equal(await page.locator("form").count(), 0);
    await at(shop.page, "scanned").waitFor();
    await confirmOnPage(one, locale);
    await greeted(shop, "service");
    await page.reload();
    assert.equal(await page.locator("form").count(), 0);
    await close(shop, one, two);
  });
}

test("a confirm link in a browser that is nobody's WeChat leads to no button", async () => {
  const [shop, phone] = await Promise.all([door("service"), hand(["service"])]);
  await scan(phone, shop, "chat");
  await heard(phone);
  const link = await thing(phone.page, "message-link").getAttribute("data-url");
  const page = await shop.context.newPage();
  await page.goto(link);
  assert.match(await page.locator("main").innerText(), /Open this link in WeChat/);
  await confirmOnPage(phone, "en");
  await greeted(shop, "service");
  await close(shop, phone);
});

test("the callback's address, loaded again, shows a page without a code", async () => {
  const [shop, phone] = await Promise.all([door("website"), hand()]);
  await GO_THROUGH.website(phone, shop);
  await greeted(shop, "website");
  const callback = shop.asked.find((address) => address.startsWith(`${set.demo.saoma}/callback/website?`));
  const own = shop.asked.find((address) => address.startsWith(`${set.demo.shop}/callback?`));
  const before = shop.asked.length;
  await shop.page.goto(callback);
  await notice(shop.page, "answered_before", "en");
  assert.equal(shop.page.url(), callback, "nobody was sent on");
  const code = new URL(own).searchParams.get("code");
  for (const hidden of [code, new URL(callback).searchParams.get("code")]) assert.ok(!(await shop.page.content()).includes(hidden));
  assert.ok(!shop.asked.slice(before).some((address) => address.startsWith(set.demo.shop)));
  await shop.page.goto(own);
  assert.equal(await thing(shop.page, "trouble").getAttribute("data-trouble"), "stale");
  await shop.page.goto(`${set.demo.shop}/account`);
  await greeted(shop, "website");
  await close(shop, phone);
});

test("pressed in two windows, pressed otherwise, gone back: the first answer stays", async () => {
  const [shop, phone] = await Promise.all([door("service"), hand(["service"])]);
  await scan(phone, shop, "chat");
  const page = await tapLink(phone);
  const [second, third] = await Promise.all([phone.context.newPage(), phone.context.newPage()]);
  await Promise.all([second.goto(page.url()), third.goto(page.url())]);
  await press(page, "confirm");
  await notice(page, "logged_in", "en");
  await greeted(shop, "service");
  const id = await userId(shop);
  await press(second, "confirm");
  await notice(second, "logged_in", "en");
  await press(third, "deny");
  await third.locator("form").waitFor({ state: "detached" });
  await page.goBack();
  await notice(page, "logged_in", "en");
  assert.equal(await page.locator("button[value=confirm], button[value=deny]").count(), 0, "nothing to decide");
  await shop.page.reload();
  assert.equal(await userId(shop), id);
  await close(shop, phone);
});
