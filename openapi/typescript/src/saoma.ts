// The calls of a login page, over the generated client: with a time-out each, and one kind of error.
// Keeps nothing; whoever calls holds the browser secret. Refuses to know pages, stages or retries.

import { type Env, browser, limit } from "./env.js";
import { createClient } from "./generated/login/client/index.js";
import {
  type BeginLogin,
  type ClientView,
  type Completion,
  type LoginView,
  type TokenReply,
  type UserInfoView,
  beginLogin,
  cancelLogin,
  completeLogin,
  followLogin,
  giveDigitsBack,
  readClient,
  readLogin,
  readUserInfo,
  redeemCode,
} from "./generated/login/index.js";
import { SaomaError } from "./problem.js";

const ANSWER_MS = 15_000;
/** Beginning waits for the vendor. */
const BEGIN_MS = 20_000;
/** The server's longest poll. */
const WAIT_SECONDS = 25;

/** What only the browser that began a login holds; nothing on Saoma's own origin, where a cookie does it. */
export interface Holder {
  login_id: string;
  secret?: string;
}

/** How one stream of events is read. */
export interface StreamHooks {
  version: number;
  signal: AbortSignal;
  onView(view: LoginView): void;
  /** Something arrived, be it a heartbeat. */
  onBytes(): void;
}

/** What a generated call resolves to. */
interface Outcome<T> {
  data?: T;
  error?: unknown;
  response?: Response;
}

/** Waits for a call; whatever is no success becomes a `SaomaError`, unless the caller aborted. */
export async function ask<T>(
  env: Env,
  { signal, ms = ANSWER_MS }: { signal?: AbortSignal; ms?: number },
  call: (signal: AbortSignal) => Promise<Outcome<T>>,
): Promise<T> {
  const time = limit(env, signal);
  time.within(ms);
  try {
    const { data, error, response } = await call(time.signal);
    if (response?.ok) return data as T;
    if (response) throw SaomaError.of(response, error);
    throw error;
  } catch (cause) {
    signal?.throwIfAborted();
    throw cause instanceof SaomaError ? cause : new SaomaError("network", { cause });
  } finally {
    time.done();
  }
}

/** The Saoma at `server`. */
export class Saoma {
  readonly server: string;
  readonly env: Env;

  constructor(server: string, env: Env = browser) {
    this.server = server.replace(/\/+$/, "");
    this.env = env;
  }

  #client(bearer?: string) {
    const auth = ({ scheme }: { scheme?: string }) => (scheme === "bearer" ? bearer : undefined);
    return createClient({ baseUrl: this.server, fetch: this.env.fetch, cache: "no-store", auth });
  }

  /** The website and its ways. */
  async readClient(client_id: string, signal?: AbortSignal): Promise<ClientView> {
    try {
      return await ask(this.env, { signal }, (signal) => readClient({ client: this.#client(), path: { client_id }, signal }));
    } catch (cause) {
      const silent = cause instanceof SaomaError && cause.code === "network" && cause.status === 0;
      if (silent && (await this.#isThere(signal))) {
        const detail = `${location.origin} is not one of the client's origins; register it at Saoma`;
        throw new SaomaError("origin_not_allowed", { detail, cause });
      }
      throw cause;
    }
  }

  /** Whether this Saoma answers anybody: what a page of any origin may read. */
  async #isThere(signal?: AbortSignal): Promise<boolean> {
    try {
      return (await this.env.fetch(`${this.server}/kit/integrity.json`, { cache: "no-store", credentials: "omit", signal })).ok;
    } catch {
      return false;
    }
  }

  begin(body: BeginLogin, signal?: AbortSignal): Promise<LoginView> {
    return ask(this.env, { signal, ms: BEGIN_MS }, (signal) => beginLogin({ client: this.#client(), body, signal }));
  }

  /** What is; or, with `after_version`, what is next, after half a minute at most. */
  read({ login_id, secret }: Holder, { after_version, signal }: { after_version?: number; signal?: AbortSignal } = {}): Promise<LoginView> {
    const query = after_version === undefined ? undefined : { after_version, wait: WAIT_SECONDS };
    const ms = query ? ANSWER_MS + WAIT_SECONDS * 1_000 : ANSWER_MS;
    return ask(this.env, { signal, ms }, (signal) => readLogin({ client: this.#client(secret), path: { login_id }, query, signal }));
  }

  complete({ login_id, secret }: Holder, signal?: AbortSignal): Promise<Completion> {
    return ask(this.env, { signal }, (signal) => completeLogin({ client: this.#client(secret), path: { login_id }, signal }));
  }

  /** The six digits that the phone shows, while the view says `awaiting: "code_back"`. */
  giveDigits({ login_id, secret }: Holder, digits: string, signal?: AbortSignal): Promise<LoginView> {
    return ask(this.env, { signal }, (signal) =>
      giveDigitsBack({ client: this.#client(secret), path: { login_id }, body: { digits }, signal }),
    );
  }

  /** Also while the page goes away. */
  cancel({ login_id, secret }: Holder): Promise<LoginView> {
    return ask(this.env, {}, (signal) => cancelLogin({ client: this.#client(secret), path: { login_id }, keepalive: true, signal }));
  }

  /** For public clients only: a secret has no place in a browser. */
  redeem(form: { code: string; code_verifier: string; redirect_uri?: string; client_id: string }, signal?: AbortSignal): Promise<TokenReply> {
    const body = { grant_type: "authorization_code", ...form };
    return ask(this.env, { signal }, (signal) => redeemCode({ client: this.#client(), body, signal }));
  }

  readUser(access_token: string, signal?: AbortSignal): Promise<UserInfoView> {
    return ask(this.env, { signal }, (signal) => readUserInfo({ client: this.#client(access_token), signal }));
  }

  /** Reads one stream of events; resolves when the server ended it, rejects when it broke. */
  async stream({ login_id, secret }: Holder, { version, signal, onView, onBytes }: StreamHooks): Promise<void> {
    let broken: unknown;
    let over = false;
    // The signal goes in here and not into the generated reader, which would cancel a body that is broken already.
    const watched: typeof fetch = async (input) => {
      const response = await this.env.fetch(input, { signal });
      over = response.status === 204;
      if (!response.ok) throw SaomaError.of(response, await response.json().catch(() => undefined));
      const count = new TransformStream<Uint8Array, Uint8Array>({
        transform(bytes, out) {
          onBytes();
          out.enqueue(bytes);
        },
      });
      return over ? response : new Response(response.body?.pipeThrough(count), response);
    };
    const { stream } = await followLogin({
      client: this.#client(secret),
      path: { login_id },
      headers: { "Last-Event-ID": version },
      fetch: watched,
      sseMaxRetryAttempts: 1,
      onSseError: (error) => (broken = error),
    });
    for await (const view of stream) if (view) onView(view);
    signal.throwIfAborted();
    if (broken && !over) throw broken instanceof SaomaError ? broken : new SaomaError("network", { cause: broken });
  }
}
