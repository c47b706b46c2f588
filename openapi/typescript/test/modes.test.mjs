// The two ways a site is built, and what a tab keeps: who makes secrets, who is believed, what is sent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SERVER, World, json, load, refusal, view } from "./world.mjs";

const { Saoma } = await load("saoma");
const { ClientIdMode, StartUrlMode } = await load("modes");
const { Keeper } = await load("keep");
const { challengeOf, randomValue } = await load("pkce");

const { signal } = new AbortController();
const START = "https://shop.example.com/login/start";
const CALLBACK = "https://shop.example.com/callback";
const begun = view("pending", 1, { browser_secret: "s3cret" });

const startMode = (answer, more) => {
  const outside = new World(answer);
  return { outside, mode: new StartUrlMode(new Saoma(SERVER, outside.env), START, more) };
};
const clientMode = (answer, more) => {
  const outside = new World(answer);
  return { outside, mode: new ClientIdMode(new Saoma(SERVER, outside.env), "app", more) };
};

test("start-url: the site names itself, and begins with what the visitor chose", async () => {
  const offer = { client_id: "shop", providers: ["mini"] };
  const { outside, mode } = startMode((asked) => json(asked.method === "GET" ? offer : begun));
  assert.deepEqual(await mode.offer(signal), offer);
  const kept = await mode.begin("mini", "en", signal);
  assert.deepEqual(outside.asked.map(({ method, path }) => `${method} ${path}`), ["GET /login/start", "POST /login/start"]);
  assert.equal(outside.asked[1].headers.get("content-type"), "application/json");
  assert.deepEqual(JSON.parse(outside.asked[1].body), { provider: "mini", locale: "en" });
  assert.equal(kept.secret, "s3cret");
  assert.equal(kept.login.browser_secret, undefined, "the secret is kept once");
  assert.equal(kept.verifier, undefined);
});

test("start-url: a client-id on the page saves the question", async () => {
  const { outside, mode } = startMode(() => assert.fail("nothing is to be asked"), { clientId: "shop" });
  assert.deepEqual(await mode.offer(signal), { client_id: "shop" });
  assert.equal(outside.asked.length, 0);
});

test("start-url: refusals keep their code and their wait, and a silent gateway is no network", async () => {
  const begin = (answer) => startMode(answer).mode.begin("mini", "en", signal);
  await assert.rejects(begin(() => refusal(503, "vendor_unavailable", { "retry-after": "7" })), { code: "vendor_unavailable", status: 503, retryAfter: 7 });
  await assert.rejects(begin(() => new Response("Bad gateway", { status: 502 })), { code: "network" });
  await assert.rejects(begin(() => new Response("?", { status: 404 })), { code: "unknown" });
  await assert.rejects(begin(() => new Response("<!doctype html>")), { code: "unknown" });
  await assert.rejects(begin(() => Promise.reject(new TypeError("failed to fetch"))), { code: "network", status: 0 });
});

test("start-url: only a web address is followed, and only the site's own when it named one", async () => {
  const finish = (redirect_to, more) => startMode(() => assert.fail(), more).mode.finish({}, { type: "code", code: "c", redirect_to });
  assert.deepEqual(await finish(`${CALLBACK}?code=c`), { go: `${CALLBACK}?code=c` });
  assert.deepEqual(await finish(`${CALLBACK}?code=c`, { redirectUri: CALLBACK }), { go: `${CALLBACK}?code=c` });
  for (const bad of [undefined, "javascript:alert(1)", "data:text/html,x"]) await assert.rejects(finish(bad), { code: "no_redirect" });
  for (const bad of ["https://evil.example/callback?code=c", `${CALLBACK}.evil.example/?code=c`]) {
    await assert.rejects(finish(bad, { redirectUri: CALLBACK }), { code: "no_redirect" });
  }
});

test("both: where the person is asked first, Saoma's own page is followed and the login kept", async () => {
  const page = `${SERVER}/consent/s3cret`;
  for (const { mode } of [startMode(() => assert.fail(), { redirectUri: CALLBACK }), clientMode(() => assert.fail())]) {
    const finish = (redirect_to) => mode.finish({}, { type: "interaction", redirect_to }, signal);
    assert.deepEqual(await finish(page), { go: page, returns: true });
    for (const bad of [`${SERVER}.evil.example/`, "javascript:alert(1)"]) await assert.rejects(finish(bad), { code: "no_redirect" });
  }
});

test("client-id: the browser makes the verifier, and redeems with it", async () => {
  const answers = { "/api/v1/logins": begun, "/oauth2/token": { access_token: "at", token_type: "Bearer", expires_in: 600, scope: "" }, "/oauth2/userinfo": { sub: "usr_1", updated_at: 1 } };
  const { outside, mode } = clientMode((asked) => json(answers[asked.path]), { userinfo: true });
  const kept = await mode.begin("mini", "zh-CN", signal);
  const sent = JSON.parse(outside.asked[0].body);
  assert.equal(sent.code_challenge, await challengeOf(kept.verifier));
  assert.equal(sent.code_challenge_method, "S256");
  assert.equal(sent.client_id, "app");
  assert.equal(sent.redirect_uri, undefined);
  const { tokens } = await mode.finish(kept, { type: "code", code: "c0de" }, signal);
  const form = Object.fromEntries(new URLSearchParams(outside.asked[1].body));
  assert.deepEqual(form, { grant_type: "authorization_code", client_id: "app", code: "c0de", code_verifier: kept.verifier });
  assert.equal(outside.asked[1].headers.get("content-type"), "application/x-www-form-urlencoded");
  assert.equal(outside.asked[1].headers.get("authorization"), null);
  assert.equal(outside.asked[2].headers.get("authorization"), "Bearer at");
  assert.deepEqual(tokens, { access_token: "at", expires_in: 600, user: { sub: "usr_1", updated_at: 1 } });
});

test("client-id: a redirect's answer counts only with this tab's state and this server's name", async () => {
  const { outside, mode } = clientMode(() => json({ access_token: "at", token_type: "Bearer", expires_in: 600, scope: "" }), { redirectUri: CALLBACK });
  const kept = { login: view("pending"), provider: "website", verifier: "v", state: "st", redirect_uri: CALLBACK, whole: 1 };
  const back = (query, known = kept) => mode.finishRedirect(known, new URLSearchParams(query), signal);
  const good = { code: "c", state: "st", iss: SERVER };
  for (const [query, known] of [
    [{ ...good, state: "other" }],
    [{ ...good, iss: "https://evil.example" }],
    [{ code: "c", state: "st" }],
    [{ state: "st", iss: SERVER }],
    [good, undefined],
    [{ ...good, state: "undefined" }, { ...kept, state: undefined }],
  ]) {
    await assert.rejects(mode.finishRedirect(known === undefined && query === good ? undefined : (known ?? kept), new URLSearchParams(query), signal), { code: "stale_return" });
  }
  await assert.rejects(back({ error: "access_denied", state: "st", iss: SERVER }), { code: "access_denied" });
  assert.equal(outside.asked.length, 0, "nothing of that reached the server");
  assert.deepEqual(await back(good), { access_token: "at", expires_in: 600 });
  assert.equal(new URLSearchParams(outside.asked[0].body).get("redirect_uri"), CALLBACK);
});

test("client-id: a refusal of the token endpoint keeps the standard's word", async () => {
  const { mode } = clientMode(() => json({ error: "invalid_grant", error_description: "" }, { status: 400 }));
  await assert.rejects(mode.finish({ verifier: "v" }, { type: "code", code: "c" }, signal), { code: "invalid_grant", status: 400 });
});

test("the challenge is that of RFC 7636, and random values are long and differ", async () => {
  assert.equal(await challengeOf("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  assert.match(randomValue(), /^[\w-]{43}$/);
  assert.notEqual(randomValue(), randomValue());
});

test("a tab keeps its login until it is dropped, and for its own site only", () => {
  const shelf = new Map();
  const storage = { getItem: (key) => shelf.get(key) ?? null, setItem: (key, value) => shelf.set(key, value), removeItem: (key) => shelf.delete(key) };
  const kept = { login: view("pending"), provider: "mini", secret: "s", verifier: "v", whole: 120 };
  const keeper = new Keeper("a", storage);
  assert.equal(keeper.load(), undefined);
  keeper.save(kept);
  assert.deepEqual(new Keeper("a", storage).load(), kept);
  assert.equal(new Keeper("b", storage).load(), undefined);
  keeper.drop();
  assert.equal(shelf.size, 0);
  for (const broken of ["{", "null", "1", '{"login":{}}', '{"login":{"login_id":"x"},"provider":"p"}']) {
    storage.setItem("saoma-login a", broken);
    assert.equal(keeper.load(), undefined, broken);
  }
});

test("a browser that grants no storage keeps nothing, and nothing breaks", () => {
  const refuse = () => {
    throw new DOMException("denied", "SecurityError");
  };
  for (const shelf of [undefined, { getItem: refuse, setItem: refuse, removeItem: refuse }]) {
    const keeper = new Keeper("a", shelf);
    keeper.save({ login: view("pending"), provider: "mini", whole: 1 });
    assert.equal(keeper.load(), undefined);
    keeper.drop();
  }
});
