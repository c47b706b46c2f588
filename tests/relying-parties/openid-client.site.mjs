// A website whose back end is `openid-client`: log in, come back, log out. Owns what the library leaves to a website:
// the visitor's session. Refuses nothing by itself: state, nonce, iss and signatures are the library's to check, and
// what it says is shown.
import { randomUUID } from "node:crypto";
import * as oidc from "openid-client";
import { startSite } from "./world.mjs";

export const SCOPE = "openid profile offline_access";

/** `{origin, visits, meet(saoma, client), close()}`; `visits` are all sessions, the newest last. */
export async function startWebsite() {
  const visits = [];
  const byMark = new Map();
  let config;

  function visitOf(request, response) {
    const mark = /session=([^;]+)/.exec(request.headers.cookie)?.[1];
    if (byMark.has(mark)) return byMark.get(mark);
    const [name, visit] = [randomUUID(), {}];
    byMark.set(name, visit);
    visits.push(visit);
    response.setHeader("set-cookie", `session=${name}; Path=/; HttpOnly; SameSite=Lax`);
    return visit;
  }

  const pages = {
    "/": (visit) => `Hello ${visit.user?.name ?? "stranger"}`,

    async "/login"(visit, url, go) {
      const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
      visit.asked = { pkceCodeVerifier, expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce(), idTokenExpected: true };
      const { pushed, ...wishes } = Object.fromEntries(url.searchParams); // a test's own
      const build = pushed ? oidc.buildAuthorizationUrlWithPAR : oidc.buildAuthorizationUrl;
      return go(await build(config, {
        redirect_uri: `${site.origin}/callback`,
        scope: SCOPE,
        code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: "S256",
        state: visit.asked.expectedState,
        nonce: visit.asked.expectedNonce,
        ...wishes,
      }));
    },

    async "/callback"(visit, url, go) {
      const { asked, user, tokens } = visit;
      for (const name of Object.keys(visit)) delete visit[name];
      try {
        visit.tokens = await oidc.authorizationCodeGrant(config, url, asked);
        visit.user = await oidc.fetchUserInfo(config, visit.tokens.access_token, visit.tokens.claims().sub);
        return go("/");
      } catch (cause) {
        if (!(cause instanceof oidc.AuthorizationResponseError)) throw cause;
        Object.assign(visit, { user, tokens });
        return `Not logged in: ${cause.error}`;
      }
    },

    async "/logout"(visit, url, go) {
      const { id_token } = visit.tokens;
      delete visit.user;
      return go(oidc.buildEndSessionUrl(config, {
        id_token_hint: id_token,
        post_logout_redirect_uri: `${site.origin}/bye`,
        state: (visit.leaving = oidc.randomState()),
      }));
    },

    "/bye": (visit, url) => (url.searchParams.get("state") === visit.leaving ? "Bye" : "Bye, whoever you are"),
  };

  const site = await startSite(async (request, response, url) => {
    if (!pages[url.pathname]) return response.writeHead(204).end(); // a browser asks for an icon
    const visit = visitOf(request, response);
    const go = (to) => response.writeHead(303, { location: String(to) }).end() && undefined;
    const text = await pages[url.pathname](visit, url, go);
    if (text !== undefined) response.writeHead(200, { "content-type": "text/plain; charset=utf-8" }).end(text);
  });

  /** Reads what the provider says of itself; answers the library's view of it. Without a word of it, id tokens are by RSA. */
  async function meet(saoma, { client_id, secret, id_token_signed_response_alg }, proof = oidc.ClientSecretBasic) {
    const loopback = { execute: [oidc.allowInsecureRequests] };
    const registered = id_token_signed_response_alg && { id_token_signed_response_alg };
    config = await oidc.discovery(new URL(saoma), client_id, registered, proof(secret), loopback);
    // The library takes the token endpoint's word over TLS; here it checks the signature by the published keys, too.
    oidc.enableNonRepudiationChecks(config);
    return config;
  }
  return { ...site, visits, meet };
}
