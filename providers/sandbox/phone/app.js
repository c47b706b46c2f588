// The phone: which screen is on, who holds it, and what happens at each tap. Screens are drawn in screens.js.

import { h } from "./dom.js";
import { asked, home, persons, result, scanner, working } from "./screens.js";
import * as wire from "./wire.js";
import { problemName, words } from "./words.js";

const query = new URLSearchParams(location.search);
const wanted = query.get("lang") ?? navigator.language;
const POLL_MS = 1000;

const phone = {
  language: wanted.toLowerCase().startsWith("en") ? "en" : "zh",
  cast: [],
  person: null,
  notices: [],
  pendingScene: query.get("scene"),
  timer: null,
  turn: 0,
};
const view = document.getElementById("view");
let t = words(phone.language);
let redraw = () => {};

// Puts a screen on; its heading gets the focus, so that keyboards and screen readers follow.
// Tells whether that screen is still on, for answers that come late.
function show(name, draw) {
  clearInterval(phone.timer);
  const turn = (phone.turn += 1);
  redraw = () => {
    const focused = view.contains(document.activeElement) && document.activeElement.dataset.testid;
    const screen = draw();
    screen.dataset.screen = name;
    view.replaceChildren(screen);
    if (focused === false) return;
    const same = focused && screen.querySelector(`[data-testid="${CSS.escape(focused)}"]`);
    (same ?? screen.querySelector("[data-focus]"))?.focus({ preventScroll: true });
  };
  redraw();
  view.querySelector("[data-focus]")?.focus({ preventScroll: true });
  return () => turn === phone.turn;
}

function choosePerson() {
  phone.person = null;
  address({ person: null });
  show("persons", () => persons(t, phone.cast, { pick, switchLanguage }));
}

function pick(person) {
  phone.person = person;
  address({ person: person.id });
  const scene = phone.pendingScene;
  phone.pendingScene = null;
  if (scene) scan({ scene }, t.opening);
  else goHome();
}

function goHome() {
  show("home", () => home(t, phone.person, phone.notices, { scan: goScan, switchPerson: choosePerson }));
}

function goScan() {
  const taps = { back: goHome, code: (code) => scan({ appid: code.appid, scene: code.scene }, t.opening), picture: scanPicture };
  let codes = [];
  const on = show("scanner", () => scanner(t, codes, taps));
  const look = async () => {
    const seen = await wire.codes();
    if (!on()) return;
    const changed = seen.map((code) => code.image_url).join() !== codes.map((code) => code.image_url).join();
    codes = seen;
    if (changed) redraw();
    else scanner.ages(view, t, codes);
  };
  phone.timer = setInterval(look, POLL_MS);
  look();
}

async function scanPicture(file) {
  show("working", () => working(t.reading));
  await scan({ image: await wire.picture(file) }, t.reading);
}

async function scan(what, saying) {
  show("working", () => working(saying));
  const told = await wire.act({ person: phone.person.id, action: "scan", ...what });
  if (told.failed) return fail(told.failed, told.app_name);
  goAsked(told);
}

function goAsked(told) {
  const opened = Date.now();
  const asking = { ...told, nickname: "", logo: told.body.client?.logo_url && wire.logo(phone.person.id, told.scene) };
  const age = () => (told.body.requester?.age_seconds ?? 0) + Math.floor((Date.now() - opened) / 1000);
  const taps = { confirm: () => decide(asking, "confirm"), decline: () => decide(asking, "deny"), close: goHome };
  show("asked", () => asked(t, phone.person, asking, age(), taps));
  phone.timer = setInterval(() => asked.age(view, t, age()), POLL_MS);
}

async function decide(asking, action) {
  const nickname = asking.nickname.trim();
  const site = asking.body.client?.name ?? t.the_site;
  show("working", () => working(t.sending));
  const more = action === "confirm" && nickname ? { nickname } : {};
  const told = await wire.act({ person: phone.person.id, action, scene: asking.scene, ...more });
  if (told.failed) return fail(told.failed, site);
  end(action === "confirm" ? "confirmed" : "declined", site);
}

function fail({ status, code, stage }, site) {
  const problem = problemName(status, code, stage);
  end(problem === "login_ended" ? "expired" : "error", site, problem, code);
}

function end(state, site = t.the_site, problem = null, code = null) {
  phone.notices.unshift({ state, site, at: new Date() });
  const told = { state, site, problem, code };
  show("result", () => result(t, told, { again: goScan, home: goHome }));
  document.getElementById("said").textContent = t[state];
}

// Keeps who holds the phone and the language across a reload.
function address(changes) {
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  query.delete("scene");
  history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
}

function speak(language) {
  phone.language = language;
  t = words(language);
  document.documentElement.lang = language === "en" ? "en" : "zh-CN";
  document.title = t.title;
  document.getElementById("note").replaceChildren(
    h("p", { class: "note-name" }, "Saoma 扫码"),
    h("h1", {}, t.note_title),
    h("p", {}, t.note_1),
    h("ol", {}, t.steps.map((step) => h("li", {}, step))),
    h("p", { class: "quiet" }, t.note_2),
    h("button", { class: "language", "data-testid": "language", onclick: switchLanguage }, t.other_language),
  );
}

function switchLanguage() {
  const other = phone.language === "en" ? "zh" : "en";
  address({ lang: other });
  speak(other);
  redraw();
}

function tick() {
  const now = new Date();
  document.getElementById("time").textContent = `${now.getHours()}:${String(now.getMinutes()).padStart(2, "0")}`;
}

async function start() {
  speak(phone.language);
  tick();
  setInterval(tick, 5000);
  phone.cast = await wire.persons();
  const person = phone.cast.find((one) => one.id === query.get("person"));
  if (person) pick(person);
  else choosePerson();
}

start();
