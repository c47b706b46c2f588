// Words and colours: both languages say everything, the right one is chosen, and every refusal has words.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "./world.mjs";

const { chooseLocale, fill, nameOf, textsOf } = await load("texts");
const { textOn } = await load("dom");
const { sixDigits } = await load("digits");

const paths = (value, at = "") => (typeof value === "object" ? Object.entries(value).flatMap(([name, inner]) => paths(inner, `${at}/${name}`)) : [at]);
const leaves = (value) => (typeof value === "object" ? Object.values(value).flatMap(leaves) : [value]);

test("both languages have the same words", () => {
  const [en, zh] = [textsOf("en"), textsOf("zh-CN")];
  assert.deepEqual(paths(en).sort(), paths(zh).sort());
  for (const text of [...leaves(en), ...leaves(zh)]) assert.ok(text.trim(), "a text is empty");
  const holes = (text) => (text.match(/\{\w+\}/g) ?? []).sort();
  leaves(en).forEach((text, index) => assert.deepEqual(new Set(holes(text)), new Set(holes(leaves(zh)[index])), text));
});

test("what Saoma may answer a page with has words of its own, or is a fault of the page", () => {
  const document = JSON.parse(readFileSync(new URL("../../login.json", import.meta.url), "utf8"));
  const begin = document.paths["/api/v1/logins"].post.responses;
  const codes = Object.values(begin).flatMap(({ description }) => [...description.matchAll(/`(\w+)`/g)].map(([, code]) => code));
  const ofThePage = ["invalid_json", "unsupported_media_type", "payload_too_large", "body_too_slow"];
  const ofTheSite = ["client_authentication_required", "client_authentication_failed"];
  const general = ["storage_unavailable", "internal", "js_code_invalid"];
  const known = new Set([...Object.keys(textsOf("en").problems), ...ofThePage, ...ofTheSite, ...general]);
  assert.ok(codes.length > 10);
  assert.deepEqual(codes.filter((code) => !known.has(code)), []);
});

test("the first wish that names a language we speak counts", () => {
  assert.equal(chooseLocale("zh", "en"), "zh-CN");
  assert.equal(chooseLocale(null, "en-GB", "zh-CN"), "en");
  assert.equal(chooseLocale(undefined, "fr", "zh-Hant"), "zh-CN");
  assert.equal(chooseLocale("", "english?"), "en");
});

test("a way has the operator's title, unless an English reader could not read it", () => {
  const way = { kind: "wechat_mini_program", title: "微信小程序码" };
  assert.equal(nameOf(way, "zh-CN"), "微信小程序码");
  assert.equal(nameOf(way, "en"), "WeChat Mini Program");
  assert.equal(nameOf({ ...way, title: "Staff" }, "en"), "Staff");
  assert.equal(nameOf({ kind: "new", title: "新" }, "en"), "新");
  assert.equal(nameOf(way, "en", [way, { ...way, title: "公众号" }]), way.title, "two ways are never called the same");
});

test("values are put in, and what is unknown stays", () => {
  assert.equal(fill("{a} and {b}", { a: "1" }), "1 and {b}");
});

test("text on the site's colour can be read", () => {
  assert.equal(textOn("#0a7d55"), "#ffffff");
  assert.equal(textOn("#ffe08a"), "#000000");
  assert.equal(textOn("#000000"), "#ffffff");
});

test("six digits are taken however they are written, and nothing else is", () => {
  for (const typed of ["123456", " 123 456 ", "123-456", "１２３４５６", "123\u00a0456"]) assert.equal(sixDigits(typed), "123456", typed);
  for (const typed of ["", "12345", "1234567", "12345a", "123.456"]) assert.equal(sixDigits(typed), undefined, typed);
});

test("every reason that a person brings about on the phone has words of its own", () => {
  for (const reason of ["wrong_number", "wrong_digits", "disowned"]) assert.ok(textsOf("en").reasons[reason], reason);
});
