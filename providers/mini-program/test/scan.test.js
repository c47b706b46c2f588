// From onLoad to the first thing shown: decoding, wx.login, the scan call and all of its answers.
const test = require("node:test");
const assert = require("node:assert/strict");
const { decodeScene } = require("../pages/login/flow.js");
const { CONFIG, SCENE, SCANNED, reply, problem, lost, start } = require("./fake-wx.js");

test("a good code: one wx.login, one scan call, then site and requester are shown", async () => {
  const page = start({ answers: [reply(200, SCANNED)] });
  await page.opened;
  assert.deepEqual(page.states(), ["loading", "ready"]);
  assert.deepEqual(page.last().site, { name: "Demo Shop", domain: "shop.example.com", logo: SCANNED.client.logo_url });
  assert.deepEqual(page.last().requester, { region: "中国", browser: "Firefox / Windows", age: 12 });
  assert.equal(page.loginCalls(), 1);
  const [call] = page.requests;
  assert.equal(call.url, "https://login.example.com/api/v1/companion/scan");
  assert.equal(call.method, "POST");
  assert.deepEqual(call.header, { "content-type": "application/json", "accept-language": "zh-CN" });
  assert.deepEqual(call.data, { scene: SCENE, js_code: "js-1" });
});

test("the token is never part of what is shown", async () => {
  const page = start({ answers: [reply(200, SCANNED)] });
  await page.opened;
  assert.ok(!JSON.stringify(page.views).includes(SCANNED.companion_token));
  assert.ok(!JSON.stringify(page.views).includes(SCENE));
});

test("region and logo may be missing", async () => {
  const sparse = { ...SCANNED, client: { name: "S", domain: "s.example" }, requester: { browser: "", age_seconds: 0 } };
  const page = start({ answers: [reply(200, sparse)] });
  await page.opened;
  assert.equal(page.last().state, "ready");
  assert.deepEqual(page.last().requester, { region: "", browser: "", age: 0 });
  assert.equal(page.last().site.logo, "");
});

test("the scene is decoded exactly once", async () => {
  assert.equal(decodeScene({ scene: "a%2Bb" }), "a+b");
  assert.equal(decodeScene({ scene: "a%3D1%26b%3D2" }), "a=1&b=2");
  assert.equal(decodeScene({ scene: SCENE }), SCENE);
  // Decoded once this is "%41", which no scene can be; decoded twice it would pass as "A".
  assert.equal(decodeScene({ scene: "%2541" }), null);
});

for (const [name, query] of [
  ["none at all", {}],
  ["no query", undefined],
  ["an empty one", { scene: "" }],
  ["broken escapes", { scene: "%E0%A4%A" }],
  ["escaped twice", { scene: "%2541" }],
  ["too long", { scene: "a".repeat(33) }],
  ["Chinese", { scene: encodeURIComponent("扫码") }],
]) {
  test(`a scene that cannot be ours is refused without any call: ${name}`, async () => {
    const page = start({ query: query || {} });
    await page.opened;
    assert.deepEqual(page.states(), ["unknown"]);
    assert.equal(page.loginCalls() + page.requests.length, 0);
    assert.equal(decodeScene(query), null);
  });
}

for (const [answer, state] of [
  [problem(404, "unknown_scene"), "unknown"],
  [problem(410, "login_ended"), "ended"],
  [problem(403, "user_refused"), "blocked"],
  [problem(429, "rate_limited"), "busy"],
  [problem(429, "vendor_quota"), "busy"],
  [problem(503, "vendor_unavailable"), "busy"],
  [problem(504, "vendor_timeout"), "busy"],
  [problem(502, "vendor_misconfigured"), "failed"],
  [problem(422, "invalid_field"), "failed"],
  [problem(500, "internal"), "failed"],
  [reply(410, "<html>gone</html>"), "ended"],
  [reply(503, "upstream"), "busy"],
  [reply(404, null), "unknown"],
  [reply(502, "<html>bad gateway</html>"), "failed"],
  [reply(200, "not json"), "failed"],
  [reply(200, {}), "failed"],
  [reply(200, { ...SCANNED, client: null }), "failed"],
  [lost("request:fail timeout"), "offline"],
  [lost("request:fail errcode:-118 cronet_error_code:-118"), "offline"],
  [lost("request:fail url not in domain list"), "failed"],
  [{}, "offline"],
]) {
  test(`a scan answered with ${JSON.stringify(answer)} shows "${state}"`, async () => {
    const page = start({ answers: [answer] });
    await page.opened;
    assert.equal(page.last().state, state);
    assert.equal(page.last().canRetry, state === "offline" || state === "busy");
    assert.equal(page.last().site, null);
  });
}

test("a refused js_code: wx.login once more, and then it goes on", async () => {
  const page = start({ answers: [problem(409, "js_code_invalid"), reply(200, SCANNED)] });
  await page.opened;
  assert.deepEqual(page.states(), ["loading", "ready"]);
  assert.deepEqual(page.requests.map((call) => call.data.js_code), ["js-1", "js-2"]);
});

test("a js_code refused twice: no third try by itself; the person may try again", async () => {
  const page = start({ answers: [problem(409, "js_code_invalid"), problem(409, "js_code_invalid"), reply(200, SCANNED)] });
  await page.opened;
  assert.equal(page.loginCalls(), 2);
  assert.equal(page.last().state, "busy");
  await page.flow.again();
  assert.equal(page.last().state, "ready");
  assert.equal(page.requests[2].data.js_code, "js-3");
});

test("wx.login fails: nothing is sent, and trying again works", async () => {
  const page = start({ logins: [null, "js-2"], answers: [reply(200, SCANNED)] });
  await page.opened;
  assert.equal(page.last().state, "offline");
  assert.equal(page.requests.length, 0);
  await page.flow.again();
  assert.deepEqual(page.states(), ["loading", "offline", "loading", "ready"]);
});

test("wx.login fails on the second time of a refused js_code", async () => {
  const page = start({ logins: ["js-1", null], answers: [problem(409, "js_code_invalid")] });
  await page.opened;
  assert.equal(page.last().state, "offline");
  assert.equal(page.requests.length, 1);
});

test("Retry-After reaches the page, whatever the header's case", async () => {
  for (const header of [{ "Retry-After": "7" }, { "retry-after": "7" }]) {
    const page = start({ answers: [problem(429, "rate_limited", header)] });
    await page.opened;
    assert.equal(page.last().wait, 7);
  }
  for (const header of [{}, { "Retry-After": "soon" }, { "Retry-After": "-3" }, undefined]) {
    const page = start({ answers: [problem(429, "rate_limited", header)] });
    await page.opened;
    assert.equal(page.last().wait, 0);
  }
});

test("a double tap on Try again asks once", async () => {
  const page = start({ answers: [lost()] });
  await page.opened;
  const first = page.flow.again();
  await page.flow.again();
  while (page.waiting.length === 0) await Promise.resolve();
  assert.equal(page.requests.length, 2);
  page.waiting[0](reply(200, SCANNED));
  await first;
  assert.deepEqual(page.states(), ["loading", "offline", "loading", "ready"]);
});

test("a code from a picture is marked; one from the camera is not", async () => {
  for (const [launchScene, marked] of [[1047, false], [1048, true], [1049, true], [1011, false]]) {
    const page = start({ launchScene, answers: [reply(200, SCANNED)] });
    await page.opened;
    assert.equal(page.last().fromPicture, marked, String(launchScene));
  }
});

test("settings that are missing or of another mini-program stop before any call", async () => {
  for (const broken of [
    { config: { appid: "", server: CONFIG.server } },
    { config: { appid: CONFIG.appid, server: "" } },
    { appid: "wxsomebodyelse0000" },
  ]) {
    const page = start(broken);
    await page.opened;
    assert.deepEqual(page.states(), ["failed"]);
    assert.equal(page.loginCalls() + page.requests.length, 0);
  }
});

test("a slash at the end of the server's address does no harm", async () => {
  const page = start({ config: { ...CONFIG, server: `${CONFIG.server}/` }, answers: [reply(200, SCANNED)] });
  await page.opened;
  assert.equal(page.requests[0].url, "https://login.example.com/api/v1/companion/scan");
});

test("a page that was closed while asking shows nothing more and keeps nothing", async () => {
  const page = start();
  while (page.waiting.length === 0) await Promise.resolve();
  page.flow.close();
  page.waiting[0](reply(200, SCANNED));
  await page.opened;
  assert.deepEqual(page.states(), ["loading"]);
  await page.flow.confirm("x");
  await page.flow.decline();
  await page.flow.again();
  assert.equal(page.requests.length, 1);
});

test("a closed page does not log in again for a refused js_code", async () => {
  const page = start();
  while (page.waiting.length === 0) await Promise.resolve();
  page.flow.close();
  page.waiting[0](problem(409, "js_code_invalid"));
  await page.opened;
  assert.equal(page.loginCalls(), 1);
});
