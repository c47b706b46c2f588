// A phone's own browser, which cannot scan its own screen: at the shop and on our login page a button opens WeChat
// where the way has a link for it; where it has none, the page says so; the code is always within reach.
import assert from "node:assert/strict";
import { test } from "node:test";
import { stage, visitor } from "./harness.mjs";
import { clean, seen } from "./looks.mjs";
import { at, atTheDoor, confirm, fromKit, phoneOf, scan, thing } from "./steps.mjs";
import { choose, control, greeted } from "./way-steps.mjs";

const set = stage();
const BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
const OPEN = { en: "Open WeChat", "zh-CN": "打开微信" };
const CANNOT = { en: /can't open WeChat/, "zh-CN": /无法直接打开微信/ };

/** What WeChat does on this very phone: the scheme opens the mini-program, where the person confirms. */
async function openWeChat(person, who) {
  const button = fromKit(person.page, "open");
  await button.waitFor();
  const link = await button.getAttribute("href");
  assert.match(link, /^weixin:\/\/dl\/business\/\?t=/);
  await control(set.demo, "POST", "act", { person: who, action: "scan", text: link });
  await at(person.page, "scanned").waitFor();
  await control(set.demo, "POST", "act", { person: who, action: "confirm" });
}

for (const locale of ["en", "zh-CN"]) {
  const look = { size: "phone", locale, scheme: locale === "en" ? "dark" : "light", userAgent: BROWSER };

  test(`at the shop a button opens WeChat, and the visitor is in: ${locale}`, async () => {
    const person = await visitor(set.browser, look);
    await person.page.goto(`${set.demo.shop}/login`);
    await at(person.page, "open").waitFor();
    assert.equal(await fromKit(person.page, "open").innerText(), OPEN[locale]);
    assert.equal(await thing(person.page, "qr").isVisible(), false, "no code that this phone cannot scan");
    await seen(person, "phone-1-shop");
    await openWeChat(person, "lihua");
    await greeted(person, "mini");
    await clean(person, set.demo);
  });

  test(`on our login page as well, where the code is one press away and the other ways say what they cannot: ${locale}`, async () => {
    const person = await visitor(set.browser, look);
    await person.page.goto(`${set.demo.shop}/login/openid`);
    await at(person.page, "open").waitFor();
    await seen(person, "phone-2-hosted");
    await fromKit(person.page, "another").click();
    await at(person.page, "code").waitFor();
    assert.equal(await fromKit(person.page, "open").isVisible(), true);
    await seen(person, "phone-3-code");
    await choose(person, "service");
    assert.match(await at(person.page, "code").innerText(), CANNOT[locale]);
    await choose(person, "mini");
    const hand = await phoneOf(set.browser, set.demo, "alex", { locale });
    await scan(hand, person);
    await confirm(hand);
    await greeted(person, "openid");
    await clean(person, set.demo);
    await hand.close();
  });
}

test("a desktop's browser is not led to an app it does not have", async () => {
  const person = await atTheDoor(set.browser, set.demo, { locale: "en" });
  assert.equal(await fromKit(person.page, "open").isVisible(), false);
  await clean(person, set.demo);
});
