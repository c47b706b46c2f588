// Steps of the demo's owner in the admin's house, and what visitors leave there to be seen.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { visitor } from "./harness.mjs";
import { control } from "./way-steps.mjs";

/** The owner at a page; each of the printed codes lets them in once. */
export async function inside(browser, { admin, owner }, { index, path = "/account", ...look }) {
  const person = await visitor(browser, look);
  const { page } = person;
  await page.goto(`${admin}/log-in?next=${encodeURIComponent(path)}`);
  await page.locator("#name").fill(owner.name);
  await page.locator("#password").fill(owner.password);
  await page.locator("#code").fill(owner.codes[index]);
  await page.locator("#code").press("Enter");
  await page.waitForURL(`${admin}${path}`);
  return person;
}

/** What the app of this key shows now (RFC 6238). */
export function code(key) {
  const bits = [...key.replaceAll(" ", "")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const bytes = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", bytes).update(step).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

export const setFault = (demo, path, kind) => control(demo, "POST", "faults", { path, kind });
export const clearFaults = (demo) => control(demo, "DELETE", "faults");

/** Somebody begins by Firefox while WeChat does not know the companion's page: nobody gets a code. */
export async function fails(demo) {
  await setFault(demo, "/wxa/getwxacodeunlimit", { errcode: 41030 });
  const origin = new URL(demo.shop).origin;
  const body = { client_id: "shop", provider: "mini", redirect_uri: `${origin}/callback`, code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256" };
  const headers = { origin, "content-type": "application/json", "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" };
  const answer = await fetch(`${demo.saoma}/api/v1/logins`, { method: "POST", headers, body: JSON.stringify(body) });
  await clearFaults(demo);
  assert.equal(answer.status, 502, await answer.text());
}
