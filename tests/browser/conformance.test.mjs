// What the OpenID conformance suite is pointed at (tests/conformance), with a headless browser in the suite's place:
// somebody confirms by themselves, over TLS, also in a browser whose streams never open. Owns no page of its own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "../conformance/start.mjs";
import { freePort, startBrowser } from "./harness.mjs";

const CALLBACK = "https://localhost.emobix.co.uk:8443/test/a/saoma/callback";
const SECRET = "the-first-secret-of-the-conformance-suite";

let house;
let browser;
before(async () => {
  house = await start({ front: await freePort(), saoma: await freePort(), admin: await freePort(), sandbox: await freePort() });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await house?.close();
});

/**
 * A browser that knows the certificate no better than the suite's does. `answer` is what it brings
 * to the suite's address.
 */
async function suiteBrowser({ streams }) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en" });
  const page = await context.newPage();
  // Asked for is enough: nobody is there, and the browser of these tests reaches nobody.
  const landed = page.waitForRequest((asked) => asked.url().startsWith(`${CALLBACK}?`));
  // As in the suite's browser: asked for, and never opened.
  const held = [];
  if (!streams) await page.route(/\/(events|ws)$/, (route) => held.push(route.request().url()));
  const answer = async () => Object.fromEntries(new URL((await landed).url()).searchParams);
  return { context, page, held, answer };
}

/** Basic profile: no PKCE, one static client. */
const wanted = (more = {}) => `${house.issuer}/oauth2/authorize?${new URLSearchParams({
  client_id: "suite", redirect_uri: CALLBACK, response_type: "code", scope: "openid profile", state: "of-the-suite", nonce: "once", ...more,
})}`;

async function redeem(context, code) {
  const headers = { authorization: `Basic ${Buffer.from(`suite:${SECRET}`).toString("base64")}` };
  const form = { grant_type: "authorization_code", code, redirect_uri: CALLBACK };
  const tokens = await (await context.request.post(`${house.issuer}/oauth2/token`, { headers, form })).json();
  return JSON.parse(Buffer.from(tokens.id_token.split(".")[1], "base64url"));
}

for (const streams of [true, false]) {
  test(`a whole login without any phone, ${streams ? "by the page's stream" : "where no stream ever opens"}`, async () => {
    const { context, page, held, answer } = await suiteBrowser({ streams });
    await page.goto(wanted());
    const { code, state, iss } = await answer();
    assert.deepEqual([state, iss], ["of-the-suite", house.issuer]);
    const claims = await redeem(context, code);
    assert.deepEqual([claims.iss, claims.aud, claims.nonce], [house.issuer, "suite", "once"]);
    assert.equal(held.length > 0, !streams, "the page tries the stream first");
    await context.close();
  });
}

test("tokens that last are asked for on our page, and a press goes on", async () => {
  const { context, page, answer } = await suiteBrowser({ streams: true });
  await page.goto(wanted({ scope: "openid offline_access", prompt: "consent" }));
  await page.locator("xpath=//button[@name='decision' and @value='allow']").click();
  assert.equal((await redeem(context, (await answer()).code)).aud, "suite");
  await context.close();
});
