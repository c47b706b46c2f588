// The shop's login page: asks the shop's back end for an attempt, Saoma for a code, and shows how it goes.
// The verifier stays on the server; this tab keeps only the Login it began, so that a reload resumes it.

import { connect, isSettled, Problem } from "./saoma-login.js";
import { bind } from "./login-view.js";

const KEPT = "sign-in";
const TICK_MS = 600; // long enough to see the tick, short enough not to wait for it

const root = document.getElementById("sign-in");
const { saoma: base, clientId, redirectUri } = root.dataset;
const saoma = connect(base);
const view = bind(root);
const keep = (value) => sessionStorage.setItem(KEPT, JSON.stringify(value));
const forget = () => sessionStorage.removeItem(KEPT);

let running = new AbortController();
let ways = [];
let way;

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

/** Everything of one attempt hangs on one signal; a newer attempt ends the older. */
function renew() {
  running.abort();
  running = new AbortController();
  view.network(true);
  return running.signal;
}

async function guarded(work) {
  const signal = renew();
  try {
    await work(signal);
  } catch (error) {
    if (signal.aborted) return;
    view.problem(error instanceof Problem ? error : new Problem("unknown"));
  }
}

/** The shop's own back end makes state and verifier and remembers them in its session. */
async function attempt(signal) {
  let response;
  try {
    response = await fetch("/login/start", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ kind: way.kind, title: way.title }),
      signal,
    });
  } catch {
    throw new Problem("network");
  }
  if (!response.ok) throw new Problem("unknown", { status: response.status });
  return response.json();
}

async function begin(signal) {
  forget();
  view.state("loading");
  const { code_challenge, state } = await attempt(signal);
  const request = {
    client_id: clientId,
    provider: way.slug,
    redirect_uri: redirectUri,
    code_challenge,
    code_challenge_method: "S256",
    state,
    locale: document.documentElement.lang,
  };
  const login = await saoma.begin(request, { signal });
  const all = { ...login, provider: way.slug, whole: login.expires_in };
  keep(all);
  await watch(all, signal);
}

/** Shows a Login and follows it to its end. */
async function watch(login, signal) {
  try {
    await view.picture(new URL(login.challenge.image_url, base).href);
  } catch {
    // Once scanned, nobody needs the picture any more.
    if (login.stage === "pending") throw new Problem("picture");
  }
  if (signal.aborted) return;
  show(login, login);
  try {
    await saoma.follow(login, { signal, onView: (now) => show(login, now), onNetwork: view.network });
  } catch (error) {
    // The Login is gone: too old, or swept away while this page slept.
    if (error.status !== 404) throw error;
    show(login, { ...login, stage: "expired" });
  }
  if (!signal.aborted && login.stage === "confirmed") await complete(login, signal);
}

const STATES = {
  pending: "code",
  scanned: "scanned",
  confirmed: "confirmed",
  redeemed: "confirmed",
  denied: "declined",
  conflict: "conflict",
  expired: "expired",
  cancelled: "expired",
};

function show(login, now) {
  // A scan may extend the time; the ring then begins anew from the longer whole.
  Object.assign(login, { stage: now.stage, version: now.version, whole: Math.max(login.whole, now.expires_in) });
  if (isSettled(now.stage) && now.stage !== "confirmed") forget();
  else keep(login);
  const state = STATES[now.stage];
  if (!state) {
    view.problem({ code: now.reason ?? "failed" });
    return;
  }
  view.state(state);
  if (state === "code" || state === "scanned") view.countDown(now.expires_in, login.whole);
}

async function complete(login, signal) {
  const [{ redirect_to }] = await Promise.all([
    saoma.complete(login, { signal }),
    new Promise((seen) => setTimeout(seen, TICK_MS)),
  ]);
  forget();
  // Never follow an address that is not the shop's own callback.
  if (!redirect_to?.startsWith(`${redirectUri}?`)) throw new Problem("unknown");
  location.replace(redirect_to);
}

/** After a reload, or when a phone brings the page back: the same Login, if it still lives. */
async function resume(known, signal) {
  let now;
  try {
    now = await saoma.read(known, { signal });
  } catch (error) {
    if (error.passing) throw error;
    return begin(signal);
  }
  if (isSettled(now.stage) && now.stage !== "confirmed") return begin(signal);
  return watch({ ...known, ...now, challenge: known.challenge, whole: known.whole }, signal);
}

function choose(other) {
  if (other.slug === way.slug) return;
  const left = kept();
  way = other;
  view.choose(way);
  guarded(begin);
  // Only a courtesy: what is not cancelled expires by itself.
  if (left) saoma.cancel(left).catch(() => {});
}

async function open(signal) {
  view.state("loading");
  ways = (await saoma.client(clientId, { signal })).providers;
  const known = kept();
  way = ways.find((one) => one.slug === (known?.provider ?? way?.slug)) ?? ways[0];
  if (!way) throw new Problem("no_ways");
  view.ways(ways, way, choose);
  await (known?.provider === way.slug ? resume(known, signal) : begin(signal));
}

const start = () => guarded(open);
view.onRefresh(() => guarded(begin));
view.onRetry(start);
// Restored from the back-forward cache, the page is as it was but its requests are dead.
addEventListener("pageshow", (event) => {
  if (event.persisted) start();
});
start();
