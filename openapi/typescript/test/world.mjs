// What the tests stand in for: a clock moved by hand, and a Saoma that answers as each test says.
// Loads the sources as they are now, through the bundler; no real time passes and no socket opens.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** One module of `src`, as it is now. */
export async function load(name) {
  const entry = fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false, target: "node20" });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

export const SERVER = "https://login.example.com";

/** A view as the server sends it. */
export const view = (stage, version = 1, more = {}) => ({
  login_id: "lgn_1",
  stage,
  version,
  expires_at: "2030-01-01T00:00:00Z",
  expires_in: 120,
  challenge: { type: "qr_image", image_url: `${SERVER}/api/v1/qr/x` },
  ...more,
});

/** Lets everything happen that waits for nothing but its turn. */
export async function settle() {
  for (let turn = 0; turn < 12; turn += 1) await new Promise((next) => setImmediate(next));
}

const aborted = () => new DOMException("aborted", "AbortError");

/** An answer of JSON. */
export const json = (body, init = {}) => new Response(JSON.stringify(body), { ...init, headers: { "content-type": "application/json", ...init.headers } });

/** A refusal. */
export const refusal = (status, code, headers = {}) => json({ type: "about:blank", title: "", status, code, detail: "" }, { status, headers });

/** The outside: `at` says what answers; `asked` is what was asked; `advance` lets time pass. */
export class World {
  asked = [];
  random = () => 0.5;
  #now = 0;
  #timers = new Set();
  #wakers = new Set();

  constructor(answer) {
    this.answer = answer;
  }

  get env() {
    return {
      fetch: (input, init) => this.#fetch(input, init),
      now: () => this.#now,
      random: () => this.random(),
      after: (ms, act) => {
        const timer = { at: this.#now + Math.max(0, ms), act };
        this.#timers.add(timer);
        return () => this.#timers.delete(timer);
      },
      onWake: (act) => {
        this.#wakers.add(act);
        return () => this.#wakers.delete(act);
      },
    };
  }

  /** What still waits: nothing, once all is over. */
  get waiting() {
    return this.#timers.size + this.#wakers.size;
  }

  wake() {
    this.#wakers.forEach((act) => act());
    return settle();
  }

  async advance(ms) {
    await settle();
    const until = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#now = next.at;
      this.#timers.delete(next);
      next.act();
      await settle();
    }
    this.#now = until;
    await settle();
  }

  async #fetch(input, init) {
    const request = new Request(input, init?.signal ? { ...init } : init);
    const signal = init?.signal ?? request.signal;
    const { pathname, searchParams } = new URL(request.url);
    const body = request.method === "POST" ? await request.clone().text() : undefined;
    const asked = { method: request.method, path: pathname, query: searchParams, headers: request.headers, body, at: this.#now };
    this.asked.push(asked);
    const gone = new Promise((_, reject) => {
      if (signal.aborted) reject(aborted());
      signal.addEventListener("abort", () => reject(aborted()), { once: true });
    });
    gone.catch(() => {});
    return Promise.race([Promise.resolve().then(() => this.answer(asked, signal)), gone]);
  }
}

/** A stream of events under the test's hand. */
export function stream(signal) {
  let out;
  const body = new ReadableStream({ start: (controller) => (out = controller) });
  signal.addEventListener("abort", () => out.error(aborted()), { once: true });
  const write = (text) => out.enqueue(new TextEncoder().encode(text));
  return {
    response: new Response(body, { headers: { "content-type": "text/event-stream" } }),
    stage: (view) => write(`event: stage\nid: ${view.version}\ndata: ${JSON.stringify(view)}\n\n`),
    write,
    end: () => out.close(),
    break: () => out.error(new TypeError("terminated")),
  };
}
