// A device without a browser (RFC 8628): its person types the code at our page, logs in there, reads what for and
// decides. Owns what these pages say, in every look, and what the device hears in the end.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LOOKS, startBrowser, visitor } from "./harness.mjs";
import { decide, deviceAsks, houseWithWebsites } from "./hosted-steps.mjs";
import { clean, seen } from "./looks.mjs";
import { at, confirm, phoneOf, scan } from "./steps.mjs";
import { WORDS } from "./way-steps.mjs";

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";
let house, browser;

before(async () => {
  house = await houseWithWebsites();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await house?.close();
});

const said = (person, words) => person.page.getByRole("heading", { name: words, exact: true }).waitFor();
const press = (person, words) => person.page.getByRole("button", { name: words, exact: true }).click();
const text = (person) => person.page.locator("main").innerText();

/** A device shows its code, and its person has typed it; Saoma's login page is there. */
async function typed(look) {
  const begun = await deviceAsks(house, "device_authorization", { scope: "openid profile" });
  const person = await visitor(browser, look);
  await person.page.goto(begun.verification_uri);
  await person.page.locator("#user_code").fill(begun.user_code.toLowerCase());
  await press(person, WORDS[look.locale].pages.device.go);
  await at(person.page, "code").waitFor();
  return { ...begun, person };
}

/** The person scans and confirms; the page that asks is there. */
async function asked({ person }, who) {
  const phone = await phoneOf(browser, house, who, { locale: "en" });
  await scan(phone, person);
  await confirm(phone);
  await phone.close();
  await said(person, WORDS[person.look.locale].pages.consent.device_title);
}

const poll = ({ device_code }) => deviceAsks(house, "token", { grant_type: GRANT, device_code });

for (const look of LOOKS) {
  const { pages } = WORDS[look.locale];

  test(`a device's person is told what they let in: ${Object.values(look).join(", ")}`, async () => {
    const device = await typed(look);
    const { person, user_code } = device;
    await seen(person, "device-login");
    assert.ok((await text(person)).includes(pages.login_device.why.replace("{code}", user_code)));
    await asked(device, "xiaoming");
    await seen(person, "device-consent");
    const words = await text(person);
    assert.ok(words.includes(pages.consent.device.replace("{code}", user_code)), words);
    assert.ok(words.includes("The tv house"), words);
    // Nobody is led: a no ends it, and the device hears so.
    const decision = look.size === "phone" ? "deny" : "allow";
    await decide(person, decision);
    await said(person, pages[decision === "allow" ? "device_done" : "device_denied"].title);
    await seen(person, `device-${decision}`);
    const heard = await poll(device);
    if (decision === "allow") assert.equal(heard.token_type, "Bearer");
    else assert.equal(heard.error, "access_denied");
    await clean(person, house);
  });
}

test("a code that no device shows is told as such and can be typed again, by keyboard alone", async () => {
  const look = { size: "phone", locale: "en", scheme: "dark" };
  const person = await visitor(browser, look);
  await person.page.goto(`${house.saoma}/device`);
  await seen(person, "device");
  await person.page.keyboard.type("BBBB-BBBB");
  await person.page.keyboard.press("Enter");
  await person.page.getByRole("alert").waitFor();
  await seen(person, "device-wrong");
  const { user_code } = await deviceAsks(house, "device_authorization", { scope: "openid" });
  await person.page.keyboard.press("ControlOrMeta+A");
  await person.page.keyboard.type(user_code);
  await person.page.keyboard.press("Enter");
  await at(person.page, "code").waitFor();
  await clean(person, house, [422]);
});
