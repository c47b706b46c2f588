// `<saoma-login>`: offers the ways side by side, shows a code, follows it, and leads the visitor on.
// Owns the course of events of one component; how it looks is view.ts, how a site is built is modes.ts.

import { isSettled } from "./follow.js";
import type { ClientView, LoginView, OfferedProvider, Stage } from "./generated/login/index.js";
import { limit, pause } from "./env.js";
import { type Kept, Keeper } from "./keep.js";
import { ClientIdMode, type Finish, type Mode, type Offer, StartUrlMode, type Tokens } from "./modes.js";
import { SaomaError } from "./problem.js";
import { runLogin } from "./run.js";
import { Saoma } from "./saoma.js";
import { type Locale, type Shown, chooseLocale } from "./texts.js";
import { View } from "./view.js";

/** Long enough to see that it worked, short enough not to wait for it. */
const SEEN_MS = 600;
/** A picture that takes longer does not come. */
const PICTURE_MS = 20_000;
/** How often a code that nobody scanned is renewed by itself; a page left open must not ask for ever. */
const RENEWALS = 2;
const MOST_RENEWALS = 20;

/** What only whoever built the page can mend. */
const FOR_DEVELOPERS: ReadonlySet<string> = new Set(["unknown", "misconfigured", "origin_not_allowed", "invalid_field", "no_redirect"]);

/** Wrong digits that end a login, as Saoma counts them. */
const DIGIT_TRIES = 3;

const SHOWN: Partial<Record<Stage, Shown>> = {
  scanned: "scanned",
  confirmed: "confirmed",
  redeemed: "confirmed",
  denied: "declined",
  conflict: "conflict",
  expired: "expired",
  cancelled: "expired",
};

/** What the events carry, by name. */
export interface SaomaLoginEvents {
  /** A login reached another stage. */
  "saoma-stage": { stage: Stage; version: number; provider: string };
  /** A login ended; `confirmed` is the good end. */
  "saoma-end": { stage: Stage; reason?: string; provider: string };
  /** Something went wrong and the visitor was told. */
  "saoma-error": { code: string; status: number; retryAfter: number };
  /** A public client has its token. */
  "saoma-login": Tokens;
}

// Where there is no document, as in a server's renderer, the module can still be imported.
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/** The component. */
export class SaomaLoginElement extends Base {
  static readonly observedAttributes = ["server", "start-url", "client-id", "redirect-uri", "providers", "locale"];

  #view: View | undefined;
  #running = new AbortController();
  #restart = false;
  #saoma!: Saoma;
  #mode!: Mode;
  #keeper!: Keeper;
  #ways: OfferedProvider[] = [];
  #way: OfferedProvider | undefined;
  #renewals = 0;
  /** The login on show. */
  #kept: Kept | undefined;

  connectedCallback(): void {
    addEventListener("pageshow", this.#shownAgain);
    this.#plan();
  }

  disconnectedCallback(): void {
    removeEventListener("pageshow", this.#shownAgain);
    this.#running.abort();
    this.#view?.close();
  }

  attributeChangedCallback(_name: string, before: string | null, now: string | null): void {
    if (this.isConnected && before !== now) this.#plan();
  }

  /** Begins a new login, as the visitor's button does. */
  refresh(): void {
    const left = this.#keeper?.load();
    this.#renewals = 0;
    void this.#guarded((signal) => this.#begin(signal));
    // Only a courtesy: what is not cancelled expires by itself.
    if (left) this.#saoma.cancel({ login_id: left.login.login_id, secret: left.secret }).catch(() => {});
  }

  // Restored from the back-forward cache, the page is as it was but its requests are dead.
  readonly #shownAgain = (event: PageTransitionEvent): void => {
    if (event.persisted) this.#start();
  };

  /** Several attributes set in one go start it once. */
  #plan(): void {
    if (this.#restart) return;
    this.#restart = true;
    queueMicrotask(() => {
      this.#restart = false;
      if (this.isConnected) this.#set();
    });
  }

  #set(): void {
    this.#view?.close();
    this.#view = new View(this.shadowRoot ?? this.attachShadow({ mode: "open" }), this.#locale, {
      onRefresh: () => this.refresh(),
      onRetry: () => this.#start(),
      onChoose: (way) => this.#choose(way),
      onDigits: (digits) => void this.#giveDigits(digits),
    });
    this.#start();
  }

  get #locale(): Locale {
    return chooseLocale(this.getAttribute("locale"), this.closest("[lang]")?.getAttribute("lang"), ...navigator.languages);
  }

  #start(): void {
    void this.#guarded((signal) => this.#open(signal));
  }

  /** Everything of one attempt hangs on one signal; a newer attempt ends the older. */
  async #guarded(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#running.abort();
    this.#running = new AbortController();
    const { signal } = this.#running;
    this.#view?.network(true);
    try {
      await work(signal);
    } catch (cause) {
      if (!signal.aborted) this.#fail(cause instanceof SaomaError ? cause : new SaomaError("unknown", { cause }));
    }
  }

  #fail(problem: SaomaError): void {
    const { code, status, retryAfter } = problem;
    if (code === "access_denied") this.#view?.show("declined");
    else this.#view?.problem(problem);
    this.#tell("saoma-error", { code, status, retryAfter });
    if (FOR_DEVELOPERS.has(code)) console.error(problem);
  }

  #tell<K extends keyof SaomaLoginEvents>(name: K, detail: SaomaLoginEvents[K]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  async #open(signal: AbortSignal): Promise<void> {
    this.#view?.show("loading");
    this.#configure();
    const back = this.#comesBack();
    if (back) return this.#arrive(back, signal);
    const offer = await this.#mode.offer(signal);
    const client = await this.#saoma.readClient(offer.client_id, signal);
    this.#ways = this.#choice(client, offer);
    const kept = this.#keeper.load();
    const wish = kept?.provider ?? this.#way?.slug ?? this.#keeper.chosen;
    this.#way = this.#ways.find((way) => way.slug === wish) ?? this.#ways[0];
    if (!this.#way) throw new SaomaError("no_ways");
    this.#view?.accent(client.accent);
    this.#view?.ways(this.#ways, this.#way);
    await (kept?.provider === this.#way.slug ? this.#resume(kept, signal) : this.#begin(signal));
  }

  #configure(): void {
    const attribute = (name: string) => this.getAttribute(name)?.trim() || undefined;
    const [server, startUrl, clientId] = [attribute("server"), attribute("start-url"), attribute("client-id")];
    const redirectUri = attribute("redirect-uri");
    if (!server || !/^https?:\/\//i.test(server) || !(startUrl ?? clientId)) throw new SaomaError("misconfigured");
    this.#saoma = new Saoma(server);
    if (startUrl) {
      const url = new URL(startUrl, document.baseURI);
      // The answer holds this browser's secret; it comes from the page's own site or not at all.
      if (url.origin !== location.origin) throw new SaomaError("misconfigured");
      this.#mode = new StartUrlMode(this.#saoma, url.href, { clientId, redirectUri });
    } else {
      this.#mode = new ClientIdMode(this.#saoma, clientId ?? "", { redirectUri, userinfo: this.hasAttribute("userinfo") });
    }
    this.#keeper = new Keeper(this.#mode.key);
  }

  /** What both Saoma and the site want to offer, in the order of the page, the back end, or Saoma. */
  #choice(client: ClientView, { providers, titles }: Offer): OfferedProvider[] {
    const onPage = this.getAttribute("providers")?.split(/[\s,]+/).filter(Boolean);
    const slugs = onPage?.length ? onPage : providers;
    const named = client.providers.map((way) => ({ ...way, title: titles?.[way.slug] ?? way.title }));
    return slugs ? slugs.flatMap((slug) => named.find((way) => way.slug === slug) ?? []) : named;
  }

  /** The query of a redirect's answer to this public client, if this page is where it arrives. */
  #comesBack(): URLSearchParams | undefined {
    const query = new URLSearchParams(location.search);
    const answers = query.has("state") && query.has("iss") && (query.has("code") || query.has("error"));
    return this.#mode instanceof ClientIdMode && answers ? query : undefined;
  }

  async #arrive(query: URLSearchParams, signal: AbortSignal): Promise<void> {
    const kept = this.#keeper.load();
    this.#keeper.drop();
    // A reload must not send the spent code again, and nobody should copy it from the address bar.
    const address = new URL(location.href);
    for (const name of ["code", "state", "iss", "error", "error_description"]) address.searchParams.delete(name);
    history.replaceState(history.state, "", address);
    const tokens = await (this.#mode as ClientIdMode).finishRedirect(kept, query, signal);
    this.#view?.show("here");
    this.#tell("saoma-end", { stage: "redeemed", provider: kept?.provider ?? "" });
    this.#tell("saoma-login", tokens);
  }

  async #begin(signal: AbortSignal): Promise<void> {
    const way = this.#way;
    if (!way) return this.#open(signal);
    this.#keeper.drop();
    this.#view?.show("loading");
    const kept = await this.#mode.begin(way.slug, this.#locale, signal);
    this.#keeper.save(kept);
    await this.#watch(kept, signal);
  }

  /** After a reload, or when a phone brings the page back: the same login, if it still lives. */
  async #resume(kept: Kept, signal: AbortSignal): Promise<void> {
    let now: LoginView;
    try {
      now = await this.#saoma.read({ login_id: kept.login.login_id, secret: kept.secret }, { signal });
    } catch (error) {
      if (!(error instanceof SaomaError) || error.passing) throw error;
      return this.#begin(signal);
    }
    if (isSettled(now.stage) && now.stage !== "confirmed") return this.#begin(signal);
    return this.#watch({ ...kept, login: now }, signal);
  }

  async #watch(kept: Kept, signal: AbortSignal): Promise<void> {
    await this.#showPicture(kept.login, signal);
    if (signal.aborted) return;
    this.#kept = kept;
    this.#showLogin(kept, kept.login);
    let seen = kept.login;
    let shown = performance.now();
    const { view, completion } = await runLogin({
      server: this.#saoma.server,
      login: kept.login,
      browserSecret: kept.secret,
      signal,
      onNetwork: (reachable) => this.#view?.network(reachable),
      onChange: (now) => {
        const renews = now.stage === "expired" && seen.stage === "pending" && this.#mayRenew;
        if (now.stage !== "expired") seen = now;
        shown = performance.now();
        this.#showLogin(kept, now, renews && document.visibilityState === "visible");
      },
    });
    if (completion) {
      const finish = await this.#mode.finish(kept, completion, signal);
      await pause(this.#saoma.env, shown + SEEN_MS - performance.now(), signal);
      signal.throwIfAborted();
      return this.#leave(kept, finish);
    }
    this.#keeper.drop();
    this.#tell("saoma-end", { stage: view.stage, reason: view.reason, provider: kept.provider });
    if (view.stage === "expired" && seen.stage === "pending") await this.#renew(signal);
  }

  /** `silent`: the event is told, but another code comes before anybody needs to read of it. */
  #showLogin(kept: Kept, now: LoginView, silent = false): void {
    // A scan may extend the time; the countdown then begins anew from the longer whole.
    kept.whole = Math.max(kept.whole, now.expires_in);
    kept.login = now;
    if (now.stage === "confirmed" || !isSettled(now.stage)) this.#keeper.save(kept);
    this.#tell("saoma-stage", { stage: now.stage, version: now.version, provider: kept.provider });
    if (silent) return;
    const { type } = now.challenge;
    const going = type === "redirect" && !isSettled(now.stage);
    const elsewhere = type === "redirect" && (now.stage === "confirmed" || now.stage === "redeemed");
    const usual = now.stage === "pending" ? "code" : now.awaiting === "code_back" ? "digits" : SHOWN[now.stage];
    const shown = going ? "go" : elsewhere ? "elsewhere" : usual;
    if (!shown) {
      this.#view?.problem({ code: now.reason ?? "failed", retryAfter: 0 });
      return;
    }
    const { number, reason, challenge } = now;
    const url = challenge.type === "redirect" ? challenge.url : undefined;
    const open = challenge.type === "qr_image" ? challenge.open_url : undefined;
    this.#view?.show(shown, { number, reason, url, open });
    if (shown === "code" || shown === "scanned" || shown === "digits") this.#view?.countDown(now.expires_in, kept.whole);
  }

  /** What the right digits, or the last wrong ones, come to is told by the login itself. */
  async #giveDigits(digits: string): Promise<void> {
    const [kept, { signal }] = [this.#kept, this.#running];
    if (!kept) return;
    try {
      await this.#saoma.giveDigits({ login_id: kept.login.login_id, secret: kept.secret }, digits, signal);
    } catch (cause) {
      if (signal.aborted) return;
      const wrong = cause instanceof SaomaError && cause.code === "wrong_digits";
      if (wrong) {
        kept.wrong = (kept.wrong ?? 0) + 1;
        this.#keeper.save(kept);
      }
      this.#view?.digitsRefused(wrong ? Math.max(1, DIGIT_TRIES - (kept.wrong ?? 0)) : undefined);
    }
  }

  #leave(kept: Kept, finish: Finish): void {
    if ("go" in finish && finish.returns) return location.replace(finish.go);
    this.#keeper.drop();
    this.#tell("saoma-end", { stage: "confirmed", provider: kept.provider });
    if ("go" in finish) return location.replace(finish.go);
    this.#view?.show("here");
    this.#tell("saoma-login", finish.tokens);
  }

  /** A code that nobody scanned is renewed a few times, and only while somebody may be looking at it. */
  async #renew(signal: AbortSignal): Promise<void> {
    if (!this.#mayRenew) return;
    this.#renewals += 1;
    if (document.visibilityState !== "visible") {
      await new Promise((seen) => document.addEventListener("visibilitychange", seen, { once: true, signal }));
    }
    if (!signal.aborted) await this.#begin(signal);
  }

  get #mayRenew(): boolean {
    const wanted = Number.parseInt(this.getAttribute("renewals") ?? "", 10);
    return this.#renewals < (wanted >= 0 ? Math.min(wanted, MOST_RENEWALS) : RENEWALS);
  }

  #choose(way: OfferedProvider): void {
    if (way.slug === this.#way?.slug) return;
    this.#way = way;
    this.#keeper.choose(way.slug);
    this.#view?.choose(way);
    this.refresh();
  }

  async #showPicture(login: LoginView, signal: AbortSignal): Promise<void> {
    if (login.challenge.type === "redirect") return;
    const time = limit(this.#saoma.env, signal);
    time.within(PICTURE_MS);
    try {
      await this.#view?.picture(new URL(login.challenge.image_url, this.#saoma.server).href, time.signal);
    } catch (cause) {
      // Once scanned, nobody needs the picture any more.
      if (login.stage === "pending") throw new SaomaError("picture", { cause });
    } finally {
      time.done();
      time.end();
    }
  }
}
