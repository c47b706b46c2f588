// One login from begin to end: streams, breaks, silence, polling, refusals, abort. All by a hand-moved clock.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { SERVER, World, json, load, refusal, settle, stream, view } from "./world.mjs";

const { runLogin, Saoma, SaomaError } = await load("index");
const { backoff } = await load("env");

const CODE = { type: "code", code: "c0de", redirect_to: "https://shop.example.com/callback?code=c0de" };

let streams;
let heard;
beforeEach(() => {
  streams = [];
  heard = { stages: [], network: [] };
});

/** Answers events with streams under the test's hand, all else as `rest` says. */
function world(rest = () => new TypeError("no route")) {
  return new World((asked, signal) => {
    if (asked.path.endsWith("/complete")) return json(CODE);
    const answer = rest(asked, signal);
    if (answer !== undefined) {
      if (answer instanceof Error) throw answer;
      return answer;
    }
    streams.push(stream(signal));
    return streams.at(-1).response;
  });
}

const events = (asked) => (asked.path.endsWith("/events") ? undefined : new TypeError("not expected"));

function run(outside, more = {}) {
  const ended = runLogin({
    server: `${SERVER}/`,
    login: view("pending"),
    browserSecret: "s3cret",
    env: outside.env,
    onChange: (now) => heard.stages.push(now.stage),
    onNetwork: (reachable) => heard.network.push(reachable),
    ...more,
  });
  ended.catch(() => {}); // a test looks at it later
  return ended;
}

const polls = (outside) => outside.asked.filter((one) => one.method === "GET" && !one.path.endsWith("/events"));

test("a stream tells each stage once, and a confirmed login is completed", async () => {
  const outside = world(events);
  const ended = run(outside);
  await settle();
  assert.equal(outside.asked[0].path, "/api/v1/logins/lgn_1/events");
  assert.equal(outside.asked[0].headers.get("authorization"), "Bearer s3cret");
  assert.equal(outside.asked[0].headers.get("last-event-id"), "1");
  streams[0].stage(view("pending", 1));
  streams[0].stage(view("scanned", 2));
  streams[0].stage(view("scanned", 2));
  streams[0].stage(view("confirmed", 3));
  const { view: last, completion } = await ended;
  assert.equal(last.stage, "confirmed");
  assert.deepEqual(completion, CODE);
  assert.deepEqual(heard.stages, ["scanned", "confirmed"]);
  assert.equal(outside.waiting, 0, "nothing is left behind");
});

test("an event may come in pieces, between heartbeats", async () => {
  const outside = world(events);
  const ended = run(outside);
  await settle();
  const text = `retry: 2000\n\n:\n\nevent: stage\nid: 2\ndata: ${JSON.stringify(view("denied", 2))}\n\n`;
  for (const letter of text) streams[0].write(letter);
  const { view: last, completion } = await ended;
  assert.equal(last.stage, "denied");
  assert.equal(completion, undefined);
});

test("F19: a stream that opens but brings no event within 3 s gives way to polling", async () => {
  const answers = [view("scanned", 2), view("confirmed", 3)];
  const outside = world((asked) => (asked.path.endsWith("/events") ? undefined : json(answers.shift())));
  const ended = run(outside);
  await settle();
  streams[0].write("retry: 2000\n\n");
  streams[0].write(":\n\n"); // held back by something on the way, all but the heartbeats
  await outside.advance(2_999);
  assert.equal(polls(outside).length, 0);
  await outside.advance(1);
  await ended;
  assert.deepEqual(polls(outside).map((one) => one.query.get("after_version")), ["1", "2"]);
  assert.deepEqual(polls(outside).map((one) => one.query.get("wait")), ["25", "25"]);
  assert.deepEqual(heard.stages, ["scanned", "confirmed"]);
  assert.equal(outside.asked.filter((one) => one.path.endsWith("/events")).length, 1);
});

test("F19: a stream that never answers gives way to polling", async () => {
  const outside = world((asked) => (asked.path.endsWith("/events") ? new Promise(() => {}) : json(view("denied", 2))));
  const ended = run(outside);
  await outside.advance(3_000);
  assert.equal((await ended).view.stage, "denied");
});

test("F18: a broken stream is opened again from the last event", async () => {
  const outside = world(events);
  const ended = run(outside);
  await settle();
  streams[0].stage(view("pending", 1));
  await outside.advance(20_000);
  streams[0].stage(view("scanned", 2));
  await settle();
  streams[0].break();
  await outside.advance(999);
  assert.equal(streams.length, 1, "not at once: all pages of a server that restarts would come together");
  await outside.advance(1);
  assert.equal(streams.length, 2);
  assert.equal(outside.asked.at(-1).headers.get("last-event-id"), "2");
  streams[1].stage(view("scanned", 2));
  streams[1].stage(view("confirmed", 3));
  await ended;
  assert.deepEqual(heard.stages, ["scanned", "confirmed"], "what was known is not told again");
});

test("F18: a stream cut at any byte loses nothing", async () => {
  const whole = `event: stage\nid: 2\ndata: ${JSON.stringify(view("scanned", 2))}\n\n`;
  for (let cut = 0; cut < whole.length; cut += 7) {
    streams = [];
    heard = { stages: [], network: [] };
    const outside = world(events);
    const ended = run(outside);
    await settle();
    streams[0].stage(view("pending", 1));
    await outside.advance(10_000);
    streams[0].write(whole.slice(0, cut));
    await settle();
    streams[0].break();
    await outside.advance(1_000);
    streams[1].stage(view("scanned", 2));
    streams[1].stage(view("confirmed", 3));
    await ended;
    assert.deepEqual(heard.stages, ["scanned", "confirmed"], `cut at ${cut}`);
  }
});

test("two short streams in a row are enough, then polling", async () => {
  const outside = world((asked) => (asked.path.endsWith("/events") ? undefined : json(view("denied", 2))));
  const ended = run(outside);
  await settle();
  streams[0].end();
  await outside.advance(1_000);
  assert.equal(streams.length, 2);
  streams[1].stage(view("pending", 1));
  streams[1].end();
  await outside.advance(1_000);
  assert.equal((await ended).view.stage, "denied");
  assert.equal(polls(outside).length, 1);
});

test("a stream without a heartbeat is dead after 45 s, and another is opened", async () => {
  const outside = world(events);
  const ended = run(outside, { login: view("pending", 1, { expires_in: 300 }) });
  await settle();
  streams[0].stage(view("pending", 1, { expires_in: 300 }));
  await outside.advance(40_000);
  streams[0].write(":\n\n");
  await outside.advance(44_999);
  assert.equal(streams.length, 1);
  await outside.advance(1);
  assert.equal(streams.length, 2);
  streams[1].stage(view("denied", 2));
  await ended;
});

test("without a network it is told, asked for less and less often, and told again when it is back", async () => {
  let back = false;
  const outside = world(() => (back ? json(view("denied", 2)) : new TypeError("failed to fetch")));
  const ended = run(outside, { login: view("pending", 1, { expires_in: 300 }) });
  await outside.advance(60_000);
  assert.ok(heard.network.length > 3 && heard.network.every((reachable) => !reachable));
  const at = outside.asked.map((one) => one.at);
  const gaps = at.slice(1).map((time, index) => time - at[index]);
  assert.deepEqual(gaps, [1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  assert.equal(outside.asked.at(-1).query.get("wait"), null, "the first answer should come at once");
  back = true;
  await outside.advance(15_000);
  assert.equal((await ended).view.stage, "denied");
  assert.equal(heard.network.at(-1), true);
});

test("a returning network, or visitor, ends every wait", async () => {
  let back = false;
  const outside = world((asked) => (back ? (asked.path.endsWith("/events") ? undefined : json(view("denied", 2))) : new TypeError("failed to fetch")));
  const ended = run(outside);
  await outside.advance(10_000);
  back = true;
  await outside.wake();
  assert.equal((await ended).view.stage, "denied");
  assert.equal(outside.waiting, 0);
});

test("a wake doubts an open stream, and does not count it as a bad one", async () => {
  const outside = world(events);
  const ended = run(outside);
  await settle();
  for (let times = 0; times < 3; times += 1) {
    assert.equal(streams.length, times + 1);
    await outside.wake();
  }
  streams[3].stage(view("denied", 2));
  await ended;
});

test("what lapses out of reach is expired", async () => {
  const outside = world(() => new TypeError("failed to fetch"));
  const ended = run(outside, { login: view("pending", 1, { expires_in: 30 }) });
  await outside.advance(60_000);
  assert.equal((await ended).view.stage, "expired");
  assert.deepEqual(heard.stages, ["expired"]);
});

test("a server that does not wait is not asked without a pause", async () => {
  const outside = world((asked) => (asked.path.endsWith("/events") ? new Promise(() => {}) : json(view("pending", 1))));
  const stop = new AbortController();
  const ended = run(outside, { signal: stop.signal });
  await outside.advance(13_000);
  assert.equal(polls(outside).length, 11);
  stop.abort();
  await assert.rejects(ended);
});

test("busy is no refusal: Retry-After is waited for", async () => {
  let busy = true;
  const outside = world((asked) => (busy ? refusal(429, "rate_limited", { "retry-after": "20" }) : events(asked)));
  const ended = run(outside);
  await outside.advance(19_999);
  assert.equal(outside.asked.length, 1);
  assert.deepEqual(heard.network, [true], "a refusal is an answer");
  busy = false;
  await outside.advance(1);
  streams[0].stage(view("denied", 2));
  await ended;
});

test("a refusal for good is told by its code", async () => {
  const outside = world(() => refusal(403, "origin_not_allowed"));
  await assert.rejects(run(outside), (error) => error instanceof SaomaError && error.code === "origin_not_allowed" && error.status === 403);
  assert.equal(outside.asked.length, 1);
  assert.equal(outside.waiting, 0);
});

test("a login that Saoma does not know any more is expired", async () => {
  const outside = world(() => refusal(404, "unknown_login"));
  assert.equal((await run(outside)).view.stage, "expired");
});

test("an abort ends everything with its reason", async () => {
  const outside = world(events);
  const stop = new AbortController();
  const ended = run(outside, { signal: stop.signal });
  await settle();
  streams[0].stage(view("scanned", 2));
  await settle();
  const reason = new Error("the page goes");
  stop.abort(reason);
  await assert.rejects(ended, reason);
  await outside.advance(600_000);
  assert.equal(outside.asked.length, 1);
  assert.equal(outside.waiting, 0);
  await assert.rejects(run(world(events), { signal: AbortSignal.abort(reason) }), reason);
});

test("a lost answer to complete is asked for again, a refused one is not", async () => {
  let tries = 0;
  const outside = new World(() => {
    tries += 1;
    if (tries < 3) throw new TypeError("failed to fetch");
    return json(CODE);
  });
  const ended = run(outside, { login: view("confirmed", 3) });
  await outside.advance(10_000);
  assert.deepEqual((await ended).completion, CODE);
  assert.equal(tries, 3);

  const late = new World(() => refusal(409, "login_not_confirmed"));
  await assert.rejects(run(late, { login: view("confirmed", 3) }), (error) => error.code === "login_not_confirmed");
  assert.equal(late.asked.length, 1);
});

test("a redirect's code is not for this browser", async () => {
  const outside = new World(() => assert.fail("nothing is to be asked"));
  const login = view("confirmed", 2, { challenge: { type: "redirect", url: "https://open.weixin.qq.com/" } });
  const { completion } = await run(outside, { login });
  assert.equal(completion, undefined);
});

test("waits double, are bounded, and are not the same for everybody", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 50].map((n) => backoff(n, 0.5)), [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  assert.equal(backoff(5, 0), 11_250);
  assert.equal(backoff(5, 1), 18_750);
});

test("the digits of the phone are given back by the login's own holder; wrong ones are a refusal, and it goes on", async () => {
  const outside = world((asked) => {
    if (!asked.path.endsWith("/code-back")) return events(asked);
    return JSON.parse(asked.body).digits === "123456" ? json(view("confirmed", 4)) : refusal(422, "wrong_digits");
  });
  const ended = run(outside);
  await settle();
  streams[0].stage(view("scanned", 2, { awaiting: "code_back" }));
  const [saoma, holder] = [new Saoma(SERVER, outside.env), { login_id: "lgn_1", secret: "s3cret" }];
  await assert.rejects(saoma.giveDigits(holder, "654321"), { code: "wrong_digits" });
  streams[0].stage(view("scanned", 3, { awaiting: "code_back" }));
  await saoma.giveDigits(holder, "123456");
  const sent = outside.asked.findLast(({ path }) => path.endsWith("/code-back"));
  assert.equal(sent.path, "/api/v1/logins/lgn_1/code-back");
  assert.equal(sent.headers.get("authorization"), "Bearer s3cret");
  streams[0].stage(view("confirmed", 4));
  assert.deepEqual((await ended).completion, CODE);
  assert.deepEqual(heard.stages, ["scanned", "scanned", "confirmed"]);
});
