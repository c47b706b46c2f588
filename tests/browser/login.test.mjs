// Logging in as people do: two browsers, one at the shop's page and one as the phone, against the real binary.
// Owns what a visitor gets to see in the end; how the pages look in each state is in states.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { stage, strangers, visitor } from "./harness.mjs";
import { at, atTheDoor, confirm, fromKit, greeting, phoneOf, photograph, result, scan, scanPhotograph, screen, thing, userId, way } from "./steps.mjs";

const set = stage();
const door = (look) => atTheDoor(set.browser, set.demo, { locale: "en", ...look });
const phone = (who, look) => phoneOf(set.browser, set.demo, who, { locale: "en", ...look });
const close = (...people) => Promise.all(people.map((person) => person.close()));

/** Nobody else was asked for anything, and the browser had nothing to complain of. */
function clean(...people) {
  for (const person of people) {
    assert.deepEqual(strangers(person.asked, set.demo), []);
    assert.deepEqual(person.errors, []);
  }
}

async function logIn(who, nickname) {
  const [shop, hand] = [await door(), await phone(who)];
  await scan(hand, shop);
  await confirm(hand, nickname);
  const said = await greeting(shop);
  await hand.close();
  return { shop, said };
}

test("a visitor logs in with the phone and is greeted by the name they typed", async () => {
  const shop = await visitor(set.browser, { locale: "en" });
  await shop.page.goto(set.demo.shop);
  await thing(shop.page, "login").click();
  await at(shop.page, "code").waitFor();
  assert.match(await thing(shop.page, "countdown").textContent(), /Valid for\s+[12]:\d\d/);

  const hand = await phone("xiaoming");
  await thing(hand.page, "scan").click();
  await hand.page.locator(".in-view").click(); // the newest code is the one in view
  await screen(hand.page, "asked").waitFor();
  const asked = await screen(hand.page, "asked").innerText();
  assert.match(asked, /Pine Hollow/);
  assert.match(asked, /localhost/);
  assert.match(asked, /Chrome, Linux/);
  await at(shop.page, "scanned").waitFor();

  await confirm(hand, "小明 of the hill");
  assert.equal(await greeting(shop), "Good to see you, 小明 of the hill.");
  assert.equal(await thing(shop.page, "way-used").textContent(), "WeChat Mini Program");
  await shop.page.goto(`${set.demo.shop}/account?lang=zh-CN`);
  assert.equal(await thing(shop.page, "way-used").textContent(), "微信小程序");
  clean(shop, hand);
  await close(shop, hand);
});

test("a name is never needed: there is a friendly one instead, and WeChat's own is one tap away", async () => {
  const { shop, said } = await logIn("lihua");
  assert.match(said, /^Good to see you, [A-Z]\w+ [A-Z]\w+ \w{4}\.$/);
  const [again, hand] = [await door(), await phone("alex")];
  await scan(hand, again);
  await thing(hand.page, "use-nickname").click();
  await confirm(hand);
  assert.equal(await greeting(again), "Good to see you, Alex.");
  await close(shop, again, hand);
});

test("several persons are several users, and the same person is the same user", async () => {
  const first = await logIn("xiaoming");
  const other = await logIn("lihua");
  const again = await logIn("xiaoming");
  const [one, two, three] = [await userId(first.shop), await userId(other.shop), await userId(again.shop)];
  assert.match(one, /^usr_/);
  assert.notEqual(one, two);
  assert.equal(one, three);
  await close(first.shop, other.shop, again.shop);
});

test("whoever declines is not logged in, and a new code works", async () => {
  const [shop, hand] = [await door(), await phone("xiaoming")];
  await scan(hand, shop);
  await thing(hand.page, "decline").click();
  await result(hand, "declined");
  await at(shop.page, "declined").waitFor();
  await shop.page.goto(`${set.demo.shop}/account`);
  await at(shop.page, "code").waitFor(); // not logged in: the account leads to the door
  await scan(hand, shop);
  await confirm(hand);
  await greeting(shop);
  clean(shop, hand);
  await close(shop, hand);
});

test("whoever sends another number than the page shows reads why that was the end", async () => {
  const [shop, hand] = [await door(), await phone("xiaoming")];
  await way(shop.page, "chat").click();
  await fromKit(shop.page, "number").waitFor();
  const number = await fromKit(shop.page, "number").locator("b").textContent();
  await scan(hand, shop, "chat");
  await at(shop.page, "scanned").waitFor();
  await thing(hand.page, "chat-text").fill(String((Number(number) + 1) % 100).padStart(2, "0"));
  await thing(hand.page, "chat-send").click();
  await at(shop.page, "declined").waitFor();
  assert.match(await fromKit(shop.page, "title").textContent(), /wasn't the number shown here/);
  await close(shop, hand);
});

test("a photograph of the whole screen is enough, one without a code is told", async () => {
  const [shop, hand] = [await door(), await phone("alex")];
  const sky = { name: "sky.png", mimeType: "image/png", buffer: await shop.page.locator(".outlook").screenshot() };
  await scanPhotograph(hand, sky, "result");
  assert.match(await screen(hand.page, "result").innerText(), /no code in this picture/);
  const desk = { name: "desk.jpg", mimeType: "image/jpeg", buffer: await shop.page.screenshot({ type: "jpeg", quality: 80 }) };
  await scanPhotograph(hand, desk);
  await confirm(hand);
  await greeting(shop);
  await close(shop, hand);
});

test("a second person on one code ends it for both, and a new code works", async () => {
  const [shop, one, two] = [await door(), await phone("xiaoming"), await phone("lihua")];
  const photo = await photograph(shop.page);
  await scanPhotograph(one, photo);
  await at(shop.page, "scanned").waitFor();
  await scanPhotograph(two, photo, "result");
  await at(shop.page, "conflict").waitFor();
  await thing(one.page, "confirm").click();
  await result(one, "error");
  await thing(shop.page, "refresh").click();
  await at(shop.page, "code").waitFor();
  await scan(two, shop);
  await confirm(two);
  await greeting(shop);
  await close(shop, one, two);
});

test("a reload and another language go on with the same code", async () => {
  const [shop, hand] = [await door(), await phone("lihua")];
  const shown = () => thing(shop.page, "qr").getAttribute("src");
  const first = await shown();
  await shop.page.reload();
  await at(shop.page, "code").waitFor();
  assert.equal(await shown(), first);
  await scan(hand, shop);
  await at(shop.page, "scanned").waitFor();
  await shop.page.getByRole("link", { name: "切换到中文" }).click();
  await at(shop.page, "scanned").waitFor();
  assert.equal(await shop.page.locator("html").getAttribute("lang"), "zh-CN");
  assert.equal(await shown(), first);
  await confirm(hand, "李华");
  assert.equal(await greeting(shop), "李华，欢迎回来。");
  clean(shop, hand);
  await close(shop, hand);
});

test("the back button returns to the same code, and never behind a login", async () => {
  const [shop, hand] = [await door(), await phone("alex")];
  const first = await thing(shop.page, "qr").getAttribute("src");
  await shop.page.locator(".brand").click();
  await thing(shop.page, "login").waitFor();
  await shop.page.goBack();
  await at(shop.page, "code").waitFor();
  assert.equal(await thing(shop.page, "qr").getAttribute("src"), first);
  await scan(hand, shop);
  await confirm(hand, "Alex");
  await greeting(shop);
  await shop.page.goto(`${set.demo.shop}/login`);
  assert.equal(await greeting(shop), "Good to see you, Alex.");
  await close(shop, hand);
});

test("confirmed while the page was away: it finishes when it is opened again", async () => {
  const [shop, hand] = [await door(), await phone("xiaoming")];
  await scan(hand, shop);
  await shop.page.goto(set.demo.shop);
  await confirm(hand, "小明");
  await thing(shop.page, "login").click();
  assert.equal(await greeting(shop), "Good to see you, 小明.");
  await close(shop, hand);
});

test("logging out ends the session here and in every tab", async () => {
  const { shop } = await logIn("alex", "Alex");
  const tab = await shop.context.newPage();
  await tab.goto(`${set.demo.shop}/account`);
  await thing(shop.page, "logout").click();
  await thing(shop.page, "login").waitFor();
  await tab.reload();
  await at(tab, "code").waitFor();
  await shop.close();
});

test("the link to the phone opens it beside the shop, in the same language", async () => {
  const shop = await door();
  const opened = shop.context.waitForEvent("page");
  await thing(shop.page, "phone").click();
  const beside = await opened;
  await beside.getByRole("heading", { name: "Whose phone is this?" }).waitFor();
  assert.equal(await beside.locator("html").getAttribute("lang"), "en");
  await shop.close();
});
