// Registers `<saoma-login>`. What the bundle is made from: one import, and the element works.

import { SaomaLoginElement, type SaomaLoginEvents } from "./element.js";

export * from "./index.js";

declare global {
  interface HTMLElementTagNameMap {
    "saoma-login": SaomaLoginElement;
  }
  interface HTMLElementEventMap extends SaomaLoginEventMap {}
}

type SaomaLoginEventMap = { [Name in keyof SaomaLoginEvents]: CustomEvent<SaomaLoginEvents[Name]> };

if (globalThis.customElements && !customElements.get("saoma-login")) {
  customElements.define("saoma-login", SaomaLoginElement);
}
