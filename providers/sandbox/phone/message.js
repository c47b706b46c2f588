// Turns a message into pieces, plain or with an address. The sandbox tells the links of a text in the order in which their
// words stand in it. Only http and https become links; everything stays text until it is an element.

export function isWeb(address) {
  return URL.canParse(address) && ["http:", "https:"].includes(new URL(address).protocol);
}

export function pieces({ text = "", links = [] }) {
  const found = [];
  let rest = text;
  for (const link of links) {
    const at = link.text ? rest.indexOf(link.text) : -1;
    if (at < 0 || !isWeb(link.url)) continue;
    found.push({ text: rest.slice(0, at) }, link);
    rest = rest.slice(at + link.text.length);
  }
  return [...found, { text: rest }].filter((piece) => piece.text !== "");
}

// One line of it, for lists.
export function glimpse(message) {
  const text = message?.news?.[0]?.title ?? message?.text ?? "";
  return text.replace(/\s+/g, " ").trim();
}
