// The camera's view: the newest code in the frame, the others below, a picture or a text instead.

import { h, icon, title } from "./dom.js";

const SHOWN = 7;

const name = (code) => code.app_name ?? code.appid;
// A mini-program code by its scene, others by the end of their text: the id of the code or of the website's page.
const mark = (code) => code.scene ?? code.text.replace(/^.*(?:\/q\/|uuid=)/, "");

// The camera's frame around whatever it sees.
export function finder(more, ...seen) {
  return h("div", { class: `finder ${more}` }, seen, ["a", "b", "c", "d"].map((corner) => h("i", { class: `corner ${corner}` })));
}

export function scanner(t, state, taps) {
  const [first, ...others] = state.codes.slice(0, SHOWN);
  return h("section", { class: "scanner", "data-scroll": "scanner", onpaste: (event) => pasted(event, taps) },
    h("header", { class: "bar" },
      h("button", { class: "round", "data-testid": "back", "aria-label": t.back, onclick: taps.back }, icon("back")),
      title(t.scan), h("span", {})),
    finder("", first ? codeButton(t, first, taps) : h("div", { class: "blank" }, icon("scan", 56)), h("i", { class: "beam" })),
    h("div", { class: "finder-text" },
      first ? [label(t, first), h("p", {}, t.in_view_hint)]
        : [h("strong", {}, t.nothing_shown), h("p", {}, t.nothing_shown_hint)]),
    others.length
      ? h("div", { class: "others" }, h("h3", {}, t.others),
        h("div", { class: "strip" }, others.map((code) => codeButton(t, code, taps, label(t, code)))))
      : null,
    state.typing ? textForm(t, state, taps) : null,
    h("div", { class: "sources" },
      h("label", { class: "album" },
        h("input", {
          type: "file", accept: "image/*", class: "hidden-input", "data-testid": "picture-input", "aria-label": t.album,
          onchange: ({ target }) => target.files[0] && taps.picture(target.files[0]),
        }),
        icon("picture", 22), h("span", {}, t.album_short)),
      h("button", { class: "album", "data-testid": "enter-text", "aria-expanded": String(state.typing), onclick: taps.type },
        icon("text", 22), h("span", {}, t.paste_short))));
}

// A picture alone is named by its description, a picture with a label by the label.
function codeButton(t, code, taps, text = null) {
  return h("button", {
    class: text ? "thumb" : "in-view", "data-testid": `code-${mark(code)}`, "data-kind": code.kind ?? "mini_program", "data-appid": code.appid,
    "data-code": code.image_url,
    onclick: () => taps.code(code),
  }, h("img", { src: code.image_url, alt: text ? "" : t.scan_code_of(name(code)) }), text);
}

function label(t, code) {
  return h("span", { class: "code-text" },
    h("strong", {}, name(code)),
    h("small", { class: "kind" }, t.kinds[code.kind] ?? t.kinds.mini_program),
    h("small", { "data-age": code.image_url }, t.ago(code.age_seconds)));
}

function textForm(t, state, taps) {
  const submit = (event) => {
    event.preventDefault();
    if (state.text.trim()) taps.text(state.text.trim());
  };
  return h("form", { class: "code-form", onsubmit: submit },
    h("input", {
      type: "text", autocomplete: "off", spellcheck: "false", "data-testid": "code-text", "aria-label": t.paste, placeholder: t.paste_hint,
      value: state.text, oninput: ({ target }) => { state.text = target.value; },
    }),
    h("button", { class: "go", "data-testid": "code-text-go" }, t.paste_go));
}

// A picture or a text from the clipboard is a scan, unless a field takes it.
function pasted(event, taps) {
  const picture = [...event.clipboardData.files].find((file) => file.type.startsWith("image/"));
  const text = event.clipboardData.getData("text/plain").trim();
  if (picture) taps.picture(picture);
  else if (text && !event.target.closest("input")) taps.text(text);
  else return;
  event.preventDefault();
}

// Refreshes the ages alone, so that nothing jumps and the focus stays.
scanner.ages = (t, codes) => {
  for (const code of codes) {
    const text = document.querySelector(`[data-age="${CSS.escape(code.image_url)}"]`);
    if (text) text.textContent = t.ago(code.age_seconds);
  }
};
