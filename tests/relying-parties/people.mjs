// A visitor in Chromium at a website that speaks OpenID Connect, and a hand with a phone. Owns the way from the
// website's button over Saoma's page and back; each step ends when its result is on the screen.
import assert from "node:assert/strict";
import { visitor } from "../browser/harness.mjs";
import { at, confirm, phoneOf, scan } from "../browser/steps.mjs";

/** A visitor who reads English. */
export const guest = (browser) => visitor(browser, { locale: "en" });

/** What the page says. */
export const words = async (person) => (await person.page.locator("body").innerText()).trim();

/** Presses what sends the visitor to Saoma's own page; ends with a code on show. */
export async function toTheCode(person, world, press) {
  await press();
  await person.page.waitForURL(`${world.saoma}/login/azr_*`);
  await at(person.page, "code").waitFor();
}

/** `who` scans what the visitor sees and confirms, under this name if one is given; the visitor leaves Saoma. */
export async function comesIn(browser, world, person, who, name) {
  const phone = await phoneOf(browser, world, who, { locale: "en" });
  await scan(phone, person);
  await confirm(phone, name);
  await phone.close();
  // The phone's yes is not one to tokens that last: that is asked in the browser, once, and remembered.
  if (world.allowed.has(who)) return;
  const allow = person.page.locator("button[name=decision][value=allow]");
  await allow.waitFor();
  assert.match(await words(person), /while you are away/);
  await allow.click();
  world.allowed.add(who);
}
