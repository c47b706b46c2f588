// The demo's shop by plain OpenID Connect: every way through Saoma's own login page, and every state of that page,
// of the consent page and of what is said instead of them, in every look. A picture of each in out/, and what
// looks.mjs asks of all. What goes on behind the page is in hosted.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LOOKS, stage, visitor } from "./harness.mjs";
import { decide, hosted, queryOf, request } from "./hosted-steps.mjs";
import { clean, seen } from "./looks.mjs";
import { at, atTheDoor, fromKit, phoneOf, scan, thing } from "./steps.mjs";
import { GO_THROUGH, WORDS, choose, control, goToWeChat, greeted, handOf, notice, openInWeChat, press, clean as withoutComplaint } from "./way-steps.mjs";

const set = stage();
/** What the shop is called at Saoma. */
const SHOP = "松间茶铺 Pine Hollow";

/** Somebody who took the shop's link to Saoma's page; a code is on show there. */
async function atTheLink(look) {
  const person = await atTheDoor(set.browser, set.demo, look);
  await thing(person.page, "openid").click();
  await atPage(person);
  return person;
}

async function atPage(person) {
  await person.page.waitForURL("**/login/azr_*");
  await at(person.page, "code").waitFor();
}

/** The shop was given a code, for what it asked, and by whom. */
function assertGiven(person) {
  const { state } = queryOf(person.asked.findLast((address) => address.startsWith(`${set.demo.saoma}/oauth2/authorize?`)));
  const { code, ...rest } = queryOf(person.asked.findLast((address) => address.startsWith(`${set.demo.shop}/callback?`)));
  assert.ok(code);
  assert.deepEqual(rest, { state, iss: set.demo.saoma });
}

for (const [slug, size, locale] of [["mini", "desktop", "en"], ["service", "phone", "zh-CN"], ["chat", "phone", "en"], ["website", "desktop", "zh-CN"]]) {
  test(`through the page by the way of ${slug}: ${size}, ${locale}`, async () => {
    const hand = await handOf(set.browser, set.demo, ["service", "chat"].filter((account) => account === slug), { locale });
    const person = await atTheLink({ size, locale });
    if (slug !== "mini") await choose(person, slug, slug === "website" ? "go" : "code");
    await GO_THROUGH[slug](hand, person);
    // WeChat's own page named our app there, and not the shop; on the other ways the phone has asked already.
    if (slug === "website") {
      await person.page.getByRole("heading", { name: WORDS[locale].pages.consent.title }).waitFor();
      assert.ok(!(await person.page.locator("main").innerText()).includes(WORDS[locale].pages.consent.already), "they came just now");
      await decide(person, "allow");
    }
    await greeted(person, "openid");
    assertGiven(person);
    withoutComplaint(hand);
    await clean(person, set.demo);
    await hand.close();
  });
}

test("through the page in WeChat's own browser: no code, our confirm page, the shop", async () => {
  const hand = await handOf(set.browser, set.demo, ["service"], { locale: "zh-CN" });
  const person = { ...hand, page: await openInWeChat(hand, `${set.demo.shop}/login/openid`) };
  // What needs no other screen comes first, though the shop names it second.
  await at(person.page, "go").waitFor();
  await fromKit(person.page, "go").click();
  await person.page.waitForURL("**/confirm/*");
  await press(person.page, "confirm");
  await greeted(person, "openid");
  assertGiven(person);
  withoutComplaint(hand);
  await hand.close();
});

test("back to the shop without logging in: it says so, and one can come again", async () => {
  const person = await atTheLink({ locale: "en" });
  await decide(person, "cancel");
  await thing(person.page, "trouble").waitFor();
  assert.equal(await thing(person.page, "trouble").getAttribute("data-trouble"), "declined");
  await person.page.goto(`${set.demo.shop}/login/openid`);
  await atPage(person);
  await clean(person, set.demo, [403]);
});

/** The shop's request without the shop: it knows nothing of the answer, which is not looked at. */
const ofShop = (changes) => request(set.demo.saoma, { client_id: "shop", redirect_uri: `${set.demo.shop}/callback`, state: "s", ...changes });

/** All of the page is in one view: nobody looks for the code by scrolling. */
const inOneView = async ({ page }) => assert.ok(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight), "it scrolls");

/** One look at an address in a browser that has never been here. */
async function glance(look, name, address, sign, refused = []) {
  const reader = await visitor(set.browser, look);
  await reader.page.goto(address);
  await reader.page.locator(sign).waitFor();
  await seen(reader, name);
  await clean(reader, set.demo, refused);
}

/** The page, by the ways and stages of one login. */
async function choosing(person, hand) {
  assert.equal(await person.page.title(), `${WORDS[person.look.locale].pages.login.title.replace("{name}", SHOP)} · Saoma`);
  await inOneView(person);
  await seen(person, "hosted-1-code");
  await choose(person, "service");
  await seen(person, "hosted-2-service");
  await choose(person, "chat");
  await inOneView(person);
  await seen(person, "hosted-3-number");
  await choose(person, "mini");
  await scan(hand, person);
  await at(person.page, "scanned").waitFor();
  await seen(person, "hosted-4-scanned");
  await thing(hand.page, "decline").click();
  await at(person.page, "declined").waitFor();
  await seen(person, "hosted-5-declined");
  await thing(person.page, "refresh").click();
  await at(person.page, "code").waitFor();
  await endBehind(person);
  await at(person.page, "expired").waitFor();
  await seen(person, "hosted-6-expired");
}

/** Ends the login on show behind the page's back, by the browser's own cookie. */
const endBehind = (person) =>
  person.page.evaluate(async () => {
    const key = Object.keys(sessionStorage).find((key) => key.startsWith("saoma-login ") && !key.endsWith(" way"));
    const { login } = JSON.parse(sessionStorage.getItem(key));
    const answer = await fetch(`/api/v1/logins/${login.login_id}/cancel`, { method: "POST" });
    if (!answer.ok) throw new Error(`cancel: ${answer.status}`);
  });

/** WeChat knows who sits here, so that one click is enough there; then the consent page, and the shop. */
async function consenting(person) {
  await choose(person, "website", "go");
  await seen(person, "hosted-7-website");
  await goToWeChat(person);
  await person.page.locator("#quick").click();
  await hosted(person.page, "allow").waitFor();
  await seen(person, "hosted-8-consent");
  const address = person.page.url();
  await decide(person, "allow");
  await greeted(person, "openid");
  await person.page.goto(address);
  await notice(person.page, "answered_before", person.look.locale);
  const { back } = WORDS[person.look.locale].pages.common;
  const home = person.page.getByRole("link", { name: back.replace("{name}", SHOP) });
  assert.equal(await home.getAttribute("href"), set.demo.shop);
  await seen(person, "hosted-9-answered");
  await person.page.goto(ofShop({ prompt: "consent" }));
  await hosted(person.page, "allow").waitFor();
  await seen(person, "hosted-10-consent-already");
}

/** The form that posts itself, held on the screen: its answer is no page. */
async function posting(person) {
  await person.page.route(`${set.demo.shop}/callback`, (route) => route.fulfill({ status: 204 }));
  const posted = person.page.waitForRequest((sent) => sent.method() === "POST" && sent.url() === `${set.demo.shop}/callback`);
  await person.page.goto(ofShop({ response_mode: "form_post" }), { waitUntil: "commit" });
  const sent = new URLSearchParams((await posted).postData());
  assert.deepEqual([...sent.keys()], ["code", "state", "iss"]);
  await seen(person, "hosted-11-post");
}

/** What is said where there is no website to go back to. */
async function refusing(look) {
  const nobody = ofShop({ client_id: "nobody" });
  await glance(look, "hosted-12-unknown-client", nobody, ".mark", [400]);
  await glance(look, "hosted-13-redirect-uri", ofShop({ redirect_uri: `${set.demo.shop}/callback/` }), ".mark", [400]);
  await glance(look, "hosted-14-not-found", `${set.demo.saoma}/login/azr_${"A".repeat(22)}`, ".mark.over", [404]);
  await glance(look, "hosted-15-pushed-over", ofShop({ request_uri: "urn:ietf:params:oauth:request_uri:over" }), ".mark.over", [400]);
}

/** Without scripts. */
async function withoutScripts(look) {
  const reader = await visitor(set.browser, { ...look, javaScriptEnabled: false });
  await reader.page.goto(ofShop());
  await reader.page.locator("noscript .warning").waitFor();
  assert.equal(await reader.page.locator("saoma-login").isVisible(), false, "nothing waits for a script");
  await seen(reader, "hosted-16-no-script");
  await clean(reader, set.demo);
}

for (const look of LOOKS) {
  test(`every state of the page: ${look.size}, ${look.locale}, ${look.scheme}`, async () => {
    const person = await visitor(set.browser, look);
    // Somebody new: nobody is asked twice whether the shop may know.
    const who = Object.values(look).join("-").toLowerCase();
    await control(set.demo, "PUT", `persons/${who}`, { name: "Robin Lee", nickname: "Robin" });
    const knows = new URLSearchParams({ person: who, url: `${set.demo.shop}/login/openid` });
    await person.page.goto(`${set.demo.sandbox}/_sandbox/v1/browser?${knows}`);
    await atPage(person);
    const hand = await phoneOf(set.browser, set.demo, "lihua", { locale: look.locale });
    await choosing(person, hand);
    await hand.close();
    await thing(person.page, "refresh").click();
    await at(person.page, "code").waitFor();
    await consenting(person);
    await posting(person);
    await clean(person, set.demo, [410]);
    await refusing(look);
    await withoutScripts(look);
  });
}
