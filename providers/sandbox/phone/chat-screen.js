// How a chat looks: bubbles, cards, system lines, a line to write. `chat` draws it whole; `chat.update` adds what is new,
// so that a screen reader hears only that, and what is being typed stays.

import { accountSheet } from "./account-sheet.js";
import { avatar, clock, face, h, icon, title } from "./dom.js";
import { pieces } from "./message.js";

// Between messages further apart than this stands the time.
const PAUSE_MS = 5 * 60_000;
const NEAR_END = 80;

const part = (id) => document.querySelector(`[data-testid="${id}"]`);

export function chat(t, person, state, taps) {
  const { app_name: name, following } = state.chat;
  const log = h("div", { class: "log", role: "log", tabindex: "0", "data-scroll": "log", "data-testid": "messages", "aria-label": t.messages_with(name) },
    h("ol", { class: "lines" }));
  const screen = h("section", { class: "chat" },
    h("header", { class: "bar", inert: state.sheet },
      h("button", { class: "round", "data-testid": "back", "aria-label": t.back, onclick: taps.back }, icon("back")),
      title(name, { "data-testid": "chat-name" }),
      h("button", { class: "round", "data-testid": "chat-menu", "aria-label": t.menu, "aria-haspopup": "dialog", onclick: () => taps.sheet(true) }, icon("dots"))),
    h("div", { class: "body", inert: state.sheet }, log),
    h("footer", { inert: state.sheet }, following === false ? invitation(t, state, taps) : composer(t, state, taps)),
    state.sheet ? accountSheet(t, state.chat, taps) : null);
  fill(log.firstChild, t, person, state, taps);
  return screen;
}

chat.toEnd = () => {
  const log = part("messages");
  if (log) log.scrollTop = log.scrollHeight;
};

chat.update = (t, person, state, taps) => {
  const log = part("messages");
  if (!log) return;
  const near = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
  fill(log.firstChild, t, person, state, taps);
  if (near) chat.toEnd();
};

// Keeps the lines that are there already, told apart by what they show.
function fill(list, t, person, state, taps) {
  const wanted = lines(t, person, state, taps);
  const kept = [...list.children];
  let same = 0;
  while (same < kept.length && same < wanted.length && kept[same].dataset.line === wanted[same].key) same += 1;
  kept.slice(same).forEach((line) => line.remove());
  for (const { key, make } of wanted.slice(same)) {
    const line = make();
    line.dataset.line = key;
    list.append(line);
  }
}

function lines(t, person, state, taps) {
  const { messages } = state.chat;
  const all = [];
  let last = -Infinity;
  for (const message of messages) {
    const at = Date.parse(message.at);
    if (at - last > PAUSE_MS) all.push({ key: `time ${message.at}`, make: () => h("li", { class: "moment" }, h("time", {}, clock(at))) });
    last = at;
    all.push({ key: JSON.stringify(message), make: () => line(t, person, state, message, taps) });
  }
  const arrived = messages.filter(({ from }) => from === "person").length - state.before;
  state.sending.slice(Math.max(0, arrived)).forEach((message, n) =>
    all.push({ key: `sending ${n} ${message.text}`, make: () => line(t, person, state, { ...message, from: "person", sending: true }, taps) }));
  if (state.loaded && all.length === 0) all.push({ key: "empty", make: () => system(t.nothing_said) });
  if (state.note) all.push({ key: `note ${state.note}`, make: () => system(state.note, "chat-note") });
  if (state.silent) all.push({ key: "silent", make: () => system([t.silent, " ", h("button", { "data-testid": "chat-resume", onclick: taps.watch }, t.resume)]) });
  return all;
}

const system = (text, id = null) => h("li", { class: "system", "data-testid": id }, h("span", {}, text));

function line(t, person, state, message, taps) {
  const { from } = message;
  // The notice is WeChat's own and Chinese; other languages get its meaning beside it.
  if (from === "system") return system(t.fault ? `${message.text}\n${t.fault}` : message.text, "message-system");
  const own = from === "person";
  const tile = own ? face(person) : avatar(state.chat.appid, state.chat.app_name);
  const who = h("span", { class: "unseen" }, t.says(own ? t.me : state.chat.app_name));
  const content = message.news?.length
    ? h("div", { class: "news" }, message.news.map((article) => card(t, article, taps)))
    : h("p", { class: "bubble" }, pieces(message).map((piece) => (piece.url ? link(t, piece.url, {}, taps, piece.text) : piece.text)));
  return h("li", { class: `line ${from}`, "data-testid": `message-${from}`, "data-sending": message.sending }, tile, who, content);
}

// Leads to the same page however it is opened; a plain tap gets WeChat's window.
function link(t, url, more, taps, ...children) {
  const tap = (event) => {
    event.preventDefault();
    taps.link(url);
  };
  return h("a", { href: taps.leads(url), title: t.in_wechat, "data-testid": "message-link", "data-url": url, onclick: tap, ...more }, children);
}

// Pictures of articles come from other hosts and are never asked for.
function card(t, { title: text, description, url }, taps) {
  const inside = [
    h("span", { class: "row-text" }, h("strong", {}, text), description ? h("small", {}, description) : null),
    h("span", { class: "cover", "aria-hidden": "true" }, icon("article", 22)),
  ];
  return url ? link(t, url, { class: "card" }, taps, inside) : h("div", { class: "card" }, inside);
}

function composer(t, state, taps) {
  const input = h("input", {
    type: "text", maxlength: "600", autocomplete: "off", enterkeyhint: "send", "data-testid": "chat-text", "aria-label": t.write, placeholder: t.write,
    value: state.draft, oninput: ({ target }) => taps.keepDraft(target.value),
  });
  const submit = (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    taps.write(text);
    chat.toEnd();
  };
  return h("form", { class: "composer", onsubmit: submit }, input,
    h("button", { class: "send", "data-testid": "chat-send", "aria-label": t.send }, icon("send", 22)));
}

function invitation(t, state, taps) {
  return h("div", { class: "invitation" }, h("p", {}, t.unfollowed_hint),
    h("button", { class: "wide", "data-testid": "chat-follow", disabled: state.busy, onclick: taps.follow }, t.follow));
}
