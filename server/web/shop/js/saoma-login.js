// Talks to Saoma's login API from a web page: begin, follow, complete, cancel.
// It knows no page and no website: whoever imports it renders. It keeps nothing; the caller stores
// `login_id` and `browser_secret` where a reload finds them. One live stream, long-polling when that fails.

const OPEN_MS = 3_000; // a stream that is silent for so long did not open
const QUIET_MS = 45_000; // and one that is silent for so long is dead; the server's heartbeat is quicker
const LIVED_MS = 5_000; // a stream that broke sooner is not worth opening again
const ANSWER_MS = 15_000;
const WAIT_SECONDS = 25;
const SLOWEST_MS = 15_000;

const ENDS = new Set(["redeemed", "denied", "expired", "cancelled", "conflict", "failed"]);

/** Whether following is over: the Login ended, or waits only to be completed. */
export const isSettled = (stage) => stage === "confirmed" || ENDS.has(stage);

/** A refusal by Saoma (RFC 9457) or, with code `network`, no answer at all. */
export class Problem extends Error {
  constructor(code, { status = 0, retryAfter = 0 } = {}) {
    super(code);
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** Asking again may help: nothing answered, or the server was busy. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

async function problemOf(response) {
  const body = await response.json().catch(() => ({}));
  const retryAfter = Number.parseInt(response.headers.get("retry-after") ?? "", 10) || 0;
  return new Problem(typeof body.code === "string" ? body.code : "unknown", { status: response.status, retryAfter });
}

/** A signal that ends with `outer`, or when the time set with `within` is up. */
function deadline(outer) {
  const own = new AbortController();
  const end = () => own.abort();
  let timer;
  if (outer?.aborted) end();
  outer?.addEventListener("abort", end, { once: true });
  return {
    signal: own.signal,
    end,
    within(ms) {
      clearTimeout(timer);
      timer = setTimeout(end, ms);
    },
    done() {
      clearTimeout(timer);
      outer?.removeEventListener("abort", end);
    },
  };
}

/** Splits a text/event-stream into its events; comments (heartbeats) yield nothing. */
export function eventParser(onEvent) {
  let pending = "";
  return (text) => {
    const blocks = (pending + text).split(/\r?\n\r?\n/);
    pending = blocks.pop();
    for (const block of blocks) {
      const event = { name: "message", data: [] };
      for (const line of block.split(/\r?\n/)) {
        const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line);
        if (field === "event") event.name = value;
        if (field === "data") event.data.push(value);
      }
      if (event.data.length > 0) onEvent(event.name, event.data.join("\n"));
    }
  };
}

/** The login API of the Saoma at `base`. Every call takes an AbortSignal and rejects with a Problem. */
export function connect(base) {
  const root = `${base.replace(/\/$/, "")}/api/v1`;
  const loginPath = (login) => `/logins/${encodeURIComponent(login.login_id)}`;

  async function send(path, { method = "GET", body, login, headers = {}, signal, keepalive } = {}) {
    const all = { accept: "application/json", ...headers };
    if (body) all["content-type"] = "application/json";
    if (login) all.authorization = `Bearer ${login.browser_secret}`;
    const init = { method, headers: all, signal, keepalive, cache: "no-store", credentials: "omit" };
    if (body) init.body = JSON.stringify(body);
    let response;
    try {
      response = await fetch(root + path, init);
    } catch {
      throw new Problem("network");
    }
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  async function call(path, { signal, ms = ANSWER_MS, ...options } = {}) {
    const limit = deadline(signal);
    limit.within(ms);
    try {
      const response = await send(path, { ...options, signal: limit.signal });
      return await response.json();
    } catch (error) {
      throw error instanceof Problem ? error : new Problem("network");
    } finally {
      limit.done();
    }
  }

  const read = (login, { version, signal } = {}) => {
    const query = version === undefined ? "" : `?after_version=${version}&wait=${WAIT_SECONDS}`;
    const ms = version === undefined ? ANSWER_MS : WAIT_SECONDS * 1000 + ANSWER_MS;
    return call(loginPath(login) + query, { login, signal, ms });
  };

  /** Reads one stream to its end. Resolves when the server ended it; any break rejects. */
  async function stream(login, { version, onView, settled }, limit) {
    limit.within(OPEN_MS);
    const headers = { accept: "text/event-stream", "last-event-id": String(version) };
    const response = await send(`${loginPath(login)}/events`, { login, headers, signal: limit.signal });
    if (response.status === 204 || !response.body) return;
    const parse = eventParser((name, data) => {
      if (name === "stage") onView(JSON.parse(data));
    });
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      limit.within(QUIET_MS);
      parse(decoder.decode(value, { stream: true }));
      // `confirmed` is no end for the server, but nothing more is to be heard.
      if (settled()) return reader.cancel();
    }
  }

  /**
   * Follows a Login until it is settled, the signal ends it, or Saoma refuses for good.
   * `onView` gets every view that is newer than the last; `onNetwork` hears whether Saoma is in reach.
   */
  async function follow(login, { signal, onView, onNetwork = () => {} }) {
    let { version, stage } = login;
    let streaming = true;
    let failures = 0;
    const take = (view) => {
      onNetwork(true);
      failures = 0;
      if (view.version <= version && stage) return;
      ({ version, stage } = view);
      onView(view);
    };
    const wake = waker(signal);
    try {
      while (!signal.aborted && !isSettled(stage)) {
        const began = Date.now();
        const step = deadline(signal);
        wake.while(step);
        try {
          if (streaming) {
            await stream(login, { version, onView: take, settled: () => isSettled(stage) }, step);
            streaming = !isSettled(stage) && Date.now() - began > LIVED_MS;
          } else {
            const before = version;
            // After a failure the first answer should come at once, to know that Saoma is back.
            take(await read(login, { version: failures > 0 ? undefined : version, signal: step.signal }));
            if (version === before && Date.now() - began < 1_000) await wake.sleep(1_000);
          }
        } catch (error) {
          if (signal.aborted) return;
          if (error.status) onNetwork(true); // a refusal is an answer
          if (error instanceof Problem && !error.passing) throw error;
          if (streaming) {
            streaming = Date.now() - began > LIVED_MS;
            continue;
          }
          failures += 1;
          if (!error.status) onNetwork(false);
          const pause = Math.min(SLOWEST_MS, 500 * 2 ** failures) * (0.75 + Math.random() / 2);
          await wake.sleep(Math.max(pause, (error.retryAfter ?? 0) * 1000));
        } finally {
          step.done();
        }
      }
    } finally {
      wake.done();
    }
  }

  return {
    client: (clientId, options) => call(`/clients/${encodeURIComponent(clientId)}`, options),
    begin: (request, options) => call("/logins", { ...options, method: "POST", body: request }),
    read,
    follow,
    /** Safe to repeat: each call replaces the code, so a lost answer costs nothing. */
    async complete(login, { signal } = {}) {
      for (let tries = 1; ; tries += 1) {
        try {
          return await call(`${loginPath(login)}/complete`, { method: "POST", login, signal });
        } catch (error) {
          if (tries === 4 || !error.passing || signal?.aborted) throw error;
          await new Promise((resume) => setTimeout(resume, Math.max(500 * 2 ** tries, error.retryAfter * 1000)));
        }
      }
    },
    cancel: (login) => call(`${loginPath(login)}/cancel`, { method: "POST", login, keepalive: true }),
  };
}

/** Shortens a wait when the network returns or the page is looked at again, as after a phone's sleep. */
function waker(signal) {
  let resume = () => {};
  let step;
  let since = 0;
  const network = () => {
    step?.end();
    resume();
  };
  const seen = () => {
    if (document.visibilityState !== "visible") since = Date.now();
    else if (since && Date.now() - since > LIVED_MS) network();
  };
  const end = () => resume();
  addEventListener("online", network);
  document.addEventListener("visibilitychange", seen);
  signal.addEventListener("abort", end);
  return {
    while(running) {
      step = running;
    },
    sleep: (ms) =>
      new Promise((done) => {
        resume = done;
        setTimeout(done, ms);
      }),
    done() {
      removeEventListener("online", network);
      document.removeEventListener("visibilitychange", seen);
      signal.removeEventListener("abort", end);
    },
  };
}
