// Owns how core/src/region/names.rs is made: `node tests/tools/region-names.mjs > core/src/region/names.rs`.
// The codes are ISO 3166-1's, from the time zone database (public domain); the names are CLDR's, from this
// Node's own ICU. Fetches nothing; the same Node writes the same file.

import { readFileSync } from "node:fs";

const codes = readFileSync("/usr/share/zoneinfo/iso3166.tab", "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.slice(0, 2))
  .sort();
const names = (tag) => new Intl.DisplayNames(tag, { type: "region", fallback: "none" });
const [english, chinese] = [names("en"), names("zh-CN")];

console.log(`//! What countries and territories are called: ISO 3166-1's codes in their order, CLDR's names (version ${process.versions.cldr.split(".")[0]}).
//!
//! Made by \`tests/tools/region-names.mjs\`, not by hand. The names are Unicode's: see \`LICENSE-UNICODE\` beside this file.

use super::Region;
use crate::provider::LocalText;

const fn region(code: &'static str, en: &'static str, zh: &'static str) -> Region {
    Region { code, name: LocalText { en, zh } }
}

pub(super) static ALL: [Region; ${codes.length}] = [`);
for (const code of codes) {
  console.log(`    region(${[code, english.of(code), chinese.of(code)].map((text) => JSON.stringify(text)).join(", ")}),`);
}
console.log("];");
