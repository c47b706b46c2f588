// WeChat's own browser, played by a window of this one: phone-sized, one per person. The sandbox's address that leads there
// says who is looking; the User-Agent stays the desktop browser's, which the screen tells.

import { browserScreen } from "./browser-screen.js";
import { h } from "./dom.js";
import { mine, phone, redraw, say, show } from "./phone.js";
import * as wire from "./wire.js";

const WIDTH = 390;
const HEIGHT = 844;

// The pretend browser leads to plain pages of this machine and nowhere else.
function isNear(address) {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === "http:" && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

// Opens the page; offers a link where the browser blocks windows.
export function inWeChat(url) {
  const toast = document.getElementById("toast");
  toast.replaceChildren();
  if (!isNear(url)) {
    toast.append(h("p", {}, phone.t.browser_bad));
    return say(phone.t.browser_bad);
  }
  const { id } = phone.person;
  const [leads, name] = [wire.inWeChat(id, url), `wechat-${id}`];
  const opened = window.open(leads, name, `popup,width=${WIDTH},height=${Math.min(HEIGHT, screen.availHeight)}`);
  if (opened) {
    opened.focus();
    return say(phone.t.browser_opened);
  }
  const link = h("a", { href: leads, target: name, "data-testid": "browser-fallback" }, phone.t.browser_fallback);
  link.addEventListener("click", () => toast.replaceChildren());
  toast.append(h("p", {}, phone.t.browser_blocked, " ", link));
  link.focus();
}

export function goBrowser() {
  const own = mine();
  const state = { bad: false };
  const go = (typed) => {
    const bare = typed.trim();
    own.address = bare && !bare.includes("://") ? `http://${bare}` : bare;
    state.bad = !isNear(own.address);
    if (state.bad) say(phone.t.browser_bad);
    redraw("[data-testid=browser-url]");
    if (!state.bad) inWeChat(own.address);
  };
  const keep = (typed) => { own.address = typed; };
  show("browser", () => browserScreen(phone.t, phone.person, { ...state, address: own.address }, { back: phone.go.home, go, keep }));
}
