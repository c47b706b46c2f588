// The picture: sent once, after the login is confirmed, as bytes; whatever becomes of it the login stays.
const test = require("node:test");
const assert = require("node:assert/strict");
const { reply, problem, lost, startReady } = require("./fake-wx.js");

const PATH = "wxfile://tmp_1";
const confirmed = reply(200, { stage: "confirmed" });
const bytes = (length) => new Uint8Array(length).buffer;

test("it is sent as bytes with the companion token as a bearer token", async () => {
  const file = bytes(1000);
  const page = await startReady({ answers: [confirmed, reply(204, "")], files: { [PATH]: file } });
  await page.flow.confirm("", PATH);
  assert.deepEqual(page.states().slice(-2), ["working", "confirmed"]);
  const { url, method, header, data } = page.requests[2];
  assert.deepEqual([method, url], ["POST", "https://login.example.com/api/v1/companion/picture"]);
  assert.deepEqual(header, { "content-type": "application/octet-stream", authorization: "Bearer tok-1" });
  assert.equal(data, file);
  assert.equal(page.last().pictureLost, false);
});

test("nothing is sent without a choice, with a refusal, or when the confirmation did not arrive", async () => {
  const files = { [PATH]: bytes(10) };
  for (const [act, answer] of [
    [(flow) => flow.confirm("", ""), confirmed],
    [(flow) => flow.confirm("", undefined), confirmed],
    [(flow) => flow.decline(), reply(200, { stage: "denied" })],
    [(flow) => flow.confirm("", PATH), problem(410, "login_ended")],
    [(flow) => flow.confirm("", PATH), lost()],
  ]) {
    const page = await startReady({ answers: [answer], files });
    await act(page.flow);
    assert.equal(page.requests.length, 2);
    assert.equal(page.last().pictureLost, false);
  }
});

test("a second tap sends no second picture", async () => {
  const page = await startReady({ files: { [PATH]: bytes(10) }, answers: [] });
  const first = page.flow.confirm("", PATH);
  await page.flow.confirm("", PATH);
  page.waiting[0](confirmed);
  await new Promise((resolve) => setImmediate(resolve));
  page.waiting[1](reply(204, ""));
  await first;
  await page.flow.confirm("", PATH);
  assert.equal(page.requests.length, 3);
});

test("a picture that is refused, lost, unreadable or too large leaves the login confirmed and is told", async () => {
  for (const [answers, files] of [
    [[confirmed, problem(422, "picture_not_readable")], { [PATH]: bytes(10) }],
    [[confirmed, lost()], { [PATH]: bytes(10) }],
    [[confirmed], {}],
    [[confirmed], { [PATH]: bytes(1024 * 1024 + 1) }],
    [[confirmed], { [PATH]: bytes(0) }],
  ]) {
    const page = await startReady({ answers, files });
    await page.flow.confirm("", PATH);
    assert.equal(page.last().state, "confirmed");
    assert.equal(page.last().pictureLost, true);
  }
});

test("a page that was closed meanwhile shows nothing more", async () => {
  const page = await startReady({ answers: [], files: { [PATH]: bytes(10) } });
  const deciding = page.flow.confirm("", PATH);
  page.flow.close();
  page.waiting[0](confirmed);
  await deciding;
  assert.equal(page.requests.length, 2);
  assert.equal(page.last().state, "working");
});
