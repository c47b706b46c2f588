// Whoever says no, in each way: nobody is logged in, the visitor reads what to do next, and a new code works.
// Owns the refusals of people; those of time are in ways-ended, those of somebody else in ways-people.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { stage } from "./harness.mjs";
import { at, fromKit, result, scan, thing } from "./steps.mjs";
import { GO_THROUGH, atTheWay, close, control, goToWeChat, greeted, handOf, heard, notice, numberOf, press, say, scanWeChat, shopInWeChat, tapLink, wechat, WORDS } from "./way-steps.mjs";

const set = stage();
const door = (slug, look) => atTheWay(set.browser, set.demo, slug, look);
const hand = (follows, look) => handOf(set.browser, set.demo, follows, look);
const LOOKS = [{ size: "desktop", locale: "zh-CN" }, { size: "phone", locale: "en" }];
const TOLD = { "zh-CN": /你在手机上拒绝了登录\s+没有人登录.*换一个新码/, en: /You declined on your phone\s+Nobody was logged in.*take a new code/ };
const WRONG = { "zh-CN": /手机上给出的数字与这里的不同\s+.*换一个新码/, en: /That wasn't the number shown here\s+.*new code/ };
const back = (yes) => control(set.demo, "PUT", "wire_rules", { cancel_redirects: yes });

afterEach(() => back(false));

/** The shop's page says so and nobody is in; its button gives a new code. */
async function declined(shop, told = TOLD) {
  await at(shop.page, "declined").waitFor();
  assert.match(await fromKit(shop.page, "words").innerText(), told[shop.look.locale]);
  await nobody(shop);
  await thing(shop.page, "refresh").click();
  await at(shop.page, "code").waitFor();
}

/** The account is closed to this visitor. */
async function nobody(shop) {
  const answer = await shop.context.request.get(`${set.demo.shop}/account`);
  assert.match(answer.url(), /\/login$/);
}

/** The shop's own page about a refusal; its button begins again. */
async function declinedAtTheShop(shop) {
  await thing(shop.page, "trouble").waitFor();
  assert.equal(await thing(shop.page, "trouble").getAttribute("data-trouble"), "declined");
  const { troubles, again } = WORDS[shop.look.locale].shop.message;
  assert.ok((await thing(shop.page, "trouble").innerText()).includes(troubles.declined.text));
  await nobody(shop);
  await shop.page.getByRole("link", { name: again, exact: true }).click();
  await fromKit(shop.page, "way").first().waitFor();
}

for (const look of LOOKS) {
  const seen = `${look.size}, ${look.locale}`;

  test(`on the mini-program's page: ${seen}`, async () => {
    const [shop, phone] = await Promise.all([door("mini", look), hand([], look)]);
    await scan(phone, shop);
    await thing(phone.page, "decline").click();
    await result(phone, "declined");
    await declined(shop);
    await GO_THROUGH.mini(phone, shop);
    await greeted(shop, "mini");
    await close(shop, phone);
  });

  for (const decision of ["deny", "report"]) {
    test(`on our page, by "${decision}": ${seen}`, async () => {
      const [shop, phone] = await Promise.all([door("service", look), hand(["service"], look)]);
      await scan(phone, shop, "chat");
      const page = await tapLink(phone);
      await press(page, decision);
      await notice(page, decision === "report" ? "reported" : "declined", look.locale);
      await page.close();
      await declined(shop);
      await thing(phone.page, "back").click();
      await scan(phone, shop, "chat");
      await heard(phone, 2);
      const again = await tapLink(phone);
      await press(again, "confirm");
      await greeted(shop, "service");
      await close(shop, phone);
    });
  }

  test(`by a number that is not on the page: ${seen}`, async () => {
    const [shop, phone] = await Promise.all([door("chat", look), hand(["chat"], look)]);
    const number = await numberOf(shop);
    await scan(phone, shop, "chat");
    await heard(phone);
    await say(phone, String((Number(number) + 1) % 100).padStart(2, "0"));
    assert.match(await heard(phone, 2), look.locale === "en" ? /not the number on the web page.*scan again/ : /数字与网页上显示的不一致.*再扫一次/);
    await declined(shop, WRONG);
    await thing(phone.page, "back").click();
    await scan(phone, shop, "chat");
    await heard(phone, 3);
    await say(phone, await numberOf(shop));
    await greeted(shop, "chat");
    await close(shop, phone);
  });

  test(`on WeChat's sheet, and WeChat's page stays: ${seen}`, async () => {
    const [shop, phone] = await Promise.all([door("website", look), hand([], look)]);
    await goToWeChat(shop);
    await scanWeChat(phone, shop);
    await thing(phone.page, "website-cancel").click();
    await result(phone, "declined");
    await wechat(shop, "cancelled").waitFor();
    const told = look.locale === "en" ? /You cancelled this login\s+Get a new code/ : /您已取消此次登录\s+换一个二维码/;
    assert.match(await shop.page.locator("main").innerText(), told);
    await nobody(shop);
    await shop.page.locator("#renew").click();
    await wechat(shop, "waiting").waitFor();
    await scanWeChat(phone, shop);
    await thing(phone.page, "website-confirm").click();
    await greeted(shop, "website");
    await close(shop, phone);
  });

  test(`on WeChat's sheet, and WeChat sends the visitor back: ${seen}`, async () => {
    await back(true);
    const [shop, phone] = await Promise.all([door("website", look), hand([], look)]);
    await goToWeChat(shop);
    await scanWeChat(phone, shop);
    await thing(phone.page, "website-cancel").click();
    await declinedAtTheShop(shop);
    await at(shop.page, "go").waitFor();
    await GO_THROUGH.website(phone, shop);
    await greeted(shop, "website");
    await close(shop, phone);
  });
}

test("in WeChat's own browser, on our page: the shop is told and one can begin again", async () => {
  const phone = await hand([], { locale: "en" });
  const shop = await shopInWeChat(phone, set.demo);
  for (const decision of ["deny", "report", "confirm"]) {
    await fromKit(shop.page, "go").click();
    await shop.page.waitForURL("**/confirm/*");
    await press(shop.page, decision);
    if (decision === "confirm") break;
    await declinedAtTheShop(shop);
    await at(shop.page, "go").waitFor();
  }
  await greeted(shop, "service");
  await phone.close();
});
