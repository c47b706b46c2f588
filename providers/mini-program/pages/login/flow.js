// The course of one login on the phone: scan, show, decide. Owns the page's state and what every answer
// of the server means for the person. Refuses to draw, to keep anything after the page closes, and to
// log: scene, js_code and companion_token never leave this closure except towards the server.
//
// `wx` is injected (login, request, getFileSystemManager), so that Node can run all of this without WeChat.

const WAIT_MS = 15000;
const NAME_LIMIT = 32;
// What the server takes; WeChat cuts a chosen picture far smaller.
const PICTURE_BYTES = 1024 * 1024;
// The characters WeChat allows in a scene; "%" is not one, so a second decoding could only do harm.
const SCENE = /^[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}$/;
// Launch scenes of a code that came from a picture: long-press, and photo album.
const FROM_A_PICTURE = [1048, 1049];
// What WeChat puts where a person's name was, since 2022: it names nobody.
const NOBODY = "微信用户";

const BY_CODE = {
  unknown_scene: "unknown",
  login_ended: "ended",
  user_refused: "blocked",
  rate_limited: "busy",
  vendor_quota: "busy",
  vendor_unavailable: "busy",
  vendor_timeout: "busy",
  // Reached only when a fresh js_code was refused as well.
  js_code_invalid: "busy",
};
const BY_STATUS = { 404: "unknown", 410: "ended", 429: "busy", 503: "busy", 504: "busy" };
const BY_STAGE = { confirmed: "confirmed", denied: "declined" };
// Why it was denied although nobody declined.
const BY_REASON = { wrong_number: "wrong", disowned: "disowned" };
const DIGITS = /^\d{6}$/;
const AGAIN = ["offline", "busy"];

/** The scene as the server made it: decoded exactly once; `null` when there is none worth asking about. */
function decodeScene(query) {
  try {
    const scene = decodeURIComponent((query && query.scene) || "");
    return SCENE.test(scene) ? scene : null;
  } catch (_malformed) {
    return null;
  }
}

/** A name worth sending, or `undefined`. */
function cleanName(typed) {
  const name = typeof typed === "string" ? typed.trim() : "";
  return name === "" || name === NOBODY ? undefined : Array.from(name).slice(0, NAME_LIMIT).join("");
}

/** The state that an answer other than 200 leads to. */
function stateOf(answer) {
  // It has ended, too, but why is what this person must know: somebody else holds the same code.
  if (answer.body.stage === "conflict") return "conflict";
  return BY_CODE[answer.body.code] || BY_STATUS[answer.status] || "failed";
}

/** Seconds that the server asks to wait, or 0. Header names arrive in whatever case the phone chose. */
function waitSeconds(header) {
  const name = Object.keys(header || {}).find((key) => key.toLowerCase() === "retry-after");
  const seconds = name ? Number.parseInt(header[name], 10) : 0;
  return seconds > 0 ? seconds : 0;
}

/** A call that gave no answer: no network, or an address that WeChat does not let this mini-program ask. */
function unanswered(failure) {
  const notAllowed = /domain list|invalid url/i.test((failure && failure.errMsg) || "");
  return { status: 0, state: notAllowed ? "failed" : "offline", body: {}, wait: 0 };
}

function isObject(value) {
  return typeof value === "object" && value !== null;
}

/** What the page shows of a scan's answer; `null` when the answer is not one. */
function readScan(body) {
  const { companion_token: token, client, requester } = body;
  if (typeof token !== "string" || !isObject(client) || !isObject(requester)) return null;
  const site = { name: client.name, domain: client.domain, logo: client.logo_url || "" };
  const asked = { region: requester.region || "", browser: requester.browser || "", age: requester.age_seconds };
  return { token, site, requester: asked, numbers: Array.isArray(body.numbers) ? body.numbers : [] };
}

/** The state that a decision's answer leads to. Digits come with a stage that has no state of its own. */
function readDecision(body) {
  if (body.stage === "scanned" && typeof body.digits === "string" && DIGITS.test(body.digits)) return "digits";
  return BY_REASON[body.reason] || BY_STAGE[body.stage] || "failed";
}

/**
 * One login, with a server that is asked for words in `language`. `show` receives the whole view after each change:
 * `{state, site, requester, numbers, chosen, unchosen, digits, canDisown, unsaid, fromPicture, wait, canRetry, pictureLost}`.
 */
function createFlow({ wx, config, language, show }) {
  const server = String(config.server || "").replace(/\/+$/, "");
  const view = {
    state: "loading", site: null, requester: null, fromPicture: false, wait: 0, canRetry: false, pictureLost: false,
    // The numbers to choose from, the one chosen, and whether the person forgot to.
    numbers: [], chosen: "", unchosen: false,
    // What the website's page asks for.
    digits: "",
    // Whether it can be taken back, and whether saying so did not arrive.
    canDisown: false, unsaid: false,
  };
  let scene = null;
  let token = null;
  let closed = false;

  function enter(state, wait = 0) {
    if (closed) return;
    Object.assign(view, { state, wait, canRetry: AGAIN.includes(state), canDisown: state === "confirmed" || state === "digits" });
    show({ ...view });
  }

  function login() {
    return new Promise((resolve) => {
      wx.login({ timeout: WAIT_MS, success: (got) => resolve(got.code || null), fail: () => resolve(null) });
    });
  }

  function post(path, data) {
    return new Promise((resolve) => {
      wx.request({
        url: `${server}/api/v1/companion/${path}`,
        method: "POST",
        header: { "content-type": "application/json", "accept-language": language },
        timeout: WAIT_MS,
        data,
        success: ({ statusCode, data: body, header }) =>
          resolve({ status: statusCode, body: isObject(body) ? body : {}, wait: waitSeconds(header) }),
        fail: (failure) => resolve(unanswered(failure)),
      });
    });
  }

  /** The bytes of a file that WeChat made of the person's choice; `null` when there is nothing to send. */
  function readPicture(filePath) {
    return new Promise((resolve) => {
      wx.getFileSystemManager().readFile({
        filePath,
        success: ({ data }) => resolve(data.byteLength > 0 && data.byteLength <= PICTURE_BYTES ? data : null),
        fail: () => resolve(null),
      });
    });
  }

  /** wx.request and not wx.uploadFile: that one needs its own entry among the allowed domains. */
  function putPicture(bearer, bytes) {
    return new Promise((resolve) => {
      wx.request({
        url: `${server}/api/v1/companion/picture`,
        method: "POST",
        header: { "content-type": "application/octet-stream", authorization: `Bearer ${bearer}` },
        timeout: WAIT_MS,
        data: bytes,
        success: ({ statusCode }) => resolve(statusCode === 204),
        fail: () => resolve(false),
      });
    });
  }

  /** After the login is confirmed, which it stays whatever becomes of the picture. */
  async function sendPicture(filePath) {
    const bearer = token;
    const bytes = await readPicture(filePath);
    view.pictureLost = bytes === null || !(await putPicture(bearer, bytes));
    if (view.pictureLost) enter(view.state);
  }

  function refuse(answer) {
    enter(answer.state || stateOf(answer), answer.wait);
  }

  async function askWithFreshCode() {
    const code = await login();
    return code === null ? unanswered() : post("scan", { scene, js_code: code });
  }

  async function scan() {
    enter("loading");
    let answer = await askWithFreshCode();
    // A js_code lives five minutes and once; a vendor that was busy may have spent it. One more is fair.
    if (answer.body.code === "js_code_invalid" && !closed) answer = await askWithFreshCode();
    if (answer.status !== 200) return refuse(answer);
    if (closed) return undefined;
    const read = readScan(answer.body);
    if (read === null) return enter("failed");
    token = read.token;
    Object.assign(view, { site: read.site, requester: read.requester, numbers: read.numbers });
    return enter("ready");
  }

  async function decide(path, data) {
    if (closed || view.state !== "ready") return undefined; // a second tap, or one that came too late
    enter("working");
    const answer = await post(path, data);
    if (answer.status !== 200) return refuse(answer);
    const state = readDecision(answer.body);
    if (state === "digits") view.digits = answer.body.digits;
    return enter(state);
  }

  /** While digits are waited for, a decline is enough; once they were typed, it comes too late. */
  async function takeBack(state) {
    const said = { companion_token: token };
    if (state === "digits") {
      const declined = await post("deny", said);
      const isOver = declined.status === 200 && declined.body.stage === "denied";
      if (isOver || AGAIN.includes(declined.state || stateOf(declined))) return declined;
    }
    return post("not-me", said);
  }

  /** A number is chosen first where there are any: the server would refuse a confirmation without. */
  function mayConfirm() {
    view.unchosen = view.state === "ready" && view.numbers.length > 0 && view.chosen === "";
    if (view.unchosen) enter(view.state);
    return !view.unchosen;
  }

  /** What the person consents to, and under which name. */
  function consent(typedName) {
    const nickname = cleanName(typedName);
    return { companion_token: token, ...(nickname && { nickname }), ...(view.chosen && { number: view.chosen }) };
  }

  return {
    /** Once, from the page's onLoad. `actualAppid` is what WeChat says this mini-program is. */
    async open(query, launchScene, actualAppid) {
      view.fromPicture = FROM_A_PICTURE.includes(launchScene);
      if (server === "" || !config.appid || config.appid !== actualAppid) return enter("failed");
      scene = decodeScene(query);
      return scene === null ? enter("unknown") : scan();
    },
    /** `picturePath`: the temporary file of the picture that the person chose, if they did. */
    async confirm(typedName, picturePath) {
      if (!mayConfirm()) return;
      const wasAsked = view.state === "ready";
      await decide("confirm", consent(typedName));
      if (wasAsked && picturePath && !closed && view.state === "confirmed") await sendPicture(picturePath);
    },
    decline() {
      return decide("deny", { companion_token: token });
    },
    /** One of the numbers that the scan offered. */
    choose(number) {
      if (closed || view.state !== "ready" || !view.numbers.includes(number)) return;
      Object.assign(view, { chosen: number, unchosen: false });
      enter("ready");
    },
    /** Afterwards: it was not them. What came of the login ends; when that does not arrive, the page says so. */
    async disown() {
      if (closed || !view.canDisown) return undefined;
      const before = view.state;
      view.unsaid = false;
      enter("working");
      const answer = await takeBack(before);
      if (answer.status === 200) return enter(readDecision(answer.body));
      if (!AGAIN.includes(answer.state || stateOf(answer))) return refuse(answer);
      view.unsaid = true;
      return enter(before);
    },
    /** After no network or a busy vendor. A decision is never repeated by itself: the person sees it again. */
    async again() {
      if (closed || !view.canRetry) return undefined;
      return token === null ? scan() : enter("ready");
    },
    /** From onUnload: later answers find nobody. */
    close() {
      closed = true;
      token = null;
    },
  };
}

module.exports = { createFlow, decodeScene, cleanName };
