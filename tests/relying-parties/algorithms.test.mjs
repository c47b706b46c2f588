// Websites that ask for id tokens by another signature than RSA's: `openid-client` checks each by the published keys,
// insists on the algorithm that the website registered, and refuses the usual one in its place.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as oidc from "openid-client";
import { startBrowser } from "../browser/harness.mjs";
import { startWebsite } from "./openid-client.site.mjs";
import { comesIn, guest, toTheCode, words } from "./people.mjs";
import { newSecret, startWorld } from "./world.mjs";

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser?.close());

const header = (token) => JSON.parse(Buffer.from(token.split(".")[0], "base64url"));

for (const alg of ["ES256", "EdDSA"]) {
  test(`id tokens by ${alg}: a visitor comes in, and the tokens go on`, async () => {
    const [site, secret] = [await startWebsite(), newSecret()];
    const client = { client_id: "tea.site", type: "confidential", secrets: [secret], redirect_uris: [`${site.origin}/callback`] };
    const world = await startWorld({ ...client, openid: { id_token_alg: alg, refresh_tokens: true } });
    try {
      const known = { ...client, secret, id_token_signed_response_alg: alg };
      const config = await site.meet(world.saoma, known);
      assert.ok(config.serverMetadata().id_token_signing_alg_values_supported.includes(alg));
      const person = await guest(browser);
      await toTheCode(person, world, () => person.page.goto(`${site.origin}/login`));
      await comesIn(browser, world, person, "lihua", "Li Hua");
      await person.page.waitForURL(`${site.origin}/`);
      assert.equal(await words(person), "Hello Li Hua");
      const { tokens } = site.visits.at(-1);
      const next = await oidc.refreshTokenGrant(config, tokens.refresh_token);
      assert.deepEqual([header(tokens.id_token).alg, header(next.id_token).alg], [alg, alg]);
      const usual = await site.meet(world.saoma, { ...known, id_token_signed_response_alg: "RS256" });
      await assert.rejects(oidc.refreshTokenGrant(usual, next.refresh_token), ({ cause }) => /unexpected JWT "alg"/.test(cause.message));
      await person.close();
    } finally {
      await world.close();
      await site.close();
    }
  });
}
