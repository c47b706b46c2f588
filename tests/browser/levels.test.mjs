// As sure as the shop wants: a number chosen among three on the phone, six digits of the phone typed into the page, by
// the companion page and by our own, at the shop and on our login page; and "that was not me" afterwards. A picture of
// each state in out/, and what looks.mjs asks of all. What the server makes of it is in tests/rust/flows/levels.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { stage, visitor } from "./harness.mjs";
import { clean, seen } from "./looks.mjs";
import { at, choose, fromKit, result, scan, screen, thing } from "./steps.mjs";
import { clean as withoutComplaint, greeted, handOf, numberOf, press, tapLink } from "./way-steps.mjs";

const WIDE = { size: "desktop", locale: "en", scheme: "light" };
const NARROW = { size: "phone", locale: "zh-CN", scheme: "light" };
const DARK = { size: "phone", locale: "en", scheme: "dark" };
const NIGHT = { size: "desktop", locale: "zh-CN", scheme: "dark" };
const PLACES = { shop: "/login", hosted: "/login/openid" };
/** WeChat is no phone's own browser here, so that a narrow page shows its code as well. */
const DESK = { hasTouch: false };

/** A visitor at the shop's page or at ours, and somebody's phone; both in one look. */
async function pair(set, look, { place = "shop", slug = "mini" } = {}) {
  const shop = await visitor(set.browser, { ...look, ...DESK });
  await shop.page.goto(`${set.demo.shop}${PLACES[place]}`);
  await at(shop.page, "code").waitFor();
  if (slug !== "mini") await choose(shop, slug);
  const { locale, scheme } = look;
  const hand = await handOf(set.browser, set.demo, slug === "service" ? ["service"] : [], { locale, scheme });
  return { shop, hand: { ...hand, look: { size: "phone", locale, scheme } } };
}

async function leave(set, { shop, hand }, refused = []) {
  withoutComplaint(hand);
  await hand.close();
  await clean(shop, set.demo, refused);
}

const field = (shop) => fromKit(shop.page, "digits-input");
const wrongly = (shop) => fromKit(shop.page, "digits-wrong");

/** Other digits than these. */
const others = (digits) => String((Number(digits) + 1) % 1_000_000).padStart(6, "0");

/** The six digits that the phone shows, as they are read out: with a space. */
const shownOn = async (page, place) => (await place(page).innerText()).trim().replace(/\s+/g, " ");
const ofSandbox = (page) => thing(page, "digits");
const ofOurPage = (page) => page.locator("p.digits");

/** Types with keys alone, wherever the focus is. */
async function typed(shop, digits) {
  await shop.page.keyboard.type(digits);
  await shop.page.keyboard.press("Enter");
}

describe("a number among three", () => {
  const set = stage({ args: ["--min-assurance", "number"] });
  const offered = (hand) => hand.page.locator("[data-number]");

  for (const [look, place] of [[WIDE, "shop"], [NARROW, "hosted"]]) {
    test(`the right one, by the companion: ${place}, ${look.size}, ${look.locale}`, async () => {
      const both = await pair(set, look, { place });
      const { shop, hand } = both;
      const right = await numberOf(shop);
      await seen(shop, "levels-1-number");
      await scan(hand, shop);
      await at(shop.page, "scanned").waitFor();
      assert.equal(await numberOf(shop), right, "still on the page");
      await seen(shop, "levels-2-number-scanned");
      assert.equal(await offered(hand).count(), 3);
      await seen(hand, "levels-3-choose");
      await thing(hand.page, "confirm").click();
      await hand.page.locator(".numbers [role=alert]:not(:empty)").waitFor();
      await seen(hand, "levels-4-unchosen");
      await thing(hand.page, `number-${right}`).click();
      await seen(hand, "levels-5-chosen");
      await thing(hand.page, "confirm").click();
      await result(hand, "confirmed");
      await greeted(shop, place === "hosted" ? "openid" : "mini");
      await leave(set, both);
    });
  }

  test("a wrong one, by the companion: nobody is in", async () => {
    const both = await pair(set, DARK);
    const { shop, hand } = both;
    const right = await numberOf(shop);
    await scan(hand, shop);
    await hand.page.locator(`[data-number]:not([data-number="${right}"])`).first().click();
    await thing(hand.page, "confirm").click();
    await result(hand, "error");
    await seen(hand, "levels-6-wrong-number");
    await at(shop.page, "declined").waitFor();
    assert.match(await at(shop.page, "declined").innerText(), /wasn't the number/);
    await seen(shop, "levels-7-wrong-number");
    await leave(set, both);
  });

  for (const [look, isRight] of [[NIGHT, true], [NARROW, false]]) {
    test(`the ${isRight ? "right" : "wrong"} one, on our confirm page: ${look.size}, ${look.locale}`, async () => {
      const both = await pair(set, look, { slug: "service" });
      const { shop, hand } = both;
      const right = await numberOf(shop);
      await scan(hand, shop, "chat");
      await at(shop.page, "scanned").waitFor();
      await seen(shop, "levels-8-service-scanned");
      const page = await tapLink(hand);
      const choice = isRight ? `input[name=number][value="${right}"]` : `input[name=number]:not([value="${right}"])`;
      await page.locator(choice).first().check();
      await seen({ ...hand, page }, "levels-9-page-choose");
      await press(page, "confirm");
      if (isRight) await greeted(shop, "service");
      else await at(shop.page, "declined").waitFor();
      await leave(set, both);
    });
  }
});

describe("six digits", () => {
  const set = stage({ args: ["--min-assurance", "code_back"] });

  /** Up to the digits, by the companion; answers them as they are shown. */
  async function consented({ shop, hand }) {
    await scan(hand, shop);
    await thing(hand.page, "confirm").click();
    await screen(hand.page, "digits").waitFor();
    await at(shop.page, "digits").waitFor();
    return shownOn(hand.page, ofSandbox);
  }

  for (const [look, place] of [[WIDE, "hosted"], [NARROW, "shop"], [DARK, "hosted"], [NIGHT, "shop"]]) {
    test(`wrong, then right, by keys alone: ${place}, ${look.size}, ${look.locale}, ${look.scheme}`, async () => {
      const both = await pair(set, look, { place });
      const { shop, hand } = both;
      const digits = await consented(both);
      assert.match(digits, /^\d{3} \d{3}$/);
      await seen(hand, "levels-10-digits");
      await seen(shop, "levels-11-digits");
      assert.ok(await field(shop).evaluate((one) => one.matches(":focus")), "the field has the focus");
      const hints = await field(shop).evaluate((one) => [one.inputMode, one.autocomplete, one.labels.length]);
      assert.deepEqual(hints, ["numeric", "one-time-code", 1]);
      await typed(shop, "12");
      await wrongly(shop).filter({ hasText: /six|六/ }).waitFor();
      await shop.page.keyboard.press("Control+A");
      await typed(shop, others(digits.replace(" ", "")));
      await wrongly(shop).filter({ hasText: "2" }).waitFor();
      assert.equal(await field(shop).getAttribute("aria-invalid"), "true");
      await seen(shop, "levels-12-digits-wrong");
      await typed(shop, digits);
      await greeted(shop, place === "hosted" ? "openid" : "mini");
      await leave(set, both, [422]);
    });
  }

  test("three times wrong: the login is over; a reload between forgets no try", async () => {
    const both = await pair(set, WIDE);
    const { shop } = both;
    const wrong = others((await consented(both)).replace(" ", ""));
    await typed(shop, wrong);
    await wrongly(shop).filter({ hasText: "2" }).waitFor();
    await shop.page.reload();
    await at(shop.page, "digits").waitFor();
    await field(shop).fill(wrong);
    await fromKit(shop.page, "digits-send").click();
    await wrongly(shop).filter({ hasText: "1" }).waitFor();
    await typed(shop, wrong);
    await at(shop.page, "declined").waitFor();
    assert.match(await at(shop.page, "declined").innerText(), /digits on your phone/);
    await seen(shop, "levels-13-wrong-digits");
    await leave(set, both, [422]);
  });

  test("by our confirm page", async () => {
    const both = await pair(set, NARROW, { slug: "service", place: "hosted" });
    const { shop, hand } = both;
    await scan(hand, shop, "chat");
    const page = await tapLink(hand);
    await press(page, "confirm");
    await at(shop.page, "digits").waitFor();
    await seen({ ...hand, page }, "levels-14-page-digits");
    await field(shop).fill(await shownOn(page, ofOurPage));
    await fromKit(shop.page, "digits-send").click();
    await greeted(shop, "openid");
    await leave(set, both);
  });

  test("taken back on the phone while the page waits for digits", async () => {
    const both = await pair(set, WIDE);
    await consented(both);
    await thing(both.hand.page, "not-me").click();
    await result(both.hand, "declined");
    await at(both.shop.page, "declined").waitFor();
    await leave(set, both);
  });
});

describe("that was not me", () => {
  const set = stage();

  test("said on the phone after a login by our page: the session is gone, and a code is on show again", async () => {
    const both = await pair(set, DARK, { place: "hosted" });
    const { shop, hand } = both;
    await scan(hand, shop);
    await thing(hand.page, "confirm").click();
    await result(hand, "confirmed");
    await greeted(shop, "openid");
    // Our session answers for them, without a code.
    await shop.page.goto(`${set.demo.shop}/login/openid`);
    await greeted(shop, "openid");
    await seen(hand, "levels-16-confirmed");
    await thing(hand.page, "not-me").click();
    await result(hand, "disowned");
    await seen(hand, "levels-17-disowned");
    await shop.page.goto(`${set.demo.shop}/login/openid`);
    await shop.page.waitForURL("**/login/azr_*");
    await at(shop.page, "code").waitFor();
    await leave(set, both);
  });
});
