// Small building blocks of the screens: elements, icons, avatars. Text always goes in as text, never as HTML.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  scan: "M4 9V6a2 2 0 0 1 2-2h3M15 4h3a2 2 0 0 1 2 2v3M20 15v3a2 2 0 0 1-2 2h-3M9 20H6a2 2 0 0 1-2-2v-3M3 12h18",
  back: "M15 4l-8 8 8 8",
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M6 6l12 12M18 6L6 18",
  clock: "M12 7v5.5l3.5 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
  alert: "M12 7v6.5M12 17v.2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
  picture: "M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1M4 17l5-5 4 4 3-3 4 4M15.5 8.5v.1",
  dots: "M5 12h.1M12 12h.1M19 12h.1",
  target: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M12 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
  globe: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M3.5 9h17M3.5 15h17M12 3c-5 5.5-5 12.5 0 18M12 3c5 5.5 5 12.5 0 18",
  send: "M12 19V5M6 11l6-6 6 6",
  text: "M5 6h14M5 12h14M5 18h8",
  article: "M5 4h14v16H5zM9 8.5h6M9 12h6M9 15.5h3",
  follow: "M12 5v14M5 12h14",
  shield: "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2.2 2.2L15.2 10",
};

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

export function icon(name, size = 24) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("width", size);
  svg.setAttribute("height", size);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

// A screen's heading; it takes the focus when the screen comes on.
export const title = (text, more = {}) => h("h2", { tabindex: "-1", "data-focus": true, ...more }, text);

export const clock = (at) => {
  const time = new Date(at);
  return `${time.getHours()}:${String(time.getMinutes()).padStart(2, "0")}`;
};

// One of six colours, always the same for one id.
export function avatar(id, name) {
  const sum = [...id].reduce((total, letter) => total + letter.codePointAt(0), 0);
  const letters = /^[\x20-\x7e]+$/.test(name) ? name.slice(0, 1).toUpperCase() : [...name].at(-1) ?? "?";
  return h("span", { class: `avatar tint-${sum % 6}`, "aria-hidden": "true" }, letters);
}

// A person's picture as websites get it, or the tile where there is none.
export function face({ id, name, avatar_url: src }) {
  const tile = avatar(id, name);
  return src ? h("img", { class: "avatar", src, alt: "", onerror: ({ target }) => target.replaceWith(tile) }) : tile;
}
