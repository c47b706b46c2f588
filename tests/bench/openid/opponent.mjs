// The opponent: npm's `oidc-provider` in one Node process, everything in memory, with the one website and the one person
// that Saoma has in the bench, at the same paths. Owns its configuration and what it has given before the load; measures
// nothing. Usage: node opponent.mjs JSON, with the fields of `plan` below; its first line says what is there.
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import Provider from "oidc-provider";
import MemoryAdapter, { setStorage } from "oidc-provider/lib/adapters/memory_adapter.js";

const plan = JSON.parse(process.argv[2]);
const { client_id, client_secret, redirect_uri, code_challenge, claims, scope, codes, refresh_tokens } = plan;

// Its own adapter, over a map without an end: the one that comes with it forgets all but the last thousand.
setStorage(new Map());
class Memory extends MemoryAdapter {}

const DAY = 86_400;
const TTL = { AccessToken: 3600, AuthorizationCode: 3600, IdToken: 600, RefreshToken: 30 * DAY, Grant: 180 * DAY };

/** A key of each sort that Saoma publishes one of. */
function keys() {
  const made = [["rsa", { modulusLength: 2048 }, "RS256"], ["ec", { namedCurve: "P-256" }, "ES256"], ["ed25519", {}, "EdDSA"]];
  return made.map(([type, options, alg]) => ({ ...generateKeyPairSync(type, options).privateKey.export({ format: "jwk" }), alg, use: "sig" }));
}

const server = createServer();
await once(server.listen(0, "127.0.0.1"), "listening");
const address = `127.0.0.1:${server.address().port}`;
const provider = new Provider(`http://${address}`, {
  adapter: Memory,
  clients: [
    {
      client_id,
      client_secret,
      redirect_uris: [redirect_uri],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "client_secret_basic",
      id_token_signed_response_alg: "ES256",
    },
  ],
  jwks: { keys: keys() },
  enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256", "EdDSA"] },
  // An id token says as much as Saoma's.
  claims: { openid: ["sub", "acr", "amr", "auth_time"], profile: Object.keys(claims).filter((name) => name !== "sub") },
  findAccount: (_, accountId) => ({ accountId, claims: () => claims }),
  features: { introspection: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId }, devInteractions: { enabled: false } },
  // A refresh token is good once, as Saoma's.
  rotateRefreshToken: true,
  routes: { introspection: "/oauth2/introspect", jwks: "/oauth2/jwks", token: "/oauth2/token", userinfo: "/oauth2/userinfo" },
  ttl: TTL,
});
server.on("request", provider.callback());

const client = await provider.Client.find(client_id);

/** What a login by this website would have left: a consent, and a token of this model that stands on it. */
async function give(model, wanted, more) {
  const grant = new provider.Grant({ accountId: claims.sub, clientId: client_id });
  grant.addOIDCScope(wanted);
  const token = new provider[model]({
    accountId: claims.sub,
    client,
    grantId: await grant.save(),
    gty: "authorization_code",
    authTime: Math.floor(Date.now() / 1000),
    acr: "urn:saoma:acr:confirmed",
    amr: ["wechat_mini_program"],
    nonce: "website-nonce",
    sid: "uss_0000000000000000000000",
    scope: wanted,
    ...more,
  });
  return token.save();
}

const many = (count, make) => Promise.all(Array.from({ length: count }, make));
const asked = { codeChallenge: code_challenge, codeChallengeMethod: "S256", redirectUri: redirect_uri };
const given = {
  address,
  version: createRequire(import.meta.url)("oidc-provider/package.json").version,
  node: process.version,
  access_token: await give("AccessToken", scope),
  codes: await many(codes, () => give("AuthorizationCode", scope, asked)),
  refresh_tokens: await many(refresh_tokens, () => give("RefreshToken", `${scope} offline_access`)),
};
process.stdout.write(`${JSON.stringify(given)}\n`);
// Whoever started it is gone: so is this.
process.stdin.resume().once("end", () => process.exit());
