// Every way into the shop, from the page to the greeting that names it: at both sizes, in both languages.
// Owns the good ends; how a way ends badly is in ways-declined, who may use it in ways-people.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LOCALES, stage, strangers } from "./harness.mjs";
import { at, atTheDoor, fromKit, phoneOf, scan } from "./steps.mjs";
import { ESSENTIAL, GO_THROUGH, WECHAT, atTheWay, choose, clean, close, confirmOnPage, follow, goToWeChat, greeted, handOf, heard, press, say, numberOf, shopInWeChat } from "./way-steps.mjs";

const set = stage();
const door = (slug, look) => atTheWay(set.browser, set.demo, slug, look);
const hand = (follows, look) => handOf(set.browser, set.demo, follows, look);

/** In, by its name, with nobody else asked and nothing to complain of. */
async function arrives(slug, shop, phone) {
  const said = await greeted(shop, slug);
  for (const person of [shop, phone]) assert.deepEqual(strangers(person.asked, set.demo), []);
  clean(shop, phone);
  await close(shop, phone);
  return said;
}

for (const look of ESSENTIAL) {
  const seen = `${look.size}, ${look.locale}`;

  test(`mini-program code: ${seen}`, async () => {
    const [shop, phone] = await Promise.all([door("mini", look), hand([], look)]);
    await GO_THROUGH.mini(phone, shop);
    await arrives("mini", shop, phone);
  });

  test(`service account, confirmed on our page, a follower: ${seen}`, async () => {
    const [shop, phone] = await Promise.all([door("service", look), hand(["service"], look)]);
    await scan(phone, shop, "chat");
    const said = await heard(phone);
    assert.match(said, look.locale === "en" ? /^Log in to .*Pine Hollow\n.*localhost[^]*Not you\? Then do nothing\./ : /^正在登录「.*Pine Hollow」\n.*localhost[^]*请勿理会/);
    await confirmOnPage(phone, look.locale);
    await arrives("service", shop, phone);
  });

  test(`service account, confirmed on our page, a stranger who follows first: ${seen}`, async () => {
    const [shop, phone] = await Promise.all([door("service", look), hand([], look)]);
    await follow(phone, shop);
    await confirmOnPage(phone, look.locale);
    await arrives("service", shop, phone);
  });

  test(`service account, confirmed by the number on the page: ${seen}`, async () => {
    const [shop, phone] = await Promise.all([door("chat", look), hand(["chat"], look)]);
    const number = await numberOf(shop);
    assert.match(number, /^\d\d$/);
    await scan(phone, shop, "chat");
    assert.doesNotMatch(await heard(phone), new RegExp(`\\b${number}\\b`), "the chat keeps the number to itself");
    await say(phone, number);
    assert.match(await heard(phone, 2), look.locale === "en" ? /^You are logged in to .*Pine Hollow/ : /^已登录「.*Pine Hollow」/);
    await arrives("chat", shop, phone);
  });

  test(`WeChat's own page, scanned and confirmed: ${seen}`, async () => {
    const [shop, phone] = await Promise.all([door("website", look), hand([], look)]);
    await GO_THROUGH.website(phone, shop);
    assert.ok((await arrives("website", shop, phone)).includes(phone.nickname), "WeChat told the name");
  });
}

for (const locale of LOCALES) {
  test(`begun in WeChat's own browser: no code, our page, the shop: ${locale}`, async () => {
    const phone = await hand([], { locale });
    const shop = await shopInWeChat(phone, set.demo);
    await fromKit(shop.page, "go").click();
    await shop.page.waitForURL("**/confirm/*");
    assert.match(await shop.page.locator("main").innerText(), /Pine Hollow[^]*localhost/);
    await press(shop.page, "confirm");
    await greeted(shop, "service");
    clean(phone);
    await phone.close();
  });
}

test("xiaoming, who follows already, goes through the account's chat; lihua, who does not, follows", async () => {
  const [locale, look] = ["zh-CN", { locale: "zh-CN", userAgent: WECHAT }];
  const [first, second] = await Promise.all([door("service", { locale }), door("chat", { locale })]);
  const [xiaoming, lihua] = await Promise.all(["xiaoming", "lihua"].map((who) => phoneOf(set.browser, set.demo, who, look)));
  await scan(xiaoming, first, "chat");
  await confirmOnPage(xiaoming, locale);
  await follow(lihua, second);
  await heard(lihua);
  await say(lihua, await numberOf(second));
  await arrives("service", first, xiaoming);
  await arrives("chat", second, lihua);
});

test("quick login: WeChat on this computer knows who sits here, one click is enough", async () => {
  const phone = await hand();
  const shop = await atTheDoor(set.browser, set.demo, { locale: "en" });
  const knows = new URLSearchParams({ person: phone.id, url: `${set.demo.shop}/login` });
  await shop.page.goto(`${set.demo.sandbox}/_sandbox/v1/browser?${knows}`);
  await at(shop.page, "code").waitFor();
  await choose(shop, "website", "go");
  await goToWeChat(shop);
  await shop.page.locator("#quick").click();
  assert.ok((await arrives("website", shop, phone)).includes(phone.nickname));
});

test("nobody is logged in quickly where WeChat does not know who sits here", async () => {
  const shop = await door("website", { locale: "en" });
  await goToWeChat(shop);
  assert.equal(await shop.page.locator("#quick").isVisible(), false);
  await shop.page.goto(`${set.demo.shop}/account`);
  assert.match(shop.page.url(), /\/login$/);
  await close(shop);
});
