// What all screens share: who holds the phone, the words, which screen is on, what is kept for each person.
// Knows no single screen; app.js fills `go` with the places a tap can lead to.

import { h } from "./dom.js";
import { words } from "./words.js";

const query = new URLSearchParams(location.search);
const wanted = query.get("lang") ?? navigator.language;
const view = document.getElementById("view");

export const phone = {
  language: wanted.toLowerCase().startsWith("en") ? "en" : "zh",
  t: null,
  cast: [],
  person: null,
  pendingScene: query.get("scene"),
  wantedPerson: query.get("person"),
  wantedChat: query.get("chat"),
  go: {},
};
phone.t = words(phone.language);

const kept = new Map();

// Notices, drafts, what was read, the last address: each person's own, as long as the page lives.
export function mine() {
  const { id } = phone.person;
  if (!kept.has(id)) kept.set(id, { notices: [], drafts: new Map(), read: new Map(), address: "" });
  return kept.get(id);
}

let turn = 0;
let draw = () => h("section");
let shown = "";

// Draws the screen anew; focus and scroll stay where they were, unless `focus` names another place.
export function redraw(focus = null) {
  const focused = view.contains(document.activeElement) ? document.activeElement.dataset.testid ?? "" : null;
  const scrolled = [...view.querySelectorAll("[data-scroll]")].map((one) => [one.dataset.scroll, one.scrollTop]);
  const screen = draw();
  screen.dataset.screen = shown;
  view.replaceChildren(screen);
  for (const [name, top] of scrolled) {
    const same = view.querySelector(`[data-scroll="${name}"]`);
    if (same) same.scrollTop = top;
  }
  const target = focus ?? (focused && `[data-testid="${CSS.escape(focused)}"]`);
  if (target === null) return;
  const found = target && view.querySelector(target);
  (found || view.querySelector("[data-focus]"))?.focus({ preventScroll: true });
}

// Puts a screen on; its heading gets the focus, so that keyboards and screen readers follow.
// Tells whether that screen is still on, for answers that come late.
export function show(name, drawn) {
  const own = (turn += 1);
  view.replaceChildren();
  document.getElementById("toast").replaceChildren();
  [shown, draw] = [name, drawn];
  redraw("[data-focus]");
  return () => own === turn;
}

export function say(text) {
  document.getElementById("said").textContent = text;
}

// Keeps who holds the phone, the open chat and the language across a reload.
export function address(changes) {
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  query.delete("scene");
  history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
}
