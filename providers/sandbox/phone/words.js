// Which language speaks, and which sentence a problem gets. The words themselves are in words-zh.js and words-en.js.

import { en } from "./words-en.js";
import { zh } from "./words-zh.js";

export function words(language) {
  return language === "en" ? en : zh;
}

// From a status, a code and the login's stage to the name of a sentence in `problems`.
export function problemName(status, code, stage) {
  // It has ended, too, but why is what this person must know: somebody else holds the same code.
  if (stage === "conflict") return "conflict";
  if (code && zh.problems[code]) return code;
  if (status === 410) return "login_ended";
  if (status === 404) return "unknown_scene";
  if (status === 409) return "conflict";
  if (status === 403) return "blocked";
  if (status === 429) return "too_many";
  if (code === "vendor_misconfigured") return "misconfigured";
  if (status === 502 || status === 503 || status === 504) return "vendor";
  return "other";
}
