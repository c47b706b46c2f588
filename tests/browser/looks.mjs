// What must hold of a page in whatever state and look: nothing serious for axe, no sideways scroll, no complaint of
// the browser, no stranger asked; and a picture of it in out/. Knows no page.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { picture, strangers } from "./harness.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Axe looks at half of the looks: each pair of size, language and scheme is among them. */
const examined = ({ size, locale, scheme }) => [size === "phone", locale === "en", scheme === "dark"].filter(Boolean).length % 2 === 0;

/** What axe finds serious, in few words. */
async function violations(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  return page.evaluate(async () => {
    const found = await window.axe.run(document, { resultTypes: ["violations"] });
    const grave = found.violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    return grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ""}`).join(" | ")}`);
  });
}

/** Takes the picture of a state and looks at it closely. Axe is a script: where none runs, it would never end. */
export async function seen(person, name) {
  await picture(person, name);
  const { page } = person;
  if (person.scripted && examined(person.look)) assert.deepEqual(await violations(page), [], name);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(sideways, false, `${name} scrolls sideways`);
}

/** The person leaves; nothing may have gone wrong. The browser complains of every refused page: `refused` are expected. */
export async function clean(person, demo, refused = []) {
  assert.deepEqual(strangers(person.asked, demo), []);
  assert.deepEqual(person.errors.filter((error) => !refused.some((status) => error.includes(`status of ${status} `))), []);
  await person.close();
}
