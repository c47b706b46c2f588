// What the page asked for before the script was there: taken once, by the very same request, and never waited for in vain.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { SERVER, load } from "./world.mjs";

const { early } = await load("env");
const ADDRESS = `${SERVER}/login/azr_1/start`;
const BODY = JSON.stringify({ provider: "mini", locale: "en" });

const asked = (key, answer) => (globalThis.saomaAsked = new Map([[key, answer]]));
afterEach(() => delete globalThis.saomaAsked);

test("the same request takes the answer, once", async () => {
  asked(`POST ${ADDRESS} ${BODY}`, Promise.resolve("answer"));
  assert.equal(await early(ADDRESS, { method: "POST", body: BODY }), "answer");
  assert.equal(early(ADDRESS, { method: "POST", body: BODY }), undefined);
});

test("a request object is known by its address", async () => {
  asked(`GET ${SERVER}/api/v1/clients/shop `, Promise.resolve("client"));
  assert.equal(await early(new Request(`${SERVER}/api/v1/clients/shop`)), "client");
});

test("another way, another address, another method: none of these", () => {
  asked(`POST ${ADDRESS} ${BODY}`, Promise.resolve("answer"));
  assert.equal(early(ADDRESS, { method: "POST", body: BODY.replace("mini", "chat") }), undefined);
  assert.equal(early(`${ADDRESS}/2`, { method: "POST", body: BODY }), undefined);
  assert.equal(early(ADDRESS), undefined);
});

test("whoever stops waiting hears of it", async () => {
  asked(`GET ${ADDRESS} `, new Promise(() => {}));
  const stop = new AbortController();
  const answer = early(ADDRESS, { signal: stop.signal });
  stop.abort(new Error("too late"));
  await assert.rejects(answer, /too late/);
});

test("a page that asked for nothing", () => assert.equal(early(ADDRESS), undefined));
