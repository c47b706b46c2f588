// What the component looks like in each state: which words and signs show, the countdown, the tabs, what is
// read aloud. Speaks to no server and decides nothing.

import { DigitsForm } from "./digits.js";
import { adopt, h, s, textOn } from "./dom.js";
import type { OfferedProvider } from "./generated/login/index.js";
import type { SaomaError } from "./problem.js";
import { STYLE } from "./style.js";
import { type Locale, type Shown, fill, isWeChat, nameOf, textsOf } from "./texts.js";

const SOON_SECONDS = 30;
const SHORT_SECONDS = 20;
const TICK_MS = 250;
const FRAME = "M148 3H263a30 30 0 0 1 30 30V263a30 30 0 0 1-30 30H33A30 30 0 0 1 3 263V33A30 30 0 0 1 33 3z";

/** What the visitor does. */
export interface Acts {
  onRefresh(): void;
  onRetry(): void;
  onChoose(way: OfferedProvider): void;
  /** Six digits. */
  onDigits(digits: string): void;
}

/** What a state shows besides its words. */
export interface Details {
  /** Two digits that the phone asks for. */
  number?: string;
  /** Where a redirect leads. */
  url?: string;
  /** Opens the vendor's app on this phone, in the place of a code that this phone cannot scan. */
  open?: string;
  /** Why it ended; a few reasons have words of their own. */
  reason?: string;
}

const WITHOUT_SIGN: ReadonlySet<string> = new Set(["loading", "code"]);
/** While these last, so does the login. */
const TIMED: ReadonlySet<string> = new Set(["code", "open", "scanned", "digits"]);

/** Line drawings, one for each state that has no code to show. */
const SIGNS: Record<string, [tone: string, ...paths: string[]]> = {
  open: ["accent", "M24 8h16a5 5 0 0 1 5 5v38a5 5 0 0 1-5 5H24a5 5 0 0 1-5-5V13a5 5 0 0 1 5-5zM28 48.5h8M27 34l9-9M29 25h7v7"],
  go: ["accent", "M20 16h24v32H20zM10 32h26M28 24l8 8-8 8"],
  scanned: ["accent waits", "M24 8h16a5 5 0 0 1 5 5v38a5 5 0 0 1-5 5H24a5 5 0 0 1-5-5V13a5 5 0 0 1 5-5zM28 48.5h8M25.5 30l5 5 8.5-9.5"],
  digits: ["accent waits", "M12 20h40a4 4 0 0 1 4 4v16a4 4 0 0 1-4 4H12a4 4 0 0 1-4-4V24a4 4 0 0 1 4-4zM19 32h.1M32 32h.1M45 32h.1"],
  confirmed: ["good", "m18 33 10 10 19-21"],
  here: ["good", "m18 33 10 10 19-21"],
  elsewhere: ["good", "m18 33 10 10 19-21"],
  expired: ["plain", "M32 15a19 19 0 1 1 0 38 19 19 0 0 1 0-38zM32 23v11l7 5M26 8h12"],
  declined: ["bad", "m22 22 20 20M42 22 22 42"],
  conflict: ["warn", "M24 18a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM42 18a7 7 0 1 1 0 14 7 7 0 0 1 0-14z", "M11 47q2-11 13-11 6 0 9 3.5Q36 36 42 36q10 0 12 11"],
  error: ["warn", "M32 20v16M32 43.5v.5", "M32 9 57 52H7z"],
};

/** The component's face, in one language. */
export class View {
  readonly #locale: Locale;
  readonly #acts: Acts;
  readonly #root = h("div", { class: "root", part: "root" });
  readonly #ways = h("div", { class: "ways", part: "ways", hidden: true });
  readonly #panel = h("div", { class: "panel", part: "panel", id: "panel" });
  readonly #code = h("img", { class: "code", part: "code", width: "248", height: "248", hidden: true });
  readonly #ringLeft = s("path", { class: "ring-left", pathLength: "100", d: FRAME });
  readonly #sketch = h("div", { class: "sketch", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
  readonly #sign = h("div", { "aria-hidden": "true", hidden: true });
  readonly #number = h("p", { class: "number", part: "number", hidden: true });
  readonly #clock = h("b");
  readonly #time: HTMLElement;
  readonly #title = h("h2", { part: "title" });
  readonly #text = h("p", { part: "text" });
  readonly #problemCode = h("p", { class: "fine", hidden: true });
  readonly #go = h("a", { class: "button", part: "button go", target: "_top", hidden: true });
  readonly #open = h("a", { class: "button", part: "button open", hidden: true });
  readonly #another = h("button", { class: "button quiet", part: "button another", type: "button", hidden: true });
  readonly #refresh = h("button", { class: "button", part: "button refresh", type: "button", hidden: true });
  readonly #retry = h("button", { class: "button", part: "button retry", type: "button", hidden: true });
  readonly #digits: DigitsForm;
  readonly #offline: HTMLElement;
  readonly #samePhone = h("p", { class: "fine same-phone", hidden: true });
  readonly #spoken = h("p", { class: "spoken", role: "status", "aria-live": "polite" });
  #list: readonly OfferedProvider[] = [];
  #way: OfferedProvider | undefined;
  /** Whether the visitor wants to see the code although this phone could open the app. */
  #onAnother = false;
  #clockTimer: ReturnType<typeof setInterval> | undefined;
  #retryTimer: ReturnType<typeof setInterval> | undefined;

  constructor(shadow: ShadowRoot, locale: Locale, acts: Acts) {
    this.#locale = locale;
    this.#acts = acts;
    const texts = textsOf(locale);
    this.#root.lang = locale;
    this.#ways.setAttribute("aria-label", texts.ways);
    this.#time = h("p", { class: "time", part: "time", role: "timer", hidden: true }, h("span", {}, texts.valid), " ", this.#clock);
    this.#offline = h("p", { class: "notice", part: "offline", hidden: true }, texts.offline);
    this.#retry.append(texts.retry);
    this.#refresh.addEventListener("click", () => acts.onRefresh());
    this.#retry.addEventListener("click", () => acts.onRetry());
    this.#another.append(texts.another);
    this.#digits = new DigitsForm(texts, (digits) => acts.onDigits(digits));
    const ring = s("svg", { class: "ring", viewBox: "0 0 296 296", "aria-hidden": "true" }, s("path", { class: "ring-track", d: FRAME }), this.#ringLeft);
    const frame = h("div", { class: "frame", part: "frame" }, this.#code, ring, this.#sketch, this.#sign);
    const words = h("div", { class: "words", part: "words" }, this.#title, this.#text, this.#problemCode);
    const actions = h("p", { class: "actions" }, this.#go, this.#open, this.#another, this.#refresh, this.#retry);
    this.#panel.append(frame, h("div", { class: "below" }, this.#number, this.#time, words, this.#digits.element, actions, this.#offline, this.#samePhone, this.#spoken));
    this.#root.append(this.#ways, this.#panel);
    shadow.replaceChildren(this.#root);
    adopt(shadow, STYLE);
  }

  /** Ends what ticks. */
  close(): void {
    this.#stopClock();
    clearInterval(this.#retryTimer);
  }

  /** The website's own colour, unless its style sheet says another. */
  accent(color: string | undefined): void {
    if (!color || !/^#[0-9a-f]{6}$/i.test(color)) return;
    this.#root.style.setProperty("--client-brand", color);
    this.#root.style.setProperty("--client-on-brand", textOn(color));
  }

  /** Switches to a state. */
  show(wanted: Shown, details: Details = {}): void {
    const { number, url, open, reason } = details;
    const opens = wanted === "code" && isApp(open);
    const state = opens && !this.#onAnother ? "open" : wanted;
    const texts = textsOf(this.#locale);
    const kind = this.#way?.kind ?? "";
    const way = this.#way ? nameOf(this.#way, this.#locale, this.#list) : "";
    const app = isWeChat(kind) ? (this.#locale === "en" ? "WeChat" : "微信") : texts.app;
    const asksNumber = state === "scanned" && number !== undefined;
    // An account asks for the number in its chat, or offers it on its page: only the phone knows which.
    const answer = kind === "wechat_service_account" ? texts.answer : texts.choose;
    const { title, text } = asksNumber ? answer : (texts.reasons[reason ?? ""] ?? texts.states[state]);
    const hint = this.#way?.hint[this.#locale === "en" ? "en" : "zh"];
    this.#code.alt = isWeChat(kind) ? texts.qrWeChat : texts.qr;
    this.#go.textContent = fill(texts.go, { way });
    this.#go.hidden = state !== "go";
    if (url) this.#go.href = url;
    this.#open.textContent = fill(texts.open, { app });
    this.#open.hidden = !opens;
    if (opens && open) this.#open.setAttribute("href", open);
    this.#another.hidden = state !== "open";
    this.#another.onclick = () => {
      this.#onAnother = true;
      this.show(wanted, details);
    };
    // Whoever scanned may have closed their page by mistake, or be somebody else.
    const scanned = state === "scanned" || state === "digits";
    this.#refresh.hidden = !scanned && !["expired", "declined", "conflict"].includes(state);
    this.#refresh.classList.toggle("quiet", scanned);
    this.#refresh.textContent = scanned ? texts.instead : texts.refresh;
    this.#samePhone.hidden = state !== "code" || opens || !isWeChat(kind);
    this.#samePhone.textContent = /MicroMessenger/i.test(navigator.userAgent) ? texts.inWeChat : texts.samePhone;
    this.#showNumber(["code", "open", "scanned"].includes(state) ? number : undefined);
    // What a service account asks for stands on the way of its code, not on that of a button.
    const hinted = state === "code" || (state === "go" && kind !== "wechat_service_account");
    const said = hinted ? (hint ?? text) : text;
    this.#switch(state, fill(title, { app, way }), fill(said, { app, way }));
    if (state !== "loading") this.#speak([this.#title, this.#text, this.#number]);
  }

  /** Says what went wrong and what to do, by the stable code; an unknown code gets the general words. */
  problem({ code, retryAfter }: Pick<SaomaError, "code" | "retryAfter">): void {
    const texts = textsOf(this.#locale);
    const words = texts.problems[code] ?? texts.problems.unknown;
    this.#go.hidden = this.#open.hidden = this.#another.hidden = this.#refresh.hidden = this.#samePhone.hidden = true;
    this.#showNumber(undefined);
    this.#switch("error", words?.title ?? "", words?.text ?? "");
    this.#root.dataset.code = code;
    this.#problemCode.replaceChildren(`${texts.problemCode}: `, h("code", {}, code));
    this.#problemCode.hidden = false;
    this.#retry.hidden = false;
    this.#holdRetry(retryAfter);
    this.#speak([this.#title, this.#text]);
  }

  #switch(state: string, title: string, text: string): void {
    this.#root.dataset.state = state;
    delete this.#root.dataset.code;
    this.#title.textContent = title;
    this.#text.textContent = text;
    this.#retry.hidden = this.#problemCode.hidden = true;
    this.#code.hidden = !this.#code.src || ["loading", "error", "go", "open"].includes(state);
    this.#code.inert = state !== "code";
    this.#sketch.hidden = state !== "loading";
    this.#sign.hidden = WITHOUT_SIGN.has(state);
    const [tone, ...paths] = SIGNS[state] ?? ["plain"];
    this.#sign.className = `sign ${tone}`;
    const tick = tone === "good" ? { class: "tick", pathLength: "1" } : {};
    this.#sign.replaceChildren(s("svg", { viewBox: "0 0 64 64" }, ...paths.map((d) => s("path", { d, ...tick }))));
    this.#digits.shown(state === "digits");
    if (!TIMED.has(state)) this.#stopClock();
  }

  #showNumber(number: string | undefined): void {
    const { number: label, numberText, chooseText } = textsOf(this.#locale);
    const what = this.#way?.kind === "wechat_service_account" ? numberText : chooseText;
    this.#number.hidden = !number;
    this.#number.replaceChildren(h("span", { class: "spoken" }, `${label}: `), h("b", {}, number ?? ""), h("span", {}, what));
  }

  /** How giving the digits went, unless they were right: so many tries are left, or nothing arrived. */
  digitsRefused(left: number | undefined): void {
    this.#digits.refused(left);
  }

  #speak(parts: HTMLElement[]): void {
    const shown = parts.filter((part) => !part.hidden).map((part) => part.textContent);
    const words = shown.join(" ");
    if (this.#spoken.textContent !== words) this.#spoken.textContent = words;
  }

  #holdRetry(seconds: number): void {
    clearInterval(this.#retryTimer);
    const { retry, retryIn } = textsOf(this.#locale);
    const until = performance.now() + seconds * 1_000;
    const tick = () => {
      const left = Math.ceil((until - performance.now()) / 1_000);
      this.#retry.disabled = left > 0;
      this.#retry.textContent = left > 0 ? fill(retryIn, { seconds: String(left) }) : retry;
      if (left <= 0) clearInterval(this.#retryTimer);
    };
    if (seconds > 0) this.#retryTimer = setInterval(tick, TICK_MS);
    tick();
  }

  #stopClock(): void {
    clearInterval(this.#clockTimer);
    this.#time.hidden = true;
    this.#root.classList.remove("is-timed", "is-short");
  }

  /** Counts down `left` of `whole` seconds; the server's remaining time counts, not this computer's clock. */
  countDown(left: number, whole: number): void {
    this.#stopClock();
    const until = performance.now() + left * 1_000;
    let warned = left <= SOON_SECONDS;
    const tick = () => {
      const rest = Math.max(0, (until - performance.now()) / 1_000);
      const seconds = Math.ceil(rest);
      this.#clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      this.#ringLeft.style.strokeDashoffset = String(100 - (100 * rest) / Math.max(whole, 1));
      this.#root.classList.toggle("is-short", seconds <= SHORT_SECONDS);
      if (!warned && seconds <= SOON_SECONDS) {
        warned = true;
        this.#spoken.textContent = textsOf(this.#locale).soon;
      }
      if (rest === 0) clearInterval(this.#clockTimer);
    };
    this.#time.hidden = false;
    this.#root.classList.add("is-timed");
    this.#clockTimer = setInterval(tick, TICK_MS);
    tick();
  }

  /** Loads the picture; rejects when it does not come, or not before the signal ends. */
  picture(address: string, signal: AbortSignal): Promise<void> {
    // Not `decode()`: a browser may put that off for as long as nobody looks at the page.
    return new Promise((loaded, failed) => {
      const once = { once: true, signal };
      this.#code.addEventListener("load", () => loaded(), once);
      this.#code.addEventListener("error", failed, once);
      signal.addEventListener("abort", failed, { once: true });
      if (signal.aborted) return failed(signal.reason);
      this.#code.src = address;
    });
  }

  network(reachable: boolean): void {
    this.#offline.hidden = reachable;
  }

  /** Several ways become tabs, a single one a quiet label. */
  ways(list: readonly OfferedProvider[], chosen: OfferedProvider | undefined): void {
    const tabs = list.length > 1;
    this.#list = list;
    this.#ways.toggleAttribute("data-single", !tabs);
    this.#ways.hidden = list.length === 0;
    if (tabs) {
      this.#ways.setAttribute("role", "tablist");
      this.#panel.setAttribute("role", "tabpanel");
    }
    const items = list.map((way) => this.#item(way, tabs));
    if (tabs) for (const item of items) item.addEventListener("keydown", (event) => step(event, items));
    this.#ways.replaceChildren(...items);
    this.choose(chosen);
  }

  #item(way: OfferedProvider, isTab: boolean): HTMLElement {
    const name = nameOf(way, this.#locale, this.#list);
    const common = { part: "way", "data-slug": way.slug };
    if (!isTab) return h("span", common, name);
    const tab = h("button", { ...common, type: "button", role: "tab", id: `way-${way.slug}`, "aria-controls": "panel" }, name);
    tab.addEventListener("click", () => this.#acts.onChoose(way));
    return tab;
  }

  choose(way: OfferedProvider | undefined): void {
    this.#way = way;
    for (const tab of this.#ways.querySelectorAll<HTMLElement>('[role="tab"]')) {
      const chosen = tab.dataset.slug === way?.slug;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen) this.#panel.setAttribute("aria-labelledby", tab.id);
    }
  }
}

/** Whether an address opens an app: its own scheme, or a page of the vendor's that does. */
const isApp = (address: string | undefined): boolean => /^(weixin|https):\/\//.test(address ?? "");

/** Arrow keys, Home and End move among tabs (WAI-ARIA, tabs pattern). */
function step(event: KeyboardEvent, items: readonly HTMLElement[]): void {
  const at = items.indexOf(event.currentTarget as HTMLElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const next = items[(to + items.length) % items.length];
  next?.focus();
  next?.click();
}
