// A website with a back end, written with `openid-client`, and a visitor in Chromium who scans with a phone. Owns what
// a certified relying party must get: tokens, userinfo, refresh, introspection, revocation, logout.
// Refuses any answer that the library refuses: iss, state, nonce, signature and time are checked there.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as oidc from "openid-client";
import { startBrowser } from "../browser/harness.mjs";
import { SCOPE, startWebsite } from "./openid-client.site.mjs";
import { comesIn, guest, toTheCode, words } from "./people.mjs";
import { newSecret, startWorld } from "./world.mjs";

const client = { client_id: "tea.site", type: "confidential" };
const secret = newSecret();
let site, world, browser, config;

before(async () => {
  site = await startWebsite();
  const openid = { refresh_tokens: true, post_logout_redirect_uris: [`${site.origin}/bye`] };
  world = await startWorld({ ...client, secrets: [secret], redirect_uris: [`${site.origin}/callback`], openid });
  config = await site.meet(world.saoma, { ...client, secret });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await site?.close();
  await world?.close();
});

/** Somebody who is logged in: `{person, visit}`, what the browser and what the website has of it. */
async function loggedIn(who, name) {
  const person = await guest(browser);
  await toTheCode(person, world, () => person.page.goto(`${site.origin}/login`));
  await comesIn(browser, world, person, who, name);
  await person.page.waitForURL(`${site.origin}/`);
  return { person, visit: site.visits.at(-1) };
}

const isRefused = (error) => ({ name: "ResponseBodyError", error });

test("a visitor scans, confirms and is greeted by name; the tokens say what they should", async () => {
  const { person, visit } = await loggedIn("xiaoming", "小明 of the hill");
  assert.equal(await words(person), "Hello 小明 of the hill");
  const { tokens, user } = visit;
  assert.deepEqual([tokens.token_type, tokens.scope], ["bearer", SCOPE]);
  const claims = tokens.claims();
  assert.deepEqual([claims.iss, claims.aud, claims.sub], [world.saoma, client.client_id, user.sub]);
  assert.ok(claims.auth_time <= claims.iat && claims.iat < claims.exp);
  assert.deepEqual(person.errors, []);
  await person.close();
});

test("who is logged in is logged in again without a scan, and proves the secret in the form, too", async () => {
  const { person, visit } = await loggedIn("lihua", "Li Hua");
  const { sub, auth_time, sid } = visit.tokens.claims();
  await site.meet(world.saoma, { ...client, secret }, oidc.ClientSecretPost);
  await person.page.goto(`${site.origin}/login?prompt=none`);
  await site.meet(world.saoma, { ...client, secret });
  assert.equal(await words(person), "Hello Li Hua");
  const again = visit.tokens.claims();
  assert.deepEqual([again.sub, again.auth_time, again.sid], [sub, auth_time, sid]);
  await person.close();
});

test("a website that pushes its requests gives the browser a reference and nothing else, good once", async () => {
  const person = await guest(browser);
  await toTheCode(person, world, () => person.page.goto(`${site.origin}/login?pushed=yes`));
  const asked = new URL(person.asked.findLast((address) => address.startsWith(`${world.saoma}/oauth2/authorize?`)));
  assert.deepEqual([...asked.searchParams.keys()].sort(), ["client_id", "request_uri"]);
  await comesIn(browser, world, person, "xiaoming");
  await person.page.waitForURL(`${site.origin}/`);
  assert.match(await words(person), /^Hello /);
  const again = await person.page.goto(asked.href);
  assert.deepEqual([again.status(), (await words(person)).includes("pushed_request_over")], [400, true]);
  await person.close();
});

test("a refresh token is good once; the one it gave goes on, until somebody uses the old one", async () => {
  const { person, visit } = await loggedIn("alex", "Alex");
  const { tokens } = visit;
  const next = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(next.refresh_token, tokens.refresh_token);
  const [first, later] = [tokens.claims(), next.claims()];
  for (const same of ["iss", "sub", "aud", "auth_time", "sid"]) assert.deepEqual(later[same], first[same], same);
  assert.equal((await oidc.fetchUserInfo(config, next.access_token, first.sub)).name, "Alex");
  const third = await oidc.refreshTokenGrant(config, next.refresh_token);
  await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token), isRefused("invalid_grant"));
  // RFC 9700 section 4.14.2: one of the two is a thief, so neither goes on.
  await assert.rejects(oidc.refreshTokenGrant(config, third.refresh_token), isRefused("invalid_grant"));
  assert.equal((await oidc.tokenIntrospection(config, third.access_token)).active, false);
  await person.close();
});

test("a token is introspected while it is good and is nothing once it is revoked", async () => {
  const { person, visit } = await loggedIn("xiaoming");
  const { access_token, refresh_token } = visit.tokens;
  const { active, sub, client_id, scope, iss } = await oidc.tokenIntrospection(config, access_token);
  assert.deepEqual({ active, sub, client_id, scope, iss }, { active: true, sub: visit.user.sub, client_id: client.client_id, scope: SCOPE, iss: world.saoma });
  await oidc.tokenRevocation(config, access_token);
  assert.deepEqual({ ...(await oidc.tokenIntrospection(config, access_token)) }, { active: false });
  await assert.rejects(oidc.fetchUserInfo(config, access_token, sub), (cause) => {
    assert.equal(cause.status, 401);
    return cause.cause.some(({ scheme, parameters }) => scheme === "bearer" && parameters.error === "invalid_token");
  });
  await oidc.tokenRevocation(config, refresh_token);
  await assert.rejects(oidc.refreshTokenGrant(config, refresh_token), isRefused("invalid_grant"));
  await oidc.tokenRevocation(config, "none of yours"); // RFC 7009 section 2.2: as good as done
  await person.close();
});

test("a logout ends at the website, and nobody is logged in at the provider any more", async () => {
  const { person } = await loggedIn("lihua", "Li Hua");
  await person.page.goto(`${site.origin}/logout`);
  await person.page.waitForURL(`${site.origin}/bye?state=*`);
  assert.equal(await words(person), "Bye");
  await person.page.goto(`${site.origin}/login?prompt=none`);
  assert.equal(await words(person), "Not logged in: login_required");
  assert.deepEqual(person.errors, []);
  await person.close();
});

test("whoever cancels on the provider's page comes back as nobody", async () => {
  const person = await guest(browser);
  await toTheCode(person, world, () => person.page.goto(`${site.origin}/login`));
  await person.page.locator("button[name=decision][value=cancel]").click();
  await person.page.waitForURL(`${site.origin}/callback?*`);
  assert.equal(await words(person), "Not logged in: access_denied");
  await person.close();
});
