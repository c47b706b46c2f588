// Follows a login by one live stream, or by long polling where no stream comes through.
// Owns when to connect again, when to change over, and when a login is over without the server saying so.

import { type Env, backoff, limit, pause } from "./env.js";
import type { LoginView, Stage } from "./generated/login/index.js";
import { SaomaError } from "./problem.js";
import type { Holder, Saoma } from "./saoma.js";

/** A stream without its first event for so long does not come through: something on the way holds it back. */
const OPEN_MS = 3_000;
/** A stream that is silent for so long is dead; the server's heartbeat is three times as quick. */
const QUIET_MS = 45_000;
/** A stream that breaks sooner counts as a failed one; two of them in a row, and polling takes over. */
const LIVED_MS = 5_000;
const SHORT_STREAMS = 2;
/** Time for the server's own word about a lapsed login. */
const GRACE_MS = 5_000;

const ENDS: ReadonlySet<Stage> = new Set(["redeemed", "denied", "expired", "cancelled", "conflict", "failed"]);

/** Whether nothing more is to be heard: the login ended, or waits only to be completed. */
export const isSettled = (stage: Stage): boolean => stage === "confirmed" || ENDS.has(stage);

/** Who hears of it. */
export interface Hooks {
  signal?: AbortSignal;
  /** Each view that is newer than the last. */
  onChange?(view: LoginView): void;
  /** Whether Saoma is in reach. */
  onNetwork?(reachable: boolean): void;
}

/** Follows from `first` on; resolves with the view that settled it, rejects with a refusal or when aborted. */
export async function follow(saoma: Saoma, holder: Holder, first: LoginView, hooks: Hooks): Promise<LoginView> {
  const run = new Following(saoma, holder, first, hooks);
  const stop = saoma.env.onWake(run.wake);
  try {
    return await run.toTheEnd();
  } finally {
    stop();
  }
}

class Following {
  readonly #saoma: Saoma;
  readonly #holder: Holder;
  readonly #hooks: Hooks;
  readonly #env: Env;
  #view: LoginView;
  #lapses: number;
  #streaming = true;
  #shortStreams = 0;
  /** Without an answer, in a row. */
  #failures = 0;
  #resume = () => {};
  #woken = false;

  constructor(saoma: Saoma, holder: Holder, first: LoginView, hooks: Hooks) {
    this.#saoma = saoma;
    this.#holder = holder;
    this.#hooks = hooks;
    this.#env = saoma.env;
    this.#view = first;
    this.#lapses = this.#lapseOf(first);
  }

  /** Whatever is waited for now is not worth waiting for. */
  readonly wake = (): void => {
    this.#woken = true;
    this.#resume();
  };

  async toTheEnd(): Promise<LoginView> {
    while (!isSettled(this.#view.stage)) {
      this.#hooks.signal?.throwIfAborted();
      this.#woken = false;
      try {
        await (this.#streaming ? this.#readStream() : this.#poll());
      } catch (error) {
        this.#hooks.signal?.throwIfAborted();
        if (!(error instanceof SaomaError && error.passing)) throw error;
        await this.#recover(error);
      }
    }
    return this.#view;
  }

  #lapseOf(view: LoginView): number {
    return this.#env.now() + view.expires_in * 1_000 + GRACE_MS;
  }

  #take(view: LoginView): void {
    this.#failures = 0;
    this.#hooks.onNetwork?.(true);
    this.#lapses = this.#lapseOf(view);
    if (view.version <= this.#view.version) return;
    this.#view = view;
    this.#hooks.onChange?.(view);
  }

  async #readStream(): Promise<void> {
    const time = limit(this.#env, this.#hooks.signal);
    this.#resume = time.end;
    const began = this.#env.now();
    let heard = false;
    time.within(OPEN_MS);
    try {
      await this.#saoma.stream(this.#holder, {
        version: this.#view.version,
        signal: time.signal,
        onBytes: () => heard && time.within(QUIET_MS),
        onView: (view) => {
          heard = true;
          time.within(QUIET_MS);
          this.#take(view);
          // `confirmed` is no end for the server, but it is all we wait for.
          if (isSettled(view.stage)) time.end();
        },
      });
      // The server ended it: it is about to stop, and another one may take its place.
      this.#countShort(began);
      if (!isSettled(this.#view.stage)) await this.#wait(backoff(0, this.#env.random()));
    } catch (error) {
      if (!time.signal.aborted) {
        this.#countShort(began);
        throw error;
      }
      // Ended from here: nothing to count, unless it opened and nothing came through.
      if (!heard && !this.#woken) this.#streaming = false;
    } finally {
      this.#resume = () => {};
      time.done();
    }
  }

  #countShort(began: number): void {
    this.#shortStreams = this.#env.now() - began < LIVED_MS ? this.#shortStreams + 1 : 0;
    if (this.#shortStreams >= SHORT_STREAMS) this.#streaming = false;
  }

  async #poll(): Promise<void> {
    const time = limit(this.#env, this.#hooks.signal);
    this.#resume = time.end;
    const began = this.#env.now();
    const before = this.#view.version;
    try {
      // After a failure the answer should come at once, to know that Saoma is back.
      const after_version = this.#failures > 0 ? undefined : before;
      this.#take(await this.#saoma.read(this.#holder, { after_version, signal: time.signal }));
    } catch (error) {
      if (time.signal.aborted) return;
      throw error;
    } finally {
      this.#resume = () => {};
      time.done();
    }
    // A server that does not wait must not be asked without a pause.
    if (this.#view.version === before && this.#env.now() - began < 1_000) await this.#wait(1_000);
  }

  /** What lapsed while out of reach is over: nobody can scan it any more. */
  async #recover(error: SaomaError): Promise<void> {
    this.#failures += 1;
    this.#hooks.onNetwork?.(error.status !== 0);
    if (this.#env.now() >= this.#lapses) {
      this.#view = { ...this.#view, stage: "expired", expires_in: 0 };
      this.#hooks.onChange?.(this.#view);
      return;
    }
    await this.#wait(Math.max(backoff(this.#failures, this.#env.random()), error.retryAfter * 1_000));
  }

  async #wait(ms: number): Promise<void> {
    await pause(this.#env, ms, this.#hooks.signal, (resume) => (this.#resume = resume));
    this.#resume = () => {};
  }
}
