// Scan: whatever is on the screens, a picture or a text, and then what its kind asks for: the mini-program's page,
// an account's chat or its follow sheet, a website's request. The sandbox tells the kind; nothing is guessed here.

import { goChat } from "./chat.js";
import { phone, redraw, show } from "./phone.js";
import { poll } from "./poll.js";
import { scanner } from "./scanner.js";
import { working } from "./screens.js";
import { asked, digits, follow, website } from "./sheets.js";
import * as wire from "./wire.js";

const SECOND = 1000;

export function goScan() {
  const state = { codes: [], typing: false, text: "" };
  const taps = {
    back: phone.go.home,
    code: (code) => scan({ text: code.text }, phone.t.opening),
    picture: scanPicture,
    text: (text) => scan({ text }, phone.t.opening),
    type: () => {
      state.typing = !state.typing;
      redraw(`[data-testid=${state.typing ? "code-text" : "enter-text"}]`);
    },
  };
  const on = show("scanner", () => scanner(phone.t, state, taps));
  const address = (code) => code.image_url;
  poll(on, async () => {
    const seen = await wire.codes();
    if (!on()) return false;
    const changed = seen.map(address).join() !== state.codes.map(address).join();
    state.codes = seen;
    if (changed) redraw();
    else scanner.ages(phone.t, seen);
    return changed;
  }, { pause: SECOND });
}

async function scanPicture(file) {
  show("working", () => working(phone.t.reading));
  await scan({ image: await wire.picture(file) }, phone.t.reading);
}

export async function scan(what, saying) {
  const on = show("working", () => working(saying));
  const told = await wire.act({ person: phone.person.id, action: "scan", ...what });
  if (!on()) return;
  if (told.failed) phone.go.fail(told.failed, told.app_name);
  else if (told.kind === "website") goWebsite(told);
  else if (told.kind !== "service_account") goAsked(told);
  else if (told.following) goChat(told, { push: told.push });
  else goFollow(told);
}

function goAsked(told) {
  const opened = Date.now();
  const asking = { ...told, nickname: "", chosen: null, unchosen: false, logo: told.body.client?.logo_url && wire.logo(phone.person.id, told.scene) };
  const age = () => (told.body.requester?.age_seconds ?? 0) + Math.floor((Date.now() - opened) / SECOND);
  const taps = {
    confirm: () => (asking.body.numbers && !asking.chosen ? forgot(asking) : decide(asking, "confirm")),
    decline: () => decide(asking, "deny"),
    choose: (number) => {
      Object.assign(asking, { chosen: number, unchosen: false });
      redraw();
    },
    close: phone.go.home,
  };
  const on = show("asked", () => asked(phone.t, phone.person, asking, age(), taps));
  poll(on, () => asked.age(phone.t, age()), { pause: SECOND });
}

function forgot(asking) {
  asking.unchosen = true;
  redraw("[data-number]");
}

async function decide(asking, action) {
  const nickname = asking.nickname.trim();
  const site = asking.body.client?.name ?? phone.t.the_site;
  show("working", () => working(phone.t.sending));
  const more = action === "confirm" ? { ...(nickname && { nickname }), ...(asking.chosen && { number: asking.chosen }) } : {};
  const told = await wire.act({ person: phone.person.id, action, scene: asking.scene, ...more });
  if (told.failed) return phone.go.fail(told.failed, site);
  const notMe = () => decide(asking, "not_me");
  answered(told, site, { notMe, unsettled: () => withdraw(asking, notMe) });
}

// While digits are waited for, a decline is enough; once they were typed, it comes too late.
async function withdraw(asking, notMe) {
  show("working", () => working(phone.t.sending));
  const told = await wire.act({ person: phone.person.id, action: "deny", scene: asking.scene });
  if (told.body?.stage === "denied") return phone.go.end("declined", asking.body.client?.name);
  return notMe();
}

// What the server made of it; afterwards the person can say that it was not them.
function answered({ body }, site, { notMe, unsettled }) {
  if (body.digits) {
    show("digits", () => digits(phone.t, body.digits, { notMe: unsettled, home: phone.go.home }));
  } else if (body.reason === "wrong_number") phone.go.end("error", site, { problem: "wrong_number", code: body.reason });
  else if (body.reason === "disowned") phone.go.end("disowned", site);
  else if (body.stage === "confirmed") phone.go.end("confirmed", site, { notMe });
  else phone.go.end("declined", site);
}

// A stranger's scan sends nothing: the account hears of it with the follow.
function goFollow(told) {
  const taps = { follow: () => goChat(told, { follow: true }), cancel: phone.go.home };
  show("follow", () => follow(phone.t, told, taps));
}

function goWebsite(told) {
  const decided = async (action, state) => {
    show("working", () => working(phone.t.sending));
    const done = await wire.act({ person: phone.person.id, action, uuid: told.uuid });
    if (done.failed) return phone.go.fail(done.failed, told.app_name);
    phone.go.end(state, told.app_name);
  };
  const taps = {
    confirm: () => decided("website_confirm", "confirmed"),
    cancel: () => decided("website_cancel", "declined"),
  };
  show("website", () => website(phone.t, phone.person, told, taps));
}
