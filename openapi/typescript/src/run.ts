// Runs one login from wherever it stands to its end, and fetches the code when it is confirmed.
// For pages with a face of their own; `<saoma-login>` uses it too. Draws nothing, keeps nothing.

import { type Env, backoff, browser, pause } from "./env.js";
import { type Hooks, follow } from "./follow.js";
import type { Completion, LoginView } from "./generated/login/index.js";
import { SaomaError } from "./problem.js";
import { type Holder, Saoma } from "./saoma.js";

const TRIES = 4;

/** What to run. */
export interface RunOptions extends Hooks {
  /** Saoma's public address. */
  server: string;
  /** The answer to the begin, or a later view of it. */
  login: LoginView;
  /** From the begin; on Saoma's own origin there is none. */
  browserSecret?: string;
  env?: Env;
}

/** How it ended. */
export interface RunEnd {
  view: LoginView;
  /** When confirmed; a redirect hands its code to the website by itself and leaves none here. */
  completion?: Completion;
}

/** Runs a login to its end. Rejects with a `SaomaError`, or with the signal's reason. */
export async function runLogin({ server, login, browserSecret, env = browser, ...hooks }: RunOptions): Promise<RunEnd> {
  const saoma = new Saoma(server, env);
  const holder = { login_id: login.login_id, secret: browserSecret ?? login.browser_secret };
  const view = await followKnown(saoma, holder, login, hooks);
  if (view.stage !== "confirmed" || view.challenge.type === "redirect") return { view };
  return { view, completion: await complete(saoma, holder, hooks.signal) };
}

/** A login that Saoma does not know any more lapsed some time ago and was swept away. */
async function followKnown(saoma: Saoma, holder: Holder, login: LoginView, hooks: Hooks): Promise<LoginView> {
  try {
    return await follow(saoma, holder, login, hooks);
  } catch (error) {
    if (!(error instanceof SaomaError) || error.status !== 404) throw error;
    const view: LoginView = { ...login, stage: "expired", expires_in: 0 };
    hooks.onNetwork?.(true);
    hooks.onChange?.(view);
    return view;
  }
}

/** Safe to repeat: each answer's code replaces the one before, so a lost answer costs nothing. */
export async function complete(saoma: Saoma, holder: Holder, signal?: AbortSignal): Promise<Completion> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await saoma.complete(holder, signal);
    } catch (error) {
      if (tries === TRIES || !(error instanceof SaomaError && error.passing)) throw error;
      await pause(saoma.env, Math.max(backoff(tries, saoma.env.random()), error.retryAfter * 1_000), signal);
      signal?.throwIfAborted();
    }
  }
}
