// What a scan asks of a person: the mini-program's page, an account's follow sheet, a website's request to log in.
// Wherever something is granted, both answers are equally easy to hit.

import { avatar, face, h, icon, title } from "./dom.js";
import { finder } from "./scanner.js";
import { notMe } from "./screens.js";

export function asked(t, person, asking, age, taps) {
  const { client = {}, requester = {} } = asking.body;
  const site = client.name ?? t.the_site;
  const fallback = h("span", { class: "logo letter", "aria-hidden": "true" }, [...site][0]?.toUpperCase() ?? "?");
  const logo = asking.logo
    ? h("img", { class: "logo", src: asking.logo, alt: "", onerror: ({ target }) => target.replaceWith(fallback) })
    : fallback;
  const fact = (name, value, more = {}) => h("div", {}, h("dt", {}, name), h("dd", more, value || t.unknown));
  const input = h("input", {
    id: "nickname", "data-testid": "nickname", type: "text", maxlength: "40", autocomplete: "off", placeholder: t.nickname_hint,
    value: asking.nickname, oninput: ({ target }) => { asking.nickname = target.value; },
  });
  const suggest = () => { input.value = asking.nickname = person.nickname; input.focus(); };
  return h("section", { class: "asked" },
    h("header", { class: "bar" }, h("span", {}), h("p", { class: "app-name" }, asking.app_name),
      h("span", { class: "capsule" }, icon("dots", 20), h("i", {}),
        h("button", { "aria-label": t.close, "data-testid": "close", onclick: taps.close }, icon("target", 20)))),
    h("div", { class: "site" }, logo, h("p", {}, t.login_to), title(site)),
    h("dl", { class: "group facts" },
      fact(t.domain, client.domain, { class: "domain" }), fact(t.region, requester.region),
      fact(t.browser, requester.browser), fact(t.begun, t.ago(age), { "data-begun": true })),
    asking.body.numbers ? numbers(t, asking, taps) : null,
    h("div", { class: "field" }, h("label", { for: "nickname" }, t.nickname),
      h("div", { class: "input" }, input,
        person.nickname ? h("button", { type: "button", class: "chip", "data-testid": "use-nickname", onclick: suggest }, t.use(person.nickname)) : null)),
    h("footer", {},
      h("p", { class: "check" }, icon("shield", 20), h("span", {}, t.check)),
      h("div", { class: "pair" },
        h("button", { class: "choice decline", "data-testid": "decline", onclick: taps.decline }, icon("cross", 20), t.decline),
        h("button", { class: "choice confirm", "data-testid": "confirm", onclick: taps.confirm }, icon("check", 20), t.confirm))));
}

// Which of them does the website show? One has to be chosen, and the first try is the only one.
function numbers(t, { body, chosen, unchosen }, taps) {
  const one = (number) => h("button", {
    type: "button", class: "number", "data-testid": `number-${number}`, "data-number": number,
    "aria-pressed": String(chosen === number), onclick: () => taps.choose(number),
  }, number);
  return h("div", { class: "field numbers", role: "group", "aria-labelledby": "numbers-label" },
    h("p", { id: "numbers-label" }, t.which_number),
    h("div", { class: "three" }, body.numbers.map(one)),
    h("p", { class: "bad", role: "alert" }, unchosen ? t.number_first : ""));
}

// For the website's page, and for nobody else.
export function digits(t, six, taps) {
  const [first, second] = [six.slice(0, 3), six.slice(3)];
  return h("section", { class: "result digits" },
    h("div", { class: "told" },
      title(t.digits_title),
      h("p", { class: "six", "data-testid": "digits", "aria-label": `${first} ${second}` }, h("span", {}, first), " ", h("span", {}, second)),
      h("p", {}, t.digits_text)),
    h("p", { class: "check" }, icon("shield", 20), h("span", {}, t.digits_secret)),
    h("footer", {}, h("button", { class: "first", "data-testid": "home", onclick: taps.home }, t.home), notMe(t, taps)));
}

asked.age = (t, age) => {
  const begun = document.querySelector("[data-begun]");
  if (begun) begun.textContent = t.ago(age);
};


// Over the camera that has just seen a code.
const sheet = (name, ...children) => h("section", { class: `over ${name}` },
  finder("seen", h("div", { class: "blank" }, icon("check", 40))), h("div", { class: "sheet" }, children));

export function follow(t, told, taps) {
  return sheet("follow",
    h("div", { class: "who" },
      avatar(told.appid, told.app_name), title(t.follow_title(told.app_name)),
      h("p", { class: "kind-tag" }, t.service_account), h("p", {}, t.follow_text)),
    h("div", { class: "pair" },
      h("button", { class: "choice plain", "data-testid": "follow-cancel", onclick: taps.cancel }, t.cancel),
      h("button", { class: "choice confirm", "data-testid": "follow", onclick: taps.follow }, icon("follow", 20), t.follow)));
}

export function website(t, person, told, taps) {
  const nickname = person.nickname || person.name;
  return sheet("website",
    h("div", { class: "who" },
      avatar(told.appid, told.app_name), title(t.website_title(told.app_name)), h("p", {}, t.website_gets)),
    h("div", { class: "as" },
      face(person),
      h("span", { class: "row-text" }, h("small", {}, t.website_as), h("strong", {}, nickname))),
    h("p", { class: "check" }, icon("shield", 20), h("span", {}, t.check)),
    h("div", { class: "pair" },
      h("button", { class: "choice decline", "data-testid": "website-cancel", onclick: taps.cancel }, icon("cross", 20), t.cancel),
      h("button", { class: "choice confirm", "data-testid": "website-confirm", onclick: taps.confirm }, icon("check", 20), t.website_confirm)));
}
