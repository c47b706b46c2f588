// A website that is one page without a back end, written with `oidc-client-ts`, in Chromium at an origin of its own.
// Owns what such a page must be able to do across origins: discovery, code, userinfo, silent renewal, revocation, logout.
// Refuses any complaint of the browser: an answer that the page may not read is one.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBrowser } from "../browser/harness.mjs";
import { startPage } from "./oidc-client-ts.page.mjs";
import { comesIn, guest, toTheCode } from "./people.mjs";
import { startWorld } from "./world.mjs";

const client = { client_id: "tea-page", type: "public" };
let site, world, browser;

before(async () => {
  site = await startPage();
  const openid = { refresh_tokens: true, post_logout_redirect_uris: [`${site.origin}/bye`] };
  const addresses = { origins: [site.origin], redirect_uris: [`${site.origin}/callback`] };
  world = await startWorld({ ...client, ...addresses, openid });
  site.know(world.saoma, client);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await site?.close();
  await world?.close();
});

const said = (person) => person.page.locator("p", { hasText: /\S/ }).innerText();

/** Somebody whom the page greets. */
async function loggedIn(who, name) {
  const person = await guest(browser);
  await person.page.goto(site.origin);
  assert.equal(await said(person), "Hello stranger");
  await toTheCode(person, world, () => person.page.locator("#login").click());
  await comesIn(browser, world, person, who, name);
  await person.page.waitForURL(`${site.origin}/`);
  return person;
}

/** What `oidc-client-ts` knows of its user. */
const user = (person) => person.page.evaluate(async () => ({ ...(await manager.getUser()) }));

/** What the page itself is answered at one of Saoma's addresses. */
const asks = (person, path, init) =>
  person.page.evaluate(async ([address, init]) => {
    const answer = await fetch(address, init);
    return [answer.status, await answer.json().catch(() => null)];
  }, [`${world.saoma}${path}`, init]);

const withToken = (token) => ({ headers: { authorization: `Bearer ${token}` } });

/** The browser notes each failed answer, readable or not; it had nothing else to say. */
function onlyNotes(person, statuses) {
  assert.deepEqual(person.errors.map((text) => Number(/the server responded with a status of (\d+)/.exec(text)?.[1] ?? text)), statuses);
}

test("a visitor scans, confirms and is greeted by name; the library knows the user", async () => {
  const person = await loggedIn("xiaoming", "小明 of the hill");
  assert.equal(await said(person), "Hello 小明 of the hill");
  const { profile, scope, token_type, expires_at, refresh_token, id_token } = await user(person);
  assert.deepEqual([scope, token_type, profile.aud, profile.iss], ["openid profile offline_access", "Bearer", client.client_id, world.saoma]);
  assert.ok(refresh_token && id_token && expires_at * 1000 > Date.now());
  assert.match(profile.picture, /^http/);
  onlyNotes(person, []);
  await person.close();
});

test("the page renews its tokens by the refresh token, silently, and the old one is used up", async () => {
  const person = await loggedIn("lihua", "Li Hua");
  const before = await user(person);
  await person.page.evaluate(() => manager.signinSilent());
  const later = await user(person);
  assert.notEqual(later.access_token, before.access_token);
  assert.notEqual(later.refresh_token, before.refresh_token);
  assert.deepEqual([later.profile.sub, later.profile.name, later.profile.sid], [before.profile.sub, "Li Hua", before.profile.sid]);
  assert.equal((await asks(person, "/oauth2/userinfo", withToken(later.access_token)))[1].sub, before.profile.sub);
  assert.deepEqual(person.page.frames().length, 1);
  const form = { grant_type: "refresh_token", refresh_token: before.refresh_token, client_id: client.client_id };
  const body = String(new URLSearchParams(form));
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const [status, problem] = await asks(person, "/oauth2/token", { method: "POST", headers, body });
  assert.deepEqual([status, problem.error], [400, "invalid_grant"]);
  const refused = await person.page.evaluate(() => manager.signinSilent().catch((cause) => cause.error));
  assert.equal(refused, "invalid_grant", "the old one came twice: the new one is dead, too");
  onlyNotes(person, [400, 400]);
  await person.close();
});

test("tokens that the page gives back are good for nothing", async () => {
  const person = await loggedIn("alex", "Alex");
  const before = await user(person);
  await person.page.evaluate(() => manager.revokeTokens(["refresh_token"]));
  assert.equal((await user(person)).refresh_token, null);
  // RFC 7009 section 2.1: the access tokens of the same grant go with it.
  const [status, problem] = await asks(person, "/oauth2/userinfo", withToken(before.access_token));
  assert.deepEqual([status, problem.error], [401, "invalid_token"]);
  // Without one the library asks in a frame. There Saoma's cookie does not reach, and the page hears so at once.
  const refused = await person.page.evaluate(() => manager.signinSilent().catch((cause) => cause.error));
  assert.equal(refused, "login_required");
  onlyNotes(person, [401]);
  await person.close();
});

test("a window of its own does as well, though Saoma's page in it knows nobody who opened it", async () => {
  const person = await guest(browser);
  await person.page.goto(site.origin);
  const opens = person.page.waitForEvent("popup");
  const done = person.page.evaluate(async () => (await manager.signinPopup()).profile.name);
  const popup = { page: await opens };
  await toTheCode(popup, world, async () => {});
  assert.equal(await popup.page.evaluate(() => window.opener), null);
  await comesIn(browser, world, popup, "alex", "Alex");
  assert.equal(await done, "Alex");
  onlyNotes(person, []);
  await person.close();
});

test("a logout ends at the page, and nobody is logged in at the provider any more", async () => {
  const person = await loggedIn("lihua", "Li Hua");
  await person.page.evaluate(() => void manager.signinRedirect({ prompt: "none" }));
  await person.page.waitForURL(`${site.origin}/callback?*`);
  await person.page.waitForURL(`${site.origin}/`);
  assert.equal(await said(person), "Hello Li Hua");
  await person.page.locator("#logout").click();
  await person.page.waitForURL(`${site.origin}/bye`);
  assert.equal(await said(person), "Bye stranger");
  await person.page.evaluate(() => void manager.signinRedirect({ prompt: "none" }));
  await person.page.waitForURL(`${site.origin}/callback?*`);
  assert.equal(await said(person), "Not logged in: login_required");
  onlyNotes(person, []);
  await person.close();
});
