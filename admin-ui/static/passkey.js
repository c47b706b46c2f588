// Asks the browser for a passkey: a button with `data-passkey` (`new` or `use`) takes its form's fields to
// `data-begin`, gives what comes back to the browser, and sends the answer with the form to `data-finish`.
// Owns nothing else; without it passwords and codes do.

const decode = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};
const encode = (buffer) => {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};
const withIds = (list) => (list ?? []).map((one) => ({ ...one, id: decode(one.id) }));

async function create(options) {
  const user = { ...options.user, id: decode(options.user.id) };
  const excludeCredentials = withIds(options.excludeCredentials);
  const publicKey = { ...options, challenge: decode(options.challenge), user, excludeCredentials };
  const made = await navigator.credentials.create({ publicKey });
  const response = {
    attestationObject: encode(made.response.attestationObject),
    clientDataJSON: encode(made.response.clientDataJSON),
  };
  return { id: made.id, rawId: encode(made.rawId), type: made.type, response, extensions: {} };
}

async function use(options) {
  const allowCredentials = withIds(options.allowCredentials);
  const publicKey = { ...options, challenge: decode(options.challenge), allowCredentials };
  const given = await navigator.credentials.get({ publicKey });
  const response = {
    authenticatorData: encode(given.response.authenticatorData),
    clientDataJSON: encode(given.response.clientDataJSON),
    signature: encode(given.response.signature),
    userHandle: given.response.userHandle ? encode(given.response.userHandle) : null,
  };
  return { id: given.id, rawId: encode(given.rawId), type: given.type, response, extensions: {} };
}

/** The word for what the browser did not do (WebAuthn sections 5.1.3 and 5.1.4). */
const wordOf = (error) =>
  ({ NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "passkey_known", SecurityError: "passkey_other_origin", NotSupportedError: "not_supported", ConstraintError: "not_supported" })[error?.name] ?? "unavailable";

const said = document.querySelector("[data-passkey-problem]");
function say(word) {
  const text = document.querySelector(`[data-passkey-texts] [data-word="${CSS.escape(word)}"]`);
  said.textContent = text?.textContent ?? word;
  said.hidden = false;
}

async function ask(button) {
  const form = button.form;
  const sent = new URLSearchParams(new FormData(form));
  const reply = await fetch(button.dataset.begin, { method: "POST", body: sent, cache: "no-store" });
  const begun = await reply.json();
  if (begun.go) return location.assign(begun.go);
  if (!begun.ceremony) return say(begun.problem ?? "unavailable");
  const { publicKey } = begun.options;
  const answer = await (button.dataset.passkey === "new" ? create(publicKey) : use(publicKey));
  for (const [name, value] of [["ceremony", begun.ceremony], ["answer", JSON.stringify(answer)]]) {
    const field = form.querySelector(`input[name="${name}"]`) ?? form.appendChild(document.createElement("input"));
    Object.assign(field, { type: "hidden", name, value });
  }
  form.action = button.dataset.finish;
  form.submit();
}

const off = document.querySelector("[data-passkey-off]");
if (off) off.hidden = true;
for (const button of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) {
    if (off) Object.assign(off, { hidden: false, textContent: document.querySelector('[data-passkey-texts] [data-word="not_supported"]').textContent });
    continue;
  }
  button.hidden = false;
  button.addEventListener("click", async () => {
    // A passkey that is made and then not kept is a nuisance to its holder.
    if ("check" in button.dataset && !button.form.reportValidity()) return;
    said.hidden = true;
    button.disabled = true;
    try {
      await ask(button);
    } catch (error) {
      say(wordOf(error));
    }
    button.disabled = false;
  });
}
