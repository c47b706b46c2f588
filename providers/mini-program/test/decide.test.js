// The decision: confirm, decline, the name, double taps, and every answer. Nothing is ever decided without a tap.
const test = require("node:test");
const assert = require("node:assert/strict");
const { cleanName } = require("../pages/login/flow.js");
const { reply, problem, lost, startReady } = require("./fake-wx.js");

const stage = (name) => reply(200, { stage: name });

test("a scan alone decides nothing (LOG-04)", async () => {
  const page = await startReady();
  assert.equal(page.requests.length, 1);
});

test("confirm sends the token and the name, and nothing about who the person is (T16)", async () => {
  const page = await startReady({ answers: [stage("confirmed")] });
  await page.flow.confirm("  小明 ");
  assert.deepEqual(page.states().slice(-2), ["working", "confirmed"]);
  assert.equal(page.requests[1].url, "https://login.example.com/api/v1/companion/confirm");
  assert.deepEqual(page.requests[1].data, { companion_token: "tok-1", nickname: "小明" });
});

test("decline sends the token only", async () => {
  const page = await startReady({ answers: [stage("denied")] });
  await page.flow.decline();
  assert.deepEqual(page.states().slice(-2), ["working", "declined"]);
  assert.equal(page.requests[1].url, "https://login.example.com/api/v1/companion/deny");
  assert.deepEqual(page.requests[1].data, { companion_token: "tok-1" });
});

test("a name is optional, and WeChat's placeholder is none", async () => {
  for (const typed of [undefined, "", "   ", "微信用户", " 微信用户 "]) {
    const page = await startReady({ answers: [stage("confirmed")] });
    await page.flow.confirm(typed);
    assert.deepEqual(page.requests[1].data, { companion_token: "tok-1" }, JSON.stringify(typed));
  }
});

test("a long name is cut between characters, never inside one", () => {
  assert.equal(cleanName("😀".repeat(40)), "😀".repeat(32));
  assert.equal(cleanName("a".repeat(33)), "a".repeat(32));
});

test("double taps: the second of any two is ignored", async () => {
  for (const [first, second, path] of [
    ["confirm", "confirm", "confirm"],
    ["decline", "decline", "deny"],
    ["confirm", "decline", "confirm"],
    ["decline", "confirm", "deny"],
  ]) {
    const page = await startReady();
    const decided = page.flow[first]();
    await page.flow[second]();
    assert.equal(page.requests.length, 2);
    assert.ok(page.requests[1].url.endsWith(`/${path}`));
    page.waiting[0](stage(path === "deny" ? "denied" : "confirmed"));
    await decided;
    await page.flow[second]();
    await page.flow.again();
    assert.equal(page.requests.length, 2);
  }
});

for (const [answer, state] of [
  [stage("confirmed"), "confirmed"],
  [stage("denied"), "declined"],
  [stage("something new"), "failed"],
  [reply(200, "garbage"), "failed"],
  [problem(410, "login_ended"), "ended"],
  [reply(410, { code: "login_ended", stage: "conflict" }), "conflict"],
  [problem(404, "unknown_companion_token"), "unknown"],
  [problem(403, "user_refused"), "blocked"],
  [problem(429, "rate_limited"), "busy"],
  [problem(503, "vendor_unavailable"), "busy"],
  [problem(504, "vendor_timeout"), "busy"],
  [problem(500, "internal"), "failed"],
  [lost("request:fail timeout"), "offline"],
]) {
  test(`both decisions, answered with ${JSON.stringify(answer)}, show "${state}"`, async () => {
    for (const decision of ["confirm", "decline"]) {
      const page = await startReady({ answers: [answer] });
      await page.flow[decision]();
      assert.equal(page.last().state, state);
    }
  });
}

test("after a lost answer the person decides again, knowing the site; nothing repeats by itself", async () => {
  const page = await startReady({ answers: [lost(), stage("denied")] });
  await page.flow.confirm("小明");
  assert.equal(page.last().state, "offline");
  await page.flow.again();
  assert.equal(page.last().state, "ready");
  assert.equal(page.last().site.name, "Demo Shop");
  assert.equal(page.requests.length, 2);
  await page.flow.decline();
  assert.equal(page.last().state, "declined");
});

test("an end is final: no tap sends anything more", async () => {
  for (const answer of [problem(410, "login_ended"), problem(404, "unknown_scene"), problem(500, "internal")]) {
    const page = await startReady({ answers: [answer] });
    await page.flow.confirm();
    await page.flow.confirm();
    await page.flow.decline();
    await page.flow.again();
    assert.equal(page.requests.length, 2);
  }
});

test("a page closed after the tap shows nothing more", async () => {
  const page = await startReady();
  const decided = page.flow.confirm();
  page.flow.close();
  page.waiting[0](stage("confirmed"));
  await decided;
  assert.equal(page.last().state, "working");
});
