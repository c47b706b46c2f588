// The field for the six digits that a phone shows: what may be typed or pasted, what is said when it is wrong.
// Owns the form and its words; who is asked whether the digits are right is whoever made it. Keeps no digits.

import { h } from "./dom.js";
import { type Texts, fill } from "./texts.js";

/** Six digits, however they were written: with spaces, or by a keyboard with wide letters. None when they are not. */
export function sixDigits(typed: string): string | undefined {
  const digits = typed.normalize("NFKC").replace(/[\s-]/g, "");
  return /^\d{6}$/.test(digits) ? digits : undefined;
}

/** The form. */
export class DigitsForm {
  readonly element: HTMLFormElement;
  readonly #texts: Texts["digits"];
  readonly #input: HTMLInputElement;
  readonly #wrong = h("p", { class: "wrong", id: "digits-wrong", part: "digits-wrong", role: "alert" });
  readonly #send: HTMLButtonElement;
  readonly #onDigits: (digits: string) => void;
  #sending = false;

  constructor({ digits: texts }: Texts, onDigits: (digits: string) => void) {
    this.#texts = texts;
    this.#onDigits = onDigits;
    const field = { id: "digits", part: "digits-input", name: "digits", type: "text", inputmode: "numeric" };
    const help = { autocomplete: "one-time-code", autocapitalize: "off", spellcheck: "false", "aria-describedby": "digits-wrong" };
    this.#input = h("input", { ...field, ...help });
    this.#send = h("button", { class: "button", part: "button digits-send", type: "submit" }, texts.send);
    const label = h("label", { for: "digits" }, texts.label);
    this.element = h("form", { class: "digits", part: "digits", novalidate: true, hidden: true }, label, this.#input, this.#wrong, this.#send);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  /** Comes empty, and takes the focus if nothing else of the page has it; goes again. */
  shown(shown: boolean): void {
    if (shown === !this.element.hidden) return;
    this.element.hidden = !shown;
    this.#input.value = "";
    this.#say(undefined);
    const { host } = this.element.getRootNode() as ShadowRoot;
    const { activeElement } = document;
    if (shown && (!activeElement || activeElement === document.body || activeElement === host)) this.#input.focus();
  }

  /** They were wrong and so many tries are left, or they did not arrive. */
  refused(left: number | undefined): void {
    if (this.element.hidden) return;
    const { wrong, unsent } = this.#texts;
    this.#say(left === undefined ? unsent : fill(wrong, { left: String(left) }));
    if (left !== undefined) this.#input.value = "";
    this.#input.focus();
  }

  #submit(): void {
    if (this.#sending) return;
    const digits = sixDigits(this.#input.value);
    if (!digits) {
      this.#say(this.#texts.six);
      return this.#input.focus();
    }
    this.#say(undefined);
    this.#wait(true);
    this.#onDigits(digits);
  }

  #say(wrong: string | undefined): void {
    this.#wait(false);
    this.#wrong.textContent = wrong ?? "";
    this.#input.setAttribute("aria-invalid", String(wrong !== undefined));
  }

  // Not `disabled`: that would take the focus away from whoever works with keys alone.
  #wait(sending: boolean): void {
    this.#sending = sending;
    this.#send.setAttribute("aria-disabled", String(sending));
    this.#send.textContent = sending ? this.#texts.sending : this.#texts.send;
  }
}
