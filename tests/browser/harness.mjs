// Starts the real binary's demo and Debian's Chromium for browser tests, and ends what it started.
// Owns the sizes, languages and colour schemes that pages are looked at in, and where pictures go.
// Knows nothing of any page; refuses to leave a process behind or to use a port that was not free.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { after, afterEach, before } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const OUT = fileURLToPath(new URL("out/", import.meta.url));
export const BINARY = process.env.SAOMA_BIN ?? `${ROOT}target/debug/saoma`;
const CHROMIUM = process.env.SAOMA_CHROMIUM ?? "/usr/bin/chromium-headless-shell";
const START_MS = 30_000;
const END_MS = 10_000;

// A runner that gives up on a file ends it by SIGTERM; what the file started must go with it.
const running = new Set();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

export const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
export const LOCALES = ["zh-CN", "en"];
export const SCHEMES = ["light", "dark"];

/** Every way a page is looked at: eight of them. */
export const LOOKS = Object.keys(SIZES).flatMap((size) =>
  LOCALES.flatMap((locale) => SCHEMES.map((scheme) => ({ size, locale, scheme }))),
);

/** The first line of `stream`, or an error once the process has ended or the time is over. */
async function firstLine(child, stream) {
  const lines = createInterface({ input: stream });
  const over = AbortSignal.timeout(START_MS);
  const line = once(lines, "line", { signal: over }).then(([text]) => text);
  const ended = once(child, "exit", { signal: over }).then(([code, signal]) => {
    throw new Error(`ended before it was ready: ${signal ?? code}`);
  });
  return Promise.race([line, ended]);
}

/** Any command of the binary, or of another program, running: `{pid, log(), end()}`, as for the demo. */
export function startProgram(args, { env = {}, program = BINARY, cwd = ROOT } = {}) {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  child.once("exit", () => running.delete(child));
  let log = "";
  child.once("error", (cause) => (log += cause));
  child.stdout.resume();
  child.stderr.setEncoding("utf8").on("data", (text) => (log += text));
  return { pid: child.pid, log: () => log, end: () => endProcess(child) };
}

/** Waits until a program that was just started answers. */
export async function answering(address) {
  const over = AbortSignal.timeout(30_000);
  for (;;) {
    over.throwIfAborted();
    const answer = await fetch(address, { signal: over }).catch(() => undefined);
    if (answer) return;
    await new Promise((next) => setTimeout(next, 50));
  }
}

// Below what the system hands out by itself: between our look and the server's start, nothing steps in.
const PORTS = { first: 20_000, count: 12_000, step: 40 };
let asked = (process.pid * PORTS.step) % PORTS.count;

/** A port that was free a moment ago, and those `offsets` after it too. */
export async function freePort(offsets = []) {
  for (;;) {
    const port = PORTS.first + (asked++ % PORTS.count);
    const free = await Promise.all([0, ...offsets].map((offset) => isFree(port + offset)));
    if (free.every(Boolean)) return port;
  }
}

async function isFree(port) {
  const server = createServer().listen(port, "127.0.0.1");
  const free = await once(server, "listening").then(() => true, () => false);
  if (free) await new Promise((done) => server.close(done));
  return free;
}

/**
 * `saoma demo` on free ports, or from `port` on where those are free, ready to be visited:
 * `{saoma, admin, sandbox, shop, data, log(), end()}`. `end` asks by SIGTERM and answers the exit code; `log` is
 * what the process wrote to stderr so far.
 */
export async function startDemo({ args = [], env = {}, port = 0 } = {}) {
  const child = spawn(BINARY, ["demo", "--json", "--port", String(port), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (log += text));
  const spawned = once(child, "spawn");
  try {
    await spawned;
    const links = JSON.parse(await firstLine(child, child.stdout));
    child.stdout.resume();
    return { ...links, pid: child.pid, log: () => log, end: () => endProcess(child) };
  } catch (cause) {
    await endProcess(child);
    throw new Error(`the demo did not start (${BINARY}; \`make test-browser\` builds it)\n${log}`, { cause });
  }
}

/** By its own id: politely, then not. */
async function endProcess(child) {
  if (child.pid === undefined) return null; // never started
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const impatient = setTimeout(() => child.kill("SIGKILL"), END_MS);
  const [code] = await exited;
  clearTimeout(impatient);
  return code;
}

/** Shapes of what must be in no log: 256 random bits as we write them, an API token, WeChat's openid. */
const SECRET_SHAPES = [/(?<![\w-])[\w-]{43}(?![\w-])/, /saoma_adm_/, /(?<![\w-])o[\w-]{27}(?![\w-])/];

/** SEC-04: whatever people did in the browser, the log has no secret of the owner's and nothing of these shapes. */
function assertNoSecret({ owner, log }) {
  const text = log();
  for (const secret of [owner.password, ...owner.codes]) assert.ok(!text.includes(secret), "a secret of the owner is in the log");
  for (const shape of SECRET_SHAPES) assert.doesNotMatch(text, shape);
}

/** The demo and the browser of one test file, from `before` to `after`; the demo must end well. */
export function stage(options) {
  const set = {};
  before(async () => {
    set.demo = await startDemo(options);
    set.browser = await startBrowser();
  });
  after(async () => {
    await set.browser?.close();
    const code = await set.demo?.end();
    assert.equal(code ?? 0, 0, set.demo?.log());
    if (set.demo) assertNoSecret(set.demo);
  });
  return set;
}

/** One Chromium for a test file; `close()` it in `after`. It talks to nobody by itself. */
export function startBrowser() {
  return chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

const visitors = new Set();

/** What stands on a page: its address and words, and whatever says its state. */
async function shows(page) {
  const words = async (part) => `${(await part.getAttribute("data-state")) ?? ""} ${(await part.innerText()).replace(/\s+/g, " ")}`;
  const parts = await Promise.all([page.locator("body"), ...(await page.locator("[data-state]:visible").all())].map(words));
  return [page.url(), ...parts].join("\n  ");
}

// A failed test says what its people saw, and leaves none of them behind for the next.
afterEach(async (test) => {
  for (const person of test.passed ? [] : visitors) {
    for (const page of person.context.pages()) test.diagnostic(await shows(page).catch(String));
    test.diagnostic(`its browser complained of: ${person.errors.join(" | ") || "nothing"}`);
    await person.close();
  }
});

/**
 * A visitor of their own: cookies, storage and a page, in one look; `scripted` says whether scripts run. `asked` collects every address that the
 * visitor's pages ask for, `errors` what goes wrong in their scripts and what the browser complains of.
 */
export async function visitor(browser, { size = "desktop", locale = "zh-CN", scheme = "light", ...more } = {}) {
  const context = await browser.newContext({
    viewport: SIZES[size],
    deviceScaleFactor: size === "phone" ? 2 : 1,
    hasTouch: size === "phone",
    locale,
    colorScheme: scheme,
    reducedMotion: "reduce",
    ...more,
  });
  const asked = [];
  const errors = [];
  context.on("request", (request) => asked.push(request.url()));
  context.on("weberror", (error) => errors.push(String(error.error())));
  context.on("console", (said) => ["error", "warning"].includes(said.type()) && errors.push(`${said.type()}: ${said.text()}`));
  const page = await context.newPage();
  const scripted = more.javaScriptEnabled !== false;
  const person = { context, page, asked, errors, scripted, look: { size, locale, scheme }, close: () => context.close() };
  visitors.add(person);
  context.once("close", () => visitors.delete(person));
  return person;
}

/** Addresses that are none of the demo's own: what a page must never ask for. */
export function strangers(asked, demo) {
  const own = new Set([demo.saoma, demo.admin, demo.sandbox, demo.shop].filter(Boolean).map((link) => new URL(link).host));
  return asked.filter((address) => {
    const { protocol, host } = new URL(address);
    return !["data:", "blob:", "about:"].includes(protocol) && !own.has(host);
  });
}

/** Waits until fonts and pictures of a page are there. */
export async function settled(page) {
  await page.evaluate(() => document.fonts.ready);
  await page.waitForFunction(() => [...document.images].every((one) => !one.src || (one.complete && one.naturalWidth > 0)));
}

/** A picture in tests/browser/out, named after what it shows and the look; answers its path. */
export async function picture(person, name) {
  mkdirSync(OUT, { recursive: true });
  const { size, locale, scheme } = person.look;
  const path = `${OUT}${name}-${size}-${locale}-${scheme}.png`;
  await settled(person.page);
  await person.page.screenshot({ path, fullPage: true, animations: "disabled" });
  return path;
}
