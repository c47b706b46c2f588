// Passkeys in a real browser with Chromium's virtual authenticator: enrolled with, logged in by, proven by, removed;
// in every look. Owns what the pages say when the browser does not; what the server refuses is in the Rust tests.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LOOKS, stage, visitor } from "./harness.mjs";
import { clean, seen } from "./looks.mjs";

const set = stage();
const PASSWORD = "correct-horse-battery-staple";
const WORDS = {
  en: { instead: "Use a passkey instead", use: "Use a passkey", add: "Add a passkey", remove: "Remove", out: "Log out", stopped: /was stopped/, last: /only second factor/ },
  "zh-CN": { instead: "改用通行密钥", use: "使用通行密钥", add: "添加通行密钥", remove: "移除", out: "退出登录", stopped: /已取消/, last: /唯一的第二重验证/ },
};

/** A passkey on this very device, whose holder's finger is always there until told otherwise. */
async function authenticator(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", { options });
  return {
    verified: (isUserVerified) => session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
    drop: () => session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId }),
  };
}

/** A link for each look, from the demo's owner. */
let links;
async function invite() {
  const all = [];
  const { admin, owner } = set.demo;
  const person = await visitor(set.browser, { locale: "en" });
  const { page } = person;
  await page.goto(`${admin}/admins`);
  await page.locator("#name").fill(owner.name);
  await page.locator("#password").fill(owner.password);
  await page.locator("#code").fill(owner.codes[0]);
  await page.locator("button.main").click();
  for (const _ of LOOKS) {
    await page.locator("#role").selectOption("owner");
    await page.locator("form[action='/admins/invite'] button.main").click();
    all.push(await page.locator("code.copy").innerText());
    await page.goto(`${admin}/admins`);
  }
  await person.close();
  return all;
}

for (const [index, look] of LOOKS.entries()) {
  test(`enrolled with a passkey, in by it, proven by it, gone: ${look.size}, ${look.locale}, ${look.scheme}`, async () => {
    const { admin } = set.demo;
    links ??= await invite();
    const person = await visitor(set.browser, look);
    const { page } = person;
    const words = WORDS[look.locale];
    const key = await authenticator(page);
    await page.goto(links[index]);
    await page.locator("#name").fill(`ann-${index}`);
    await page.getByRole("button", { name: words.instead }).click();
    await page.locator("[data-passkey-problem]:visible").waitFor();
    await seen(person, "passkey-1-no-password");
    await page.locator("#password").fill(PASSWORD);
    await page.getByRole("button", { name: words.instead }).click();
    await page.locator(".codes").waitFor();
    await page.goto(`${admin}/account`);
    assert.equal(await page.locator("#passkeys tbody tr").count(), 1);
    // The last second factor stays.
    await page.locator("#passkeys").getByRole("button", { name: words.remove }).click();
    assert.match(await page.getByRole("alert").first().innerText(), words.last);
    await seen(person, "passkey-2-last");
    await page.getByRole("button", { name: words.out }).click();
    await page.waitForURL(`${admin}/log-in`);
    await seen(person, "passkey-3-door");
    // Whoever is not recognised is told so, and what to press.
    await key.verified(false);
    await page.getByRole("button", { name: words.use }).click();
    await page.locator("[data-passkey-problem]:visible").waitFor();
    assert.match(await page.locator("[data-passkey-problem]").innerText(), words.stopped);
    await seen(person, "passkey-4-stopped");
    await key.verified(true);
    await page.getByRole("button", { name: words.use }).click();
    await page.waitForURL(`${admin}/`);
    await page.goto(`${admin}/prove?next=/account`);
    await seen(person, "passkey-5-prove");
    await page.getByRole("button", { name: words.use }).click();
    await page.waitForURL(`${admin}/account`);
    // A second one on another device, and the first may go.
    await key.drop();
    await authenticator(page);
    await page.locator("#passkey_name").fill("安的手机");
    await page.getByRole("button", { name: words.add }).click();
    await page.locator("#passkeys tbody tr").nth(1).waitFor();
    await seen(person, "passkey-6-account");
    await page.locator("#passkeys").getByRole("button", { name: words.remove }).first().click();
    await page.waitForURL(/\/account/);
    await page.locator("#passkeys tbody tr").first().waitFor();
    assert.equal(await page.locator("#passkeys tbody tr").count(), 1);
    assert.match(await page.locator("#passkeys tbody").innerText(), /安的手机/);
    await clean(person, set.demo, [422]);
  });
}

test("without a script the door still opens by code, and says why there is no passkey", async () => {
  const person = await visitor(set.browser, { locale: "en", javaScriptEnabled: false });
  await person.page.goto(`${set.demo.admin}/log-in`);
  assert.equal(await person.page.locator("[data-passkey]").isVisible(), false);
  assert.match(await person.page.locator("[data-passkey-off]").innerText(), /need JavaScript/);
  await clean(person, set.demo);
});
