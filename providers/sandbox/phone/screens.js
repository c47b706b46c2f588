// How each screen looks: pure functions from words and facts to elements. No requests and no state here.

import { avatar, h, icon } from "./dom.js";

const title = (text, more = {}) => h("h2", { tabindex: "-1", "data-focus": true, ...more }, text);

export function persons(t, cast, taps) {
  const card = (person) =>
    h("li", {}, h("button", { class: "row", "data-testid": `person-${person.id}`, onclick: () => taps.pick(person) },
      avatar(person.id, person.name),
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

export function home(t, person, notices, taps) {
  const signs = { confirmed: "check", declined: "cross", expired: "clock", error: "alert" };
  const notice = ({ state, site, at }) =>
    h("li", { class: "row" },
      h("span", { class: `badge ${state}` }, icon(signs[state], 20)),
      h("span", { class: "row-text" }, h("strong", {}, site), h("small", {}, t[state])),
      h("time", {}, `${at.getHours()}:${String(at.getMinutes()).padStart(2, "0")}`));
  return h("section", { class: "home" },
    h("header", { class: "bar" },
      h("span", { class: "tag" }, t.rehearsal),
      title(t.wechat),
      h("button", { class: "round", "data-testid": "switch-person", "aria-label": `${t.switch_person}. ${t.signed_in_as(person.name)}`, onclick: taps.switchPerson },
        avatar(person.id, person.name))),
    h("button", { class: "scan-tile", "data-testid": "scan", onclick: taps.scan },
      icon("scan", 40), h("strong", {}, t.scan), h("span", {}, t.scan_hint)),
    h("h3", {}, t.notices),
    notices.length ? h("ul", { class: "group" }, notices.map(notice)) : h("p", { class: "empty" }, t.no_notices));
}

export function scanner(t, codes, taps) {
  const name = (code) => code.app_name ?? code.appid;
  // A picture alone is named by its description, a picture with a label by the label.
  const button = (code, kind, label) =>
    h("button", {
      class: kind, "data-testid": `code-${code.scene}`, "data-code": code.image_url, onclick: () => taps.code(code),
    }, h("img", { src: code.image_url, alt: label ? "" : t.scan_code_of(name(code)) }), label);
  const [first, ...others] = codes.slice(0, 7);
  const label = (code) => h("span", { class: "code-text" }, h("strong", {}, name(code)), h("small", { "data-age": code.image_url }, t.ago(code.age_seconds)));
  const input = h("input", {
    type: "file", accept: "image/*", class: "hidden-input", "data-testid": "picture-input", "aria-label": t.album,
    onchange: ({ target }) => target.files[0] && taps.picture(target.files[0]),
  });
  return h("section", { class: "scanner" },
    h("header", { class: "bar" },
      h("button", { class: "round", "data-testid": "back", "aria-label": t.back, onclick: taps.back }, icon("back")),
      title(t.scan), h("span", {})),
    h("div", { class: "finder" },
      first ? button(first, "in-view") : h("div", { class: "blank" }, icon("scan", 56)),
      h("i", { class: "corner a" }), h("i", { class: "corner b" }), h("i", { class: "corner c" }), h("i", { class: "corner d" }),
      h("i", { class: "beam" })),
    h("div", { class: "finder-text" },
      first ? [label(first), h("p", {}, t.in_view_hint)]
        : [h("strong", {}, t.nothing_shown), h("p", {}, t.nothing_shown_hint)]),
    others.length ? h("div", { class: "others" }, h("h3", {}, t.others), h("div", { class: "strip" }, others.map((code) => button(code, "thumb", label(code))))) : null,
    h("label", { class: "album" }, input, icon("picture", 22), h("span", {}, t.album)));
}

// Refreshes the ages alone, so that nothing jumps and the focus stays.
scanner.ages = (view, t, codes) => {
  for (const code of codes) {
    const age = t.ago(code.age_seconds);
    const text = view.querySelector(`[data-age="${code.image_url}"]`);
    if (text) text.textContent = age;
  }
};

export function working(text) {
  return h("section", { class: "working" }, h("span", { class: "spinner" }), title(text));
}

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
    h("div", { class: "field" }, h("label", { for: "nickname" }, t.nickname),
      h("div", { class: "input" }, input,
        person.nickname ? h("button", { type: "button", class: "chip", "data-testid": "use-nickname", onclick: suggest }, t.use(person.nickname)) : null)),
    h("footer", {},
      h("p", { class: "check" }, icon("shield", 20), h("span", {}, t.check)),
      h("div", { class: "pair" },
        h("button", { class: "choice decline", "data-testid": "decline", onclick: taps.decline }, icon("cross", 20), t.decline),
        h("button", { class: "choice confirm", "data-testid": "confirm", onclick: taps.confirm }, icon("check", 20), t.confirm))));
}

asked.age = (view, t, age) => {
  const begun = view.querySelector("[data-begun]");
  if (begun) begun.textContent = t.ago(age);
};

export function result(t, { state, site, problem, code }, taps) {
  const signs = { confirmed: "check", declined: "cross", expired: "clock", error: "alert" };
  const text = problem ? t.problems[problem] : t[`${state}_text`](site);
  const done = state === "confirmed" || state === "declined";
  const again = h("button", { class: done ? "second" : "first", "data-testid": "scan-again", onclick: taps.again }, t.again);
  const home = h("button", { class: done ? "first" : "second", "data-testid": "home", onclick: taps.home }, t.home);
  return h("section", { class: "result", "data-testid": "result", "data-state": state, "data-code": code },
    h("div", { class: "told" },
      h("span", { class: `sign ${state}` }, icon(signs[state], 44)),
      title(t[state]), h("p", {}, text),
      code ? h("p", { class: "code" }, `${t.code}: ${code}`) : null),
    h("footer", {}, done ? [home, again] : [again, home]));
}
