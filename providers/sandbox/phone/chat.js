// One service account's chat: what was said, a way to answer, follow and unfollow. New messages come by looking again while
// the chat is in sight. What is being sent shows at once, and gives way to the same message from the sandbox.

import { inWeChat } from "./browser.js";
import { chat } from "./chat-screen.js";
import { address, mine, phone, redraw, say, show } from "./phone.js";
import { poll } from "./poll.js";
import * as wire from "./wire.js";
import { problemName } from "./words.js";

const LOOK_MS = 1200;
const PATIENCE_MS = 10 * 60_000;

const spoken = (messages) => messages.filter(({ from }) => from === "person").length;

// `begun` is what led here: a scan that was pushed, or the wish to follow.
export function goChat(known, begun = {}) {
  const { person } = phone;
  const own = mine();
  const { appid, app_name, following, messages = [] } = known;
  const state = {
    chat: { appid, app_name: app_name ?? appid, following, messages },
    loaded: false, sending: [], before: spoken(messages), busy: false, note: null, silent: false, sheet: false,
    draft: own.drafts.get(appid) ?? "",
  };
  const changed = () => chat.update(phone.t, person, state, taps);
  const all = (focus) => on() && redraw(focus);

  async function look() {
    const chats = await wire.chats(person.id);
    if (!on()) return false;
    const found = chats?.find((one) => one.appid === appid) ?? (chats && { ...state.chat, following: false, messages: [] });
    if (!found) return false;
    const same = state.loaded && JSON.stringify(found) === JSON.stringify(state.chat);
    const shape = found.following !== state.chat.following || found.app_name !== state.chat.app_name;
    Object.assign(state, { chat: { ...state.chat, ...found }, loaded: true });
    own.read.set(appid, found.messages.at(-1)?.at);
    if (same) return false;
    if (shape) all();
    else changed();
    if (shape) chat.toEnd();
    return true;
  }

  function note(text) {
    state.note = text;
    if (text && on()) say(text);
  }

  async function ask(action, more = {}) {
    note(null);
    const told = await wire.act({ person: person.id, action, appid, ...more });
    if (told.failed) note(phone.t.problems[problemName(told.failed.status, told.failed.code)] ?? phone.t.not_sent);
    else if (told.push?.held) note(phone.t.held);
    return !told.failed;
  }

  async function write(text) {
    if (state.sending.length === 0) state.before = spoken(state.chat.messages);
    const line = { text };
    state.sending.push(line);
    keepDraft("");
    changed();
    const sent = await ask("say", { text });
    await look();
    state.sending.splice(state.sending.indexOf(line), 1);
    if (sent) state.before += 1;
    else if (state.draft === "") keepDraft(text);
    if (on()) sent ? changed() : all();
  }

  function keepDraft(text) {
    state.draft = text;
    own.drafts.set(appid, text);
  }

  async function decide(action, focus) {
    Object.assign(state, { busy: true, sheet: false });
    all(focus);
    await ask(action);
    state.busy = false;
    await look();
    all();
  }

  function sheet(open) {
    state.sheet = open;
    all(open ? "[data-testid=account-sheet-title]" : "[data-testid=chat-menu]");
  }

  const watch = async () => {
    state.silent = false;
    state.silent = (await poll(on, look, { pause: LOOK_MS, patience: PATIENCE_MS })) === "silent";
    if (on()) changed();
  };
  const taps = {
    back: phone.go.home, write, keepDraft, watch, sheet,
    link: inWeChat,
    leads: (url) => wire.inWeChat(person.id, url),
    follow: () => decide("follow", "[data-focus]"),
    unfollow: () => decide("unfollow", "[data-focus]"),
  };

  address({ chat: appid });
  const on = show("chat", () => chat(phone.t, person, state, taps));
  chat.toEnd();
  if (begun.push?.held) note(phone.t.held);
  if (begun.follow) decide("follow");
  watch();
}
