// Saoma's own login page between a website that speaks OpenID Connect and its visitor: who is shown it, what the
// website is told in the end, and what goes on when the browser, the network or somebody else gets in between.
// Owns two websites of its own; the ways that lead through the page, and how it looks, are in hosted-looks.test.mjs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SIZES, startBrowser, strangers, visitor } from "./harness.mjs";
import { answered, ask, atHostedPage, decide, hosted, houseWithWebsites } from "./hosted-steps.mjs";
import { clean, seen } from "./looks.mjs";
import { at, confirm, fromKit, scan, thing } from "./steps.mjs";
import { WORDS, choose, close, goToWeChat, handOf, notice, scanWeChat, wechat } from "./way-steps.mjs";

const EN = { locale: "en" };
const FAR = 12;

let house;
let browser;
before(async () => {
  house = await houseWithWebsites();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await house?.close();
});

const door = (look = EN, changes = {}) => atHostedPage(browser, house, look, changes);
const phone = () => handOf(browser, house, [], EN);

/** Scans what the page shows, and confirms; answers what the website was told. */
async function logIn(person, hand, state = person.state) {
  await scan(hand, person);
  await confirm(hand);
  return answered(person, house, state);
}

/** A browser in which somebody has logged in at the first website, and what that one was told. */
async function loggedIn() {
  const [person, hand] = await Promise.all([door(), phone()]);
  const told = await logIn(person, hand);
  return { person, hand, told };
}

/** The pages of ours that this browser has asked for. */
const pagesOf = (person) => person.asked.filter((address) => /\/login\/azr_\w+$/.test(address));

/** The website got a code that was worth something, for this request, and nothing of where the browser had been. */
function assertWelcome(told, state) {
  const { claims, refused, ...said } = told;
  assert.equal(refused, undefined);
  assert.deepEqual([said.state, said.iss, said.error], [state, house.saoma, undefined]);
  assert.deepEqual([claims.iss, claims.aud, claims.nonce], [house.saoma, said.client, `nonce of ${state}`]);
  assert.match(claims.sub, /^usr_/);
  assert.equal(said.referer, undefined, "where the browser came from");
}

test("a visitor logs in on the page, and the website learns who it is and nothing more", async () => {
  const { person, hand, told } = await loggedIn();
  assertWelcome(told, person.state);
  assert.equal(told.method, "GET");
  assert.deepEqual(told.claims.amr, ["wechat_mini_program"]);
  // What is behind the visitor is the website's own page, not ours.
  await person.page.goBack();
  assert.equal(person.page.url(), `${house.shop}/`);
  await clean(person, house);
  await hand.close();
});

test("the page asks ahead of its component, and nothing is asked for twice", async () => {
  const person = await door();
  const asked = (end) => person.asked.filter((address) => new URL(address).pathname.endsWith(end)).length;
  assert.deepEqual([asked("/start"), asked("/clients/tea")], [1, 1]);
  await person.page.reload();
  await at(person.page, "code").waitFor();
  assert.deepEqual([asked("/start"), asked("/clients/tea")], [1, 2], "the login of this tab goes on");
  await person.close();
});

test("a reload goes on with the same code", async () => {
  const person = await door();
  const first = await thing(person.page, "qr").getAttribute("src");
  await person.page.reload();
  await at(person.page, "code").waitFor();
  assert.equal(await thing(person.page, "qr").getAttribute("src"), first);
  await clean(person, house);
});

test("whoever goes back without logging in is back, and the website is told", async () => {
  const person = await door();
  await decide(person, "cancel");
  const told = await answered(person, house, person.state);
  assert.deepEqual([told.error, told.code, told.iss], ["access_denied", undefined, house.saoma]);
  await clean(person, house);
});

test("the website chooses the language", async () => {
  const person = await door(EN, { ui_locales: "fr zh-CN" });
  const { login } = WORDS["zh-CN"].pages;
  assert.equal(await person.page.locator("html").getAttribute("lang"), "zh-CN");
  await person.page.getByRole("heading", { level: 1, name: login.title.replace("{name}", "The tea house") }).waitFor();
  assert.match(await fromKit(person.page, "title").innerText(), /微信/);
  await clean(person, house);
});

test("nobody there and no page wanted: the website is told so", async () => {
  const person = await visitor(browser, EN);
  const state = await ask(person, house, { prompt: "none" });
  assert.equal((await answered(person, house, state)).error, "login_required");
  assert.deepEqual(pagesOf(person), []);
  await clean(person, house);
});

test("a second visit shows no page, unless the website wants another login", async () => {
  const { person, hand, told } = await loggedIn();
  const before = pagesOf(person).length;
  for (const changes of [{}, { prompt: "none" }]) {
    const state = await ask(person, house, changes);
    const again = await answered(person, house, state);
    assertWelcome(again, state);
    assert.equal(again.claims.sub, told.claims.sub);
  }
  assert.equal(pagesOf(person).length, before, "no page was shown");
  const state = await ask(person, house, { prompt: "login" });
  await at(person.page, "code").waitFor();
  await thing(hand.page, "home").click();
  const anew = await logIn(person, hand, state);
  assertWelcome(anew, state);
  assert.equal(anew.claims.sub, told.claims.sub);
  await clean(person, house);
  await hand.close();
});

test("a second website may know only when the person says so, and then needs not ask again", async () => {
  const { person, hand, told } = await loggedIn();
  const at = (state) => answered(person, house, state, "books");
  const silent = await ask(person, house, { client_id: "books", prompt: "none" });
  assert.equal((await at(silent)).error, "consent_required");

  const { consent } = WORDS.en.pages;
  const no = await ask(person, house, { client_id: "books" });
  await person.page.getByRole("heading", { level: 1, name: consent.title }).waitFor();
  const said = await person.page.locator("main").innerText();
  for (const part of ["The books house", "localhost", consent.already, consent.openid, consent.profile]) assert.ok(said.includes(part), part);
  assert.ok(!said.includes(consent.offline_access), "nothing was asked for that lasts");
  await decide(person, "deny");
  assert.equal((await at(no)).error, "access_denied");

  const yes = await ask(person, house, { client_id: "books" });
  await decide(person, "allow");
  const known = await at(yes);
  assertWelcome(known, yes);
  assert.equal(known.claims.sub, told.claims.sub);
  const asked = pagesOf(person).length;
  const again = await ask(person, house, { client_id: "books" });
  assertWelcome(await at(again), again);
  assert.equal(pagesOf(person).length, asked, "no page was shown");

  // More than it may know yet is asked about.
  await ask(person, house, { client_id: "books", scope: "openid profile offline_access" });
  await person.page.getByText(consent.offline_access).waitFor();
  await seen(person, "hosted-20-consent-lasting");
  await clean(person, house);
  await hand.close();
});

for (const [how, look] of [["is loaded again", (page) => page.reload()], ["is looked at again", (page) => page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")))]]) {
  test(`a second tab goes on by the session that the first one made, when it ${how}`, async () => {
    const [person, hand] = await Promise.all([door(), phone()]);
    const second = { ...person, page: await person.context.newPage() };
    const state = await ask(second, house);
    await at(second.page, "code").waitFor();
    await look(second.page);
    await at(second.page, "code").waitFor();
    const told = await logIn(person, hand);
    await look(second.page);
    const again = await answered(second, house, state);
    assertWelcome(again, state);
    assert.deepEqual([again.claims.sub, again.claims.sid], [told.claims.sub, told.claims.sid]);
    await clean(person, house);
    await hand.close();
  });
}

test("whoever is asked sees who is logged in here, and somebody else logs in with the same request", async () => {
  const [{ person, hand, told }, stranger] = [await loggedIn(), await phone()];
  const state = await ask(person, house, { client_id: "books" });
  const main = person.page.locator("main");
  await main.locator(".who img").waitFor();
  const picture = await (await fetch(await main.locator(".who img").getAttribute("src"))).blob();
  assert.match(picture.type, /^image\//);
  assert.ok((await main.locator(".who strong").innerText()).length > 0);
  const before = person.page.url();
  await decide(person, "other");
  await at(person.page, "code").waitFor();
  assert.notEqual(person.page.url(), before);
  await scan(stranger, person);
  await confirm(stranger);
  const theirs = await answered(person, house, state, "books");
  assertWelcome(theirs, state);
  assert.notEqual(theirs.claims.sub, told.claims.sub);
  await clean(person, house);
  await close(hand, stranger);
});

for (const look of [EN, { size: "phone", locale: "zh-CN", scheme: "dark" }]) {
  test(`a website that expects one person and gets another: both sides are told, and the right one may come: ${look.locale}`, async () => {
    const [{ person: expected, hand, told }, stranger, person] = [await loggedIn(), await phone(), await visitor(browser, look)];
    const state = await ask(person, house, { client_id: "tea", id_token_hint: told.hint });
    await at(person.page, "code").waitFor();
    await scan(stranger, person);
    await confirm(stranger);
    const words = WORDS[look.locale].pages.not_expected;
    await person.page.getByRole("heading", { name: words.title, exact: true }).waitFor();
    assert.ok((await person.page.locator("main").innerText()).includes(words.what));
    await seen(person, "not-expected");
    // By keyboard: the first button leads back.
    await hosted(person.page, "leave").press("Enter");
    assert.equal((await answered(person, house, state, "tea")).error, "login_required");
    const again = await ask(person, house, { client_id: "tea", id_token_hint: told.hint, prompt: "login" });
    await at(person.page, "code").waitFor();
    await scan(stranger, person);
    await confirm(stranger);
    await hosted(person.page, "other").click();
    await at(person.page, "code").waitFor();
    await scan(hand, person);
    await confirm(hand);
    const theirs = await answered(person, house, again, "tea");
    assertWelcome(theirs, again);
    assert.equal(theirs.claims.sub, told.claims.sub);
    await clean(person, house);
    await close(expected, hand, stranger);
  });
}

test("back from the website after a consent: a page says that it was answered, and going forward breaks nothing", async () => {
  const { person, hand } = await loggedIn();
  const state = await ask(person, house, { client_id: "books" });
  await decide(person, "allow");
  await answered(person, house, state, "books");
  await person.page.goBack();
  assert.match(person.page.url(), /\/login\/azr_/);
  await notice(person.page, "answered_before", "en");
  assert.equal(await person.page.locator("form").count(), 0, "nothing to press");
  const { back } = WORDS.en.pages.common;
  assert.equal(await person.page.getByRole("link", { name: back.replace("{name}", "The books house") }).getAttribute("href"), house.shop);
  await person.page.goForward();
  await person.page.waitForURL(`${house.shop}/books?**`);
  const later = await ask(person, house, { client_id: "books", prompt: "none" });
  assertWelcome(await answered(person, house, later, "books"), later);
  await clean(person, house, [410]);
  await hand.close();
});

test("back from WeChat's own page: our page is there, and another way works", async () => {
  const [person, hand] = await Promise.all([door(), phone()]);
  await choose(person, "website", "go");
  await goToWeChat(person);
  await person.page.goBack();
  await at(person.page, "go").waitFor();
  await choose(person, "mini");
  assertWelcome(await logIn(person, hand), person.state);
  await clean(person, house);
  await hand.close();
});

test("the page's address in another browser begins a login of its own and leaves the first alone", async () => {
  const [first, other, hand, stranger] = await Promise.all([door(), visitor(browser, EN), phone(), phone()]);
  const shown = await thing(first.page, "qr").getAttribute("src");
  await other.page.goto(first.page.url());
  await at(other.page, "code").waitFor();
  assert.match(other.page.url(), /\/login\/azr_/);
  assert.notEqual(other.page.url(), first.page.url());
  assert.notEqual(await thing(other.page, "qr").getAttribute("src"), shown);

  await scan(hand, first);
  await at(first.page, "scanned").waitFor();
  assert.equal(await at(other.page, "code").isVisible(), true, "the other one sees nothing of it");
  await confirm(hand);
  const told = await answered(first, house, first.state);
  assertWelcome(told, first.state);
  const theirs = await logIn(other, stranger, first.state);
  assertWelcome(theirs, first.state);
  assert.notEqual(theirs.claims.sub, told.claims.sub);
  for (const person of [first, other]) await clean(person, house);
  await close(hand, stranger);
});

for (const [what, block] of [["refused", (route) => route.abort()], ["never answered", () => {}]]) {
  test(`the stream is ${what}: the page asks again and again, and the login completes`, async () => {
    const [person, hand] = [await visitor(browser, EN), await phone()];
    let streams = 0;
    await person.page.route("**/events", (route) => {
      streams += 1;
      return block(route);
    });
    const state = await ask(person, house);
    await at(person.page, "code").waitFor();
    assertWelcome(await logIn(person, hand, state), state);
    assert.ok(streams > 0, "no stream was tried");
    assert.ok(person.asked.some((address) => /\/api\/v1\/logins\/\w+(\?.*)?$/.test(address)), "it never asked by itself");
    assert.deepEqual(strangers(person.asked, house), []);
    assert.deepEqual(person.errors.filter((error) => !error.includes("net::ERR_FAILED")), []);
    await close(person, hand);
  });
}

test("the answer is posted where the website wants that", async () => {
  const [person, hand] = await Promise.all([door(EN, { response_mode: "form_post" }), phone()]);
  const told = await logIn(person, hand);
  assertWelcome(told, person.state);
  assert.deepEqual([told.method, told.query], ["POST", 0]);
  // Where nothing is shown to anybody as well.
  const state = await ask(person, house, { response_mode: "form_post", prompt: "none" });
  const silent = await answered(person, house, state);
  assertWelcome(silent, state);
  assert.equal(silent.method, "POST");
  await clean(person, house);
  await hand.close();
});

for (const locale of ["zh-CN", "en"]) {
  test(`without scripts the page says what it needs, and one still gets back: ${locale}`, async () => {
    const person = await visitor(browser, { locale, javaScriptEnabled: false });
    const state = await ask(person, house);
    assert.equal(await person.page.locator("noscript p").innerText(), WORDS[locale].pages.login.noscript);
    assert.equal(await fromKit(person.page, "root").count(), 0);
    await decide(person, "cancel");
    assert.equal((await answered(person, house, state)).error, "access_denied");
    await clean(person, house);
  });

  test(`without scripts an answer that is posted needs one press: ${locale}`, async () => {
    const person = await visitor(browser, { locale, javaScriptEnabled: false });
    const state = await ask(person, house, { response_mode: "form_post", prompt: "none" });
    await person.page.getByRole("button", { name: WORDS[locale].pages.post.go }).click();
    const told = await answered(person, house, state);
    assert.deepEqual([told.method, told.error], ["POST", "login_required"]);
    await clean(person, house);
  });
}

/** What has the focus, by its name, and how well that is seen. */
const focused = (page) =>
  page.evaluate(() => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(active);
    const name = active.dataset.slug ?? (active.value || active.getAttribute("part") || active.localName);
    return { name, outline: outlineStyle === "none" ? 0 : Number.parseFloat(outlineWidth) };
  });

/** Tab, until the focus is there; every stop on the way is seen. Answers the stops. */
async function tabTo(page, name) {
  const stops = [];
  while (stops.at(-1) !== name && stops.length < FAR) {
    await page.keyboard.press("Tab");
    const stop = await focused(page);
    if (stop.name === "body") continue;
    assert.ok(stop.outline >= 2, `the focus on ${stop.name} is not seen`);
    stops.push(stop.name);
  }
  assert.equal(stops.at(-1), name, `the keyboard does not reach ${name}, but ${stops}`);
  return stops;
}

for (const size of Object.keys(SIZES)) {
  test(`a keyboard is enough: a way, the consent, and the way back: ${size}`, async () => {
    const [person, hand] = await Promise.all([door({ ...EN, size }), phone()]);
    const { page } = person;
    await tabTo(page, "mini");
    for (const slug of ["service", "chat", "website"]) {
      await page.keyboard.press("ArrowRight");
      const { name, outline } = await focused(page);
      assert.deepEqual([name, outline >= 2], [slug, true]);
    }
    await at(page, "go").waitFor();
    assert.deepEqual(await tabTo(page, "cancel"), ["button go", "cancel"]);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await wechat(person, "waiting").waitFor();
    await scanWeChat(hand, person);
    await thing(hand.page, "website-confirm").click();

    await hosted(page, "deny").waitFor();
    const [no, yes] = await Promise.all(["deny", "allow"].map((value) => hosted(page, value).boundingBox()));
    assert.deepEqual([no.width, no.height], [yes.width, yes.height], "neither is easier to hit");
    assert.deepEqual(await tabTo(page, "allow"), ["other", "deny", "allow"]);
    await page.keyboard.press("Space");
    assertWelcome(await answered(person, house, person.state), person.state);

    const state = await ask(person, house, { prompt: "consent" });
    await tabTo(page, "deny");
    await page.keyboard.press("Enter");
    assert.equal((await answered(person, house, state)).error, "access_denied");
    await clean(person, house);
    await hand.close();
  });
}
