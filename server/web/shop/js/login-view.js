// Shows the state of a sign-in: which words and signs are visible, the countdown, the ways, what is read aloud.
// All texts are in the page already; this file holds none and never speaks to a server.

const SOON_SECONDS = 30;
const SHORT_SECONDS = 20;

/** Binds to the sign-in element of the page. */
export function bind(root) {
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const parts = Object.fromEntries([...root.querySelectorAll("[data-part]")].map((one) => [one.dataset.part, one]));
  const retryText = parts.retry.textContent;
  let clock = 0;
  let retryClock = 0;

  function speak(text) {
    parts.spoken.textContent = text;
  }

  /** Switches to a state; what belongs to other states is hidden. */
  function state(name) {
    root.dataset.state = name;
    for (const one of root.querySelectorAll("[data-for]")) one.hidden = !one.dataset.for.split(" ").includes(name);
    parts.picture.hidden = ["loading", "error"].includes(name);
    parts.picture.inert = name !== "code";
    if (!["code", "scanned"].includes(name)) stopClock();
    if (name !== "error") delete root.dataset.code;
    if (name !== "loading") speak([...root.querySelectorAll(".words > :not([hidden]) > :not(.fine)")].map((one) => one.textContent).join(" "));
  }

  /** Says what went wrong, by the stable code; an unknown code gets the general words. */
  function problem({ code, retryAfter = 0 }) {
    const problems = parts.problems.content;
    const words = problems.querySelector(`[data-code="${CSS.escape(code)}"]`) ?? problems.querySelector('[data-code="unknown"]');
    parts["problem-title"].textContent = words.querySelector("dt").textContent;
    parts["problem-text"].textContent = words.querySelector("dd").textContent;
    parts["problem-code"].textContent = code;
    state("error");
    root.dataset.code = code;
    holdRetry(retryAfter);
  }

  function holdRetry(seconds) {
    clearInterval(retryClock);
    const until = performance.now() + seconds * 1000;
    const tick = () => {
      const left = Math.ceil((until - performance.now()) / 1000);
      parts.retry.disabled = left > 0;
      parts.retry.textContent = left > 0 ? root.dataset.retryIn.replace("{seconds}", left) : retryText;
      if (left <= 0) clearInterval(retryClock);
    };
    tick();
    if (seconds > 0) retryClock = setInterval(tick, 250);
  }

  function stopClock() {
    clearInterval(clock);
    parts.time.hidden = true;
    root.classList.remove("is-short");
  }

  /** Counts down `left` of `whole` seconds; the server's remaining time counts, not this computer's clock. */
  function countDown(left, whole) {
    stopClock();
    const until = performance.now() + left * 1000;
    let warned = left <= SOON_SECONDS;
    const tick = () => {
      const rest = Math.max(0, (until - performance.now()) / 1000);
      const seconds = Math.ceil(rest);
      parts.clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      parts.ring.style.strokeDashoffset = String(100 - (100 * rest) / Math.max(whole, 1));
      root.classList.toggle("is-short", seconds <= SHORT_SECONDS);
      if (!warned && seconds <= SOON_SECONDS) {
        warned = true;
        speak(root.dataset.soon);
      }
      if (rest === 0) clearInterval(clock);
    };
    tick();
    parts.time.hidden = false;
    clock = setInterval(tick, 250);
  }

  /** Shows the picture; rejects when it cannot be loaded. */
  async function picture(address) {
    parts.picture.src = address;
    await parts.picture.decode();
  }

  /** The shop's own words for a way; Saoma's title when the shop knows no such kind, or offers it twice. */
  function nameOf(way, list) {
    const words = parts.kinds.content.querySelector(`[data-kind="${CSS.escape(way.kind)}"]`);
    const alone = list.filter((other) => other.kind === way.kind).length === 1;
    return words && alone ? words.textContent : way.title;
  }

  /** Several ways become tabs, a single one a quiet label. */
  function ways(list, chosen, onChoose) {
    const tabs = list.length > 1;
    parts.ways.toggleAttribute("data-single", !tabs);
    if (tabs) parts.ways.setAttribute("role", "tablist");
    const items = list.map((way) => {
      const item = document.createElement(tabs ? "button" : "span");
      item.textContent = nameOf(way, list);
      item.dataset.testid = `way-${way.slug}`;
      item.dataset.slug = way.slug;
      if (tabs) {
        item.type = "button";
        item.id = `way-${way.slug}`;
        item.setAttribute("role", "tab");
        item.setAttribute("aria-controls", "stage");
        item.addEventListener("click", () => onChoose(way));
        item.addEventListener("keydown", (event) => step(event, items));
      }
      return item;
    });
    parts.ways.replaceChildren(...items);
    parts.ways.hidden = list.length === 0;
    if (tabs) parts.stage.setAttribute("role", "tabpanel");
    choose(chosen);
  }

  function step(event, items) {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!move) return;
    event.preventDefault();
    const next = items[(items.indexOf(event.currentTarget) + move + items.length) % items.length];
    next.focus();
    next.click();
  }

  function choose(way) {
    for (const tab of parts.ways.querySelectorAll('[role="tab"]')) {
      const chosen = tab.dataset.slug === way?.slug;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen) parts.stage.setAttribute("aria-labelledby", tab.id);
    }
  }

  return {
    state,
    problem,
    countDown,
    picture,
    ways,
    choose,
    network: (reachable) => {
      parts.offline.hidden = reachable;
    },
    onRefresh: (act) => part("refresh").addEventListener("click", act),
    onRetry: (act) => part("retry").addEventListener("click", act),
  };
}
