// How the plain screens look: who, home, waiting, the result. Pure functions from words and facts to elements;
// no requests and no state here, nor in scanner.js, sheets.js, chat-screen.js and browser-screen.js.

import { avatar, clock, face, h, icon, title } from "./dom.js";
import { glimpse } from "./message.js";

export function persons(t, cast, taps) {
  const card = (person) =>
    h("li", {}, h("button", { class: "row", "data-testid": `person-${person.id}`, onclick: () => taps.pick(person) },
      face(person),
      h("span", { class: "row-text" },
        h("strong", {}, person.name),
        h("small", { class: person.high_risk ? "warn" : null }, person.high_risk ? t.risky : person.nickname)),
      h("span", { class: "chevron", "aria-hidden": "true" })));
  const nobody = h("div", { class: "empty" }, h("strong", {}, t.nobody), h("p", {}, t.nobody_hint));
  return h("section", { class: "persons" },
    h("header", { class: "hero" }, h("span", { class: "mark" }, icon("scan", 34)), title(t.whose), h("p", {}, t.whose_hint)),
    cast.length ? h("ul", { class: "group" }, cast.map(card)) : nobody,
    h("button", { class: "language narrow", "data-testid": "language-narrow", onclick: taps.switchLanguage }, t.other_language));
}

const signs = { confirmed: "check", declined: "cross", disowned: "shield", expired: "clock", error: "alert" };

export function home(t, person, own, taps) {
  const notice = ({ state, site, at }) =>
    h("li", { class: "row" },
      h("span", { class: `badge ${state}` }, icon(signs[state], 20)),
      h("span", { class: "row-text" }, h("strong", {}, site), h("small", {}, t[state])),
      h("time", {}, clock(at)));
  return h("section", { class: "home", "data-scroll": "home" },
    h("header", { class: "bar" },
      h("span", { class: "tag" }, t.rehearsal),
      title(t.wechat),
      h("button", { class: "round", "data-testid": "switch-person", "aria-label": `${t.switch_person}. ${t.signed_in_as(person.name)}`, onclick: taps.switchPerson },
        face(person))),
    h("button", { class: "scan-tile", "data-testid": "scan", onclick: taps.scan },
      icon("scan", 40), h("strong", {}, t.scan), h("span", {}, t.scan_hint)),
    h("h3", {}, t.chats),
    h("ul", { class: "group", "data-testid": "chats" },
      own.chats.toSorted((a, b) => heard(b) - heard(a)).map((chat) => chatRow(t, chat, own, taps)),
      own.chats.length ? null : h("li", { class: "row none" }, t.no_chats)),
    h("button", { class: "group row alone", "data-testid": "open-browser", onclick: taps.browser },
      h("span", { class: "badge confirmed" }, icon("globe", 22)),
      h("span", { class: "row-text" }, h("strong", {}, t.open_browser), h("small", {}, t.open_browser_hint)),
      h("span", { class: "chevron", "aria-hidden": "true" })),
    h("h3", {}, t.notices),
    own.notices.length ? h("ul", { class: "group" }, own.notices.map(notice)) : h("p", { class: "empty" }, t.no_notices));
}

const heard = ({ messages }) => (messages.length ? Date.parse(messages.at(-1).at) : 0);

function chatRow(t, chat, own, taps) {
  const last = chat.messages.at(-1);
  const unread = last && last.from !== "person" && own.read.get(chat.appid) !== last.at;
  return h("li", {},
    h("button", { class: "row", "data-testid": `chat-${chat.appid}`, "data-unread": unread, onclick: () => taps.chat(chat) },
      h("span", { class: "with-dot" }, avatar(chat.appid, chat.app_name), unread ? h("i", { class: "dot" }) : null),
      h("span", { class: "row-text" },
        h("strong", {}, chat.app_name, unread ? h("span", { class: "unseen" }, ` (${t.unread})`) : null),
        h("small", {}, glimpse(last) || (chat.following ? t.nothing_said : t.not_followed))),
      last ? h("time", {}, clock(last.at)) : null));
}

export const notMe = (t, taps) => h("button", { class: "not-me", "data-testid": "not-me", onclick: taps.notMe }, t.not_me);

export function working(text) {
  return h("section", { class: "working" }, h("span", { class: "spinner" }), title(text));
}

export function result(t, { state, site, problem, code }, taps) {
  const text = problem ? t.problems[problem] : t[`${state}_text`](site);
  const done = ["confirmed", "declined", "disowned"].includes(state);
  const again = h("button", { class: done ? "second" : "first", "data-testid": "scan-again", onclick: taps.again }, t.again);
  const home = h("button", { class: done ? "first" : "second", "data-testid": "home", onclick: taps.home }, t.home);
  return h("section", { class: "result", "data-testid": "result", "data-state": state, "data-code": code },
    h("div", { class: "told" },
      h("span", { class: `sign ${state}` }, icon(signs[state], 44)),
      title(t[state]), h("p", {}, text),
      code ? h("p", { class: "code" }, `${t.code}: ${code}`) : null),
    h("footer", {}, done ? [home, again] : [again, home], taps.notMe ? notMe(t, taps) : null));
}
