// The two ways a site can be built: with a back end that begins the login and keeps verifier and state
// (`start-url`), or without one, as a public client (`client-id`). Owns who gets the code in the end.

import type { Completion, LoginView, UserInfoView } from "./generated/login/index.js";
import type { Kept } from "./keep.js";
import { challengeOf, randomValue } from "./pkce.js";
import { SaomaError } from "./problem.js";
import { type Saoma, ask } from "./saoma.js";

/** What the site says of itself before anything is begun. */
export interface Offer {
  client_id: string;
  /** Slugs, in the order to show them; all that Saoma offers when absent. */
  providers?: string[];
  /** The site's own words for ways, by slug, in the visitor's language. */
  titles?: Record<string, string>;
}

/** What a public client has in the end. */
export interface Tokens {
  access_token: string;
  expires_in: number;
  user?: UserInfoView;
}

/** Where a confirmed login leads; `returns` when this site is answered only after that page. */
export type Finish = { go: string; returns?: true } | { tokens: Tokens };

/** One way a site is built. */
export interface Mode {
  /** Tells this site's logins from those of others in one tab. */
  readonly key: string;
  offer(signal: AbortSignal): Promise<Offer>;
  begin(provider: string, locale: string, signal: AbortSignal): Promise<Kept>;
  finish(kept: Kept, completion: Completion, signal: AbortSignal): Promise<Finish>;
}

const kept = (login: LoginView, provider: string): Kept => {
  const { browser_secret: secret, ...view } = login;
  return { login: view, provider, secret, whole: login.expires_in };
};

/** Saoma's own page, where the person is asked first; it leads to the site's address. */
const asked = ({ server }: Saoma, page: string): Finish => {
  if (!page.startsWith(`${server}/`)) throw new SaomaError("no_redirect");
  return { go: page, returns: true };
};

/** The site's back end begins; the browser gets neither verifier nor token. */
export class StartUrlMode implements Mode {
  readonly key: string;
  readonly #saoma: Saoma;
  readonly #url: string;
  readonly #clientId: string | undefined;
  readonly #redirectUri: string | undefined;

  constructor(saoma: Saoma, url: string, more: { clientId?: string; redirectUri?: string } = {}) {
    this.#saoma = saoma;
    this.#url = url;
    this.#clientId = more.clientId;
    this.#redirectUri = more.redirectUri;
    this.key = `${saoma.server} ${url}`;
  }

  async offer(signal: AbortSignal): Promise<Offer> {
    if (this.#clientId) return { client_id: this.#clientId };
    return this.#send<Offer>({ method: "GET" }, signal);
  }

  async begin(provider: string, locale: string, signal: AbortSignal): Promise<Kept> {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ provider, locale });
    return kept(await this.#send<LoginView>({ method: "POST", headers, body }, signal), provider);
  }

  async finish(_kept: Kept, { type, redirect_to }: Completion): Promise<Finish> {
    if (!redirect_to) throw new SaomaError("no_redirect");
    if (type === "interaction") return asked(this.#saoma, redirect_to);
    const own = this.#redirectUri;
    // `javascript:` and the like are no addresses; and a site that named its own is led nowhere else.
    if (!/^https?:$/.test(new URL(redirect_to).protocol) || (own && !redirect_to.startsWith(`${own}?`))) {
      throw new SaomaError("no_redirect");
    }
    return { go: redirect_to };
  }

  #send<T>(init: RequestInit, signal: AbortSignal): Promise<T> {
    const { env } = this.#saoma;
    return ask<T>(env, { signal, ms: 20_000 }, async (signal) => {
      const all = { ...init, headers: { accept: "application/json", ...init.headers }, cache: "no-store" as const, signal };
      const response = await env.fetch(this.#url, all);
      const data: unknown = await response.json().catch(() => undefined);
      if (response.ok && !data) throw new SaomaError("unknown", { status: response.status });
      return response.ok ? { data: data as T, response } : { error: data, response };
    });
  }
}

/** No back end: the browser makes the verifier, redeems the code and holds the token. */
export class ClientIdMode implements Mode {
  readonly key: string;
  readonly #saoma: Saoma;
  readonly #clientId: string;
  readonly #redirectUri: string | undefined;
  readonly #userinfo: boolean;

  constructor(saoma: Saoma, clientId: string, more: { redirectUri?: string; userinfo?: boolean } = {}) {
    this.#saoma = saoma;
    this.#clientId = clientId;
    this.#redirectUri = more.redirectUri;
    this.#userinfo = more.userinfo ?? false;
    this.key = `${saoma.server} ${clientId}`;
  }

  async offer(): Promise<Offer> {
    return { client_id: this.#clientId };
  }

  async begin(provider: string, locale: string, signal: AbortSignal): Promise<Kept> {
    const [verifier, state] = [randomValue(), randomValue()];
    const redirect_uri = this.#redirectUri;
    const login = await this.#saoma.begin(
      {
        client_id: this.#clientId,
        provider,
        locale,
        state,
        redirect_uri,
        code_challenge: await challengeOf(verifier),
        code_challenge_method: "S256",
      },
      signal,
    );
    return { ...kept(login, provider), verifier, state, redirect_uri };
  }

  async finish(kept: Kept, { type, code, redirect_to }: Completion, signal: AbortSignal): Promise<Finish> {
    if (type === "interaction" && redirect_to) return asked(this.#saoma, redirect_to);
    if (!code) throw new SaomaError("unknown");
    return { tokens: await this.#redeem(kept, code, signal) };
  }

  /** What the address bar holds after a redirect, checked against what this tab began (RFC 9700, 9207). */
  async finishRedirect(kept: Kept | undefined, query: URLSearchParams, signal: AbortSignal): Promise<Tokens> {
    const code = query.get("code");
    const ours = kept?.state !== undefined && query.get("state") === kept.state && query.get("iss") === this.#saoma.server;
    if (!kept || !ours) throw new SaomaError("stale_return");
    if (!code) throw new SaomaError(query.get("error") ?? "stale_return");
    return this.#redeem(kept, code, signal);
  }

  async #redeem({ verifier = "", redirect_uri }: Kept, code: string, signal: AbortSignal): Promise<Tokens> {
    const form = { client_id: this.#clientId, code, code_verifier: verifier, ...(redirect_uri && { redirect_uri }) };
    const { access_token, expires_in } = await this.#saoma.redeem(form, signal);
    if (!this.#userinfo) return { access_token, expires_in };
    return { access_token, expires_in, user: await this.#saoma.readUser(access_token, signal) };
  }
}
