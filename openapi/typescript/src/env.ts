// What the outside gives us: network, time, chance, and the news that the network or the visitor is back.
// One interface, so that tests drive all of it by hand; nothing else here touches a clock or a socket.

/** The outside. */
export interface Env {
  fetch: typeof fetch;
  /** Milliseconds that only grow. */
  now(): number;
  /** 0 to 1. */
  random(): number;
  /** Acts later, unless the returned function is called before. */
  after(ms: number, act: () => void): () => void;
  /** Tells when waiting may be in vain: the network returned, or the page is looked at again after a pause. */
  onWake(act: () => void): () => void;
}

declare global {
  /**
   * What a page has asked for while this script was still on its way, by method, address and body; Saoma's own
   * login page does. Each answer is taken once.
   */
  var saomaAsked: Map<string, Promise<Response>> | undefined;
}

/** The answer to a request that the page has sent already. */
export function early(input: RequestInfo | URL, init?: RequestInit): Promise<Response> | undefined {
  if (!globalThis.saomaAsked?.size) return undefined;
  const request = input instanceof Request ? input : undefined;
  const address = new URL(request?.url ?? String(input), globalThis.location?.href).href;
  const key = [init?.method ?? request?.method ?? "GET", address, init?.body ?? ""].join(" ");
  const answer = globalThis.saomaAsked.get(key);
  const signal = init?.signal ?? request?.signal;
  if (!globalThis.saomaAsked.delete(key) || !answer) return undefined;
  const given = new Promise<never>((_, refuse) => signal?.addEventListener("abort", () => refuse(signal.reason), { once: true }));
  return Promise.race([answer, given]);
}

/** A page is away for so long before its connections are doubted. */
const AWAY_MS = 5_000;

/** The browser. */
export const browser: Env = {
  fetch: (input, init) => early(input, init) ?? globalThis.fetch(input, init),
  now: () => performance.now(),
  random: () => Math.random(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  onWake(act) {
    if (typeof document === "undefined") return () => {};
    let left = document.visibilityState === "visible" ? undefined : performance.now();
    const seen = () => {
      if (document.visibilityState !== "visible") left = performance.now();
      else if (left !== undefined && performance.now() - left > AWAY_MS) act();
    };
    addEventListener("online", act);
    document.addEventListener("visibilitychange", seen);
    return () => {
      removeEventListener("online", act);
      document.removeEventListener("visibilitychange", seen);
    };
  },
};

/** A signal that ends with `outer`, or when the time set last with `within` is over. */
export interface Limit {
  readonly signal: AbortSignal;
  within(ms: number): void;
  end(): void;
  /** Frees what the limit holds; the signal stays as it is. */
  done(): void;
}

export function limit(env: Env, outer?: AbortSignal): Limit {
  const own = new AbortController();
  const end = () => own.abort();
  let stop = () => {};
  if (outer?.aborted) end();
  outer?.addEventListener("abort", end, { once: true });
  return {
    signal: own.signal,
    end,
    within(ms) {
      stop();
      stop = env.after(ms, end);
    },
    done() {
      stop();
      outer?.removeEventListener("abort", end);
    },
  };
}

/** Waits; a wake or the signal makes it shorter. */
export function pause(env: Env, ms: number, signal?: AbortSignal, onResume?: (resume: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const resume = () => {
      stop();
      signal?.removeEventListener("abort", resume);
      resolve();
    };
    const stop = env.after(ms, resume);
    if (signal?.aborted) resume();
    signal?.addEventListener("abort", resume, { once: true });
    onResume?.(resume);
  });
}

const FASTEST_MS = 500;
const SLOWEST_MS = 15_000;

/** How long to wait after the n-th failure in a row: doubling, bounded, and never the same for everybody. */
export function backoff(failures: number, random: number): number {
  return Math.min(SLOWEST_MS, FASTEST_MS * 2 ** failures) * (0.75 + random / 2);
}
