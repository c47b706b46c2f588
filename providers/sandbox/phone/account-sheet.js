// What a chat's menu shows: the account, whether it is followed, and the way to stop. A dialog over the chat.

import { avatar, h } from "./dom.js";

export function accountSheet(t, account, taps) {
  const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
  const { following } = account;
  const keys = (event) => {
    if (event.key === "Escape") taps.sheet(false);
  };
  const veil = (event) => {
    if (event.target === event.currentTarget) taps.sheet(false);
  };
  return h("div", { class: "veil", onkeydown: keys, onclick: veil },
    h("div", { class: "sheet", role: "dialog", "aria-modal": "true", "aria-labelledby": "account-sheet-title", "data-testid": "account-sheet" },
      h("div", { class: "who" },
        avatar(account.appid, account.app_name),
        h("h2", { id: "account-sheet-title", tabindex: "-1", "data-testid": "account-sheet-title" }, account.app_name),
        h("p", { class: "kind-tag" }, t.service_account)),
      h("dl", { class: "facts" }, fact(t.appid, account.appid), fact(t.follow_state, following ? t.followed : t.not_followed)),
      following ? h("p", { class: "aside" }, t.unfollow_text) : null,
      h("div", { class: "pair" },
        h("button", { class: "choice plain", "data-testid": "account-close", onclick: () => taps.sheet(false) }, t.close),
        following
          ? h("button", { class: "choice decline", "data-testid": "unfollow", onclick: taps.unfollow }, t.unfollow)
          : h("button", { class: "choice confirm", "data-testid": "account-follow", onclick: taps.follow }, t.follow))));
}
