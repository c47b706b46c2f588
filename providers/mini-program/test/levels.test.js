// As sure as the website wants: a number chosen among three, digits for the website's page, and taking a login back
// afterwards. What the server makes of them is its own matter.
const test = require("node:test");
const assert = require("node:assert/strict");
const { zh, en, words } = require("../pages/login/texts.js");
const { SCANNED, reply, problem, lost, start, startReady } = require("./fake-wx.js");

const NUMBERS = ["07", "42", "99"];
const stage = (name, more) => reply(200, { stage: name, ...more });
const digits = stage("scanned", { digits: "012345" });

/** A page that offers three numbers. */
async function startChoosing(answers = []) {
  const page = start({ answers: [reply(200, { ...SCANNED, numbers: NUMBERS }), ...answers] });
  await page.opened;
  return page;
}

test("a scan without numbers has nothing to choose, and sends none", async () => {
  const page = await startReady({ answers: [stage("confirmed")] });
  assert.deepEqual(page.last().numbers, []);
  page.flow.choose("42");
  await page.flow.confirm();
  assert.deepEqual(page.requests[1].data, { companion_token: "tok-1" });
});

test("nothing is confirmed before a number is chosen; declining needs none", async () => {
  const page = await startChoosing([stage("denied")]);
  assert.deepEqual(page.last().numbers, NUMBERS);
  await page.flow.confirm("小明");
  assert.equal(page.requests.length, 1);
  assert.deepEqual([page.last().state, page.last().unchosen], ["ready", true]);
  for (const texts of [zh, en]) assert.equal(words(page.last(), texts).warning, texts.unchosen);
  await page.flow.decline();
  assert.equal(page.last().state, "declined");
});

test("the number chosen last is sent with the confirmation; what was not offered is none", async () => {
  const page = await startChoosing([stage("confirmed")]);
  page.flow.choose("07");
  page.flow.choose("42");
  page.flow.choose("13");
  assert.deepEqual([page.last().chosen, page.last().unchosen], ["42", false]);
  await page.flow.confirm("小明");
  assert.deepEqual(page.requests[1].data, { companion_token: "tok-1", nickname: "小明", number: "42" });
  assert.equal(page.last().state, "confirmed");
});

test("a wrong number ends it, and says why", async () => {
  const page = await startChoosing([stage("denied", { reason: "wrong_number" })]);
  page.flow.choose("07");
  await page.flow.confirm();
  assert.equal(page.last().state, "wrong");
  assert.equal(page.last().canDisown, false);
  page.flow.choose("42");
  await page.flow.confirm();
  assert.equal(page.requests.length, 2);
});

test("after a lost answer the choice is still there", async () => {
  const page = await startChoosing([lost(), stage("confirmed")]);
  page.flow.choose("42");
  await page.flow.confirm();
  await page.flow.again();
  await page.flow.confirm();
  assert.equal(page.requests[2].data.number, "42");
  assert.equal(page.last().state, "confirmed");
});

test("digits are shown in two groups, with a warning to keep them", async () => {
  const page = await startReady({ answers: [digits] });
  await page.flow.confirm();
  assert.equal(page.last().state, "digits");
  for (const texts of [zh, en]) {
    const shown = words(page.last(), texts);
    assert.deepEqual(shown.digits, ["012", "345"]);
    assert.equal(shown.warning, texts.secret);
  }
  assert.deepEqual(words({ ...page.last(), state: "disowned" }, en).digits, [], "and gone with their state");
});

for (const broken of [{}, { digits: "12345" }, { digits: 123456 }, { digits: "12345a" }]) {
  test(`scanned with ${JSON.stringify(broken)} is no answer`, async () => {
    const page = await startReady({ answers: [stage("scanned", broken)] });
    await page.flow.confirm();
    assert.equal(page.last().state, "failed");
  });
}

test("after a success the person may say that it was not them", async () => {
  const page = await startReady({ answers: [stage("confirmed"), stage("denied", { reason: "disowned" })] });
  assert.equal(page.last().canDisown, false);
  await page.flow.disown();
  assert.equal(page.requests.length, 1, "before it there is nothing to take back");
  await page.flow.confirm();
  assert.equal(page.last().canDisown, true);
  await page.flow.disown();
  assert.equal(page.requests[2].url, "https://login.example.com/api/v1/companion/not-me");
  assert.deepEqual(page.requests[2].data, { companion_token: "tok-1" });
  assert.deepEqual([page.last().state, page.last().canDisown], ["disowned", false]);
  await page.flow.disown();
  assert.equal(page.requests.length, 3);
});

/** The calls after the confirmation, by their last word. */
const calls = (page) => page.requests.slice(2).map(({ url }) => url.replace(/^.*\//, ""));

test("while digits are waited for it is a decline; once they were typed it is taken back", async () => {
  const early = await startReady({ answers: [digits, stage("denied")] });
  await early.flow.confirm();
  await early.flow.disown();
  assert.deepEqual([calls(early), early.last().state], [["deny"], "declined"]);
  for (const tooLate of [stage("confirmed"), problem(410, "login_ended")]) {
    const late = await startReady({ answers: [digits, tooLate, stage("denied", { reason: "disowned" })] });
    await late.flow.confirm();
    await late.flow.disown();
    assert.deepEqual([calls(late), late.last().state], [["deny", "not-me"], "disowned"]);
  }
  const lonely = await startReady({ answers: [digits, lost()] });
  await lonely.flow.confirm();
  await lonely.flow.disown();
  assert.deepEqual([lonely.last().state, lonely.last().unsaid], ["digits", true]);
});

test("taking back that did not arrive says so, and can be said again", async () => {
  for (const failure of [lost(), problem(429, "rate_limited")]) {
    const page = await startReady({ answers: [stage("confirmed"), failure, stage("denied", { reason: "disowned" })] });
    await page.flow.confirm();
    await page.flow.disown();
    assert.deepEqual([page.last().state, page.last().unsaid], ["confirmed", true]);
    for (const texts of [zh, en]) assert.equal(words(page.last(), texts).warning, texts.unsaid);
    await page.flow.disown();
    assert.deepEqual([page.last().state, page.last().unsaid], ["disowned", false]);
  }
});
