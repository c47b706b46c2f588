// Where an address is typed that WeChat's own browser should open, and what a desktop browser cannot pretend.

import { h, icon, title } from "./dom.js";

const AGENT = '--user-agent="Mozilla/5.0 (iPhone) MicroMessenger/8.0"';

export function browserScreen(t, person, state, taps) {
  const input = h("input", {
    id: "browser-url", "data-testid": "browser-url", type: "text", inputmode: "url", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    placeholder: t.browser_placeholder, value: state.address, "aria-invalid": state.bad && "true", "aria-describedby": state.bad && "browser-bad",
    oninput: ({ target }) => taps.keep(target.value),
  });
  const submit = (event) => {
    event.preventDefault();
    taps.go(input.value);
  };
  return h("section", { class: "browser" },
    h("header", { class: "bar" },
      h("button", { class: "round", "data-testid": "back", "aria-label": t.back, onclick: taps.back }, icon("back")),
      title(t.browser_title), h("span", {})),
    h("form", { class: "field", onsubmit: submit },
      h("label", { for: "browser-url" }, t.browser_label),
      h("div", { class: "input" }, icon("globe", 22), input),
      state.bad ? h("p", { class: "bad", id: "browser-bad" }, t.browser_bad) : null,
      h("button", { class: "wide", "data-testid": "browser-go" }, t.browser_go),
      h("p", { class: "aside" }, t.browser_text(person.name))),
    h("div", { class: "hint", "data-testid": "browser-hint" },
      icon("alert", 20), h("div", {}, h("p", {}, t.browser_agent), h("code", {}, AGENT))));
}
