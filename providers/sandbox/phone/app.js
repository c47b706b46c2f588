// The phone's start: who holds it, the home screen, the note beside it, the language. The ways to log in are in scan.js,
// the chats in chat.js, WeChat's own browser in browser.js.

import { goBrowser } from "./browser.js";
import { goChat } from "./chat.js";
import { clock, h } from "./dom.js";
import { address, mine, phone, redraw, say, show } from "./phone.js";
import { poll } from "./poll.js";
import { goScan, scan } from "./scan.js";
import { home, persons, result } from "./screens.js";
import * as wire from "./wire.js";
import { problemName, words } from "./words.js";

const LOOK_MS = 2000;
const PATIENCE_MS = 15 * 60_000;

function goPersons() {
  phone.person = null;
  address({ person: null, chat: null });
  show("persons", () => persons(phone.t, phone.cast, { pick, switchLanguage }));
}

function pick(person) {
  phone.person = person;
  address({ person: person.id });
  const { pendingScene, wantedChat } = phone;
  phone.pendingScene = phone.wantedChat = null;
  if (pendingScene) scan({ scene: pendingScene }, phone.t.opening);
  else if (wantedChat) goChat({ appid: wantedChat });
  else goHome();
}

function goHome() {
  address({ chat: null });
  const own = mine();
  own.chats ??= [];
  const taps = { scan: goScan, chat: goChat, browser: goBrowser, switchPerson: goPersons };
  const on = show("home", () => home(phone.t, phone.person, own, taps));
  const { id } = phone.person;
  poll(on, async () => {
    const chats = await wire.chats(id);
    if (!chats || JSON.stringify(chats) === JSON.stringify(own.chats)) return false;
    own.chats = chats;
    if (on()) redraw();
    return true;
  }, { pause: LOOK_MS, patience: PATIENCE_MS });
}

function fail({ status, code, stage }, site) {
  const problem = problemName(status, code, stage);
  const late = problem === "login_ended" || problem === "code_expired";
  end(late ? "expired" : "error", site, { problem, code });
}

// How it ended: with a problem and its code, or with a way to take it back.
function end(state, site = phone.t.the_site, { problem = null, code = null, notMe = null } = {}) {
  mine().notices.unshift({ state, site, at: new Date() });
  const told = { state, site, problem, code };
  show("result", () => result(phone.t, told, { again: goScan, home: goHome, notMe }));
  say(phone.t[state]);
}

function speak(language) {
  const t = words(language);
  Object.assign(phone, { language, t });
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
  document.getElementById("time").textContent = clock(Date.now());
}

async function start() {
  Object.assign(phone.go, { home: goHome, scan: goScan, chat: goChat, fail, end });
  speak(phone.language);
  tick();
  setInterval(tick, 5000);
  phone.cast = await wire.persons();
  const person = phone.cast.find((one) => one.id === phone.wantedPerson);
  if (person) pick(person);
  else goPersons();
}

start();
