// A scripted stand-in for the few functions of `wx` that the page uses, and a started flow around it.
// Answers only when told to, so that a test can look at the moments in between.
const { createFlow } = require("../pages/login/flow.js");

const CONFIG = { appid: "wx0123456789abcdef", server: "https://login.example.com" };
const SCENE = "Ab3_-Ab3_-Ab3_-Ab3_-Ab";
const SCANNED = {
  companion_token: "tok-1",
  client: { name: "Demo Shop", domain: "shop.example.com", logo_url: "https://login.example.com/l.png" },
  requester: { region: "中国", browser: "Firefox / Windows", age_seconds: 12 },
};

const reply = (statusCode, data, header = {}) => ({ statusCode, data, header });
const problem = (statusCode, code, header) => reply(statusCode, { type: "about:blank", status: statusCode, code }, header);
const lost = (errMsg = "request:fail ") => ({ errMsg });

/**
 * `answers`: one per request, in order; `logins`: js_codes in order, `null` = wx.login fails; `files`: bytes by
 * path, others cannot be read.
 */
function fakeWx({ answers = [], files = {}, logins = ["js-1", "js-2", "js-3"] } = {}) {
  const requests = [];
  const waiting = [];
  let loginCalls = 0;
  const wx = {
    login({ success, fail }) {
      const code = logins[loginCalls++];
      queueMicrotask(() => (code ? success({ code, errMsg: "login:ok" }) : fail({ errMsg: "login:fail" })));
    },
    getFileSystemManager: () => ({
      readFile({ filePath, success, fail }) {
        queueMicrotask(() => (files[filePath] ? success({ data: files[filePath] }) : fail({ errMsg: "readFile:fail" })));
      },
    }),
    request(options) {
      requests.push(options);
      const settle = (answer) => ("statusCode" in answer ? options.success(answer) : options.fail(answer));
      if (answers.length > 0) queueMicrotask(() => settle(answers.shift()));
      else waiting.push(settle);
    },
  };
  return { wx, requests, waiting, loginCalls: () => loginCalls };
}

/** A flow that was opened with a good code, with everything it showed. */
function start(script = {}) {
  const fake = fakeWx(script);
  const views = [];
  const flow = createFlow({ wx: fake.wx, config: script.config || CONFIG, language: "zh-CN", show: (view) => views.push(view) });
  const query = script.query || { scene: encodeURIComponent(SCENE) };
  const opened = flow.open(query, script.launchScene || 1047, script.appid || CONFIG.appid);
  const states = () => views.map((view) => view.state);
  return { ...fake, flow, views, opened, states, last: () => views[views.length - 1] };
}

/** The same, already showing a site to decide about. */
async function startReady(script = {}) {
  const page = start({ ...script, answers: [reply(200, SCANNED), ...(script.answers || [])] });
  await page.opened;
  return page;
}

module.exports = { CONFIG, SCENE, SCANNED, reply, problem, lost, start, startReady };
