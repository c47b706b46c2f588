// What a person reads and presses: both languages for every state, the page's own wiring, and the rules
// that its files must keep (two settings, no logging, decline first and equal).
const test = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { zh, en, textsFor, words } = require("../pages/login/texts.js");
const { CONFIG, SCENE, SCANNED, reply } = require("./fake-wx.js");

const ROOT = path.join(__dirname, "..");
const read = (name) => fs.readFileSync(path.join(ROOT, name), "utf8");
const STATES = [
  "loading", "ready", "working", "confirmed", "digits", "declined", "wrong", "disowned", "ended", "conflict", "unknown", "offline", "busy", "blocked", "failed",
];

test("each state has a title and a next step in both languages", () => {
  for (const texts of [zh, en]) {
    for (const state of STATES) {
      assert.ok(texts[state].title.length > 1, state);
      assert.match(texts[state].hint, /[。.]$/, state);
    }
  }
  assert.deepEqual(Object.keys(zh), Object.keys(en));
});

test("no Chinese is left in the English texts, and no English sentence in the Chinese ones", () => {
  const flat = (texts) => JSON.stringify(texts) + texts.age(3) + texts.age(200) + texts.busyFor(3);
  assert.doesNotMatch(flat(en), /\p{Script=Han}/u);
  for (const state of STATES) assert.match(zh[state].hint, /\p{Script=Han}/u);
});

test("the system's language chooses", () => {
  for (const language of ["zh_CN", "zh_TW", "zh-HK", "zh", undefined]) assert.equal(textsFor(language), zh);
  for (const language of ["en", "en_US", "ja", "fr"]) assert.equal(textsFor(language), en);
});

const view = (more) => ({
  state: "ready",
  site: { name: "S", domain: "s.example", logo: "" },
  requester: { region: "", browser: "", age: 12 },
  fromPicture: false,
  wait: 0,
  ...more,
});

test("name, domain, region, browser and age are shown; what is unknown says so (LOG-05)", () => {
  for (const shown of ["site.name", "site.domain", "item.value"]) assert.ok(read("pages/login/index.wxml").includes(shown));
  assert.deepEqual(words(view(), en).rows.map((row) => row.value), ["unknown", "unknown", "12 s before your scan"]);
  const age = (seconds) => words(view({ requester: { age: seconds } }), en).rows[2].value;
  assert.equal(age(0), "0 s before your scan");
  assert.equal(age(-4), "0 s before your scan");
  assert.equal(age(59.6), "1 min before your scan");
  assert.equal(age(185), "3 min before your scan");
  assert.equal(age(undefined), "unknown");
  assert.equal(age("12"), "unknown");
});

test("a code from a picture warns while there is something to decide", () => {
  assert.notEqual(words(view({ fromPicture: true }), zh).warning, "");
  assert.equal(words(view({ fromPicture: true, state: "confirmed" }), zh).warning, "");
  assert.equal(words(view(), zh).warning, "");
});

test("a picture that did not arrive is told, and that the login did", () => {
  for (const texts of [zh, en]) {
    assert.equal(words(view({ state: "confirmed", pictureLost: true }), texts).note, texts.pictureLost);
    assert.equal(words(view({ state: "confirmed" }), texts).note, "");
  }
});

test("a known wait is told in seconds", () => {
  assert.match(words(view({ state: "busy", wait: 9 }), en).hint, /9 s/);
  assert.equal(words(view({ state: "busy" }), en).hint, en.busy.hint);
  assert.equal(words(view({ state: "loading", site: null, requester: null }), en).rows.length, 0);
});

/** Loads index.js with a pretend WeChat; answers the page it defines and what it asked for. */
function loadPage({ language = "en", answers, launchScene = 1047 }) {
  const asked = [];
  let definition;
  global.Page = (page) => (definition = page);
  global.wx = {
    getAppBaseInfo: () => ({ language }),
    getEnterOptionsSync: () => ({ scene: launchScene }),
    getAccountInfoSync: () => ({ miniProgram: { appId: CONFIG.appid } }),
    setNavigationBarTitle: ({ title }) => asked.push(`bar ${title}`),
    login: ({ success }) => success({ code: "js-1" }),
    request: ({ url, data, success }) => {
      asked.push(url.replace(/^.*\//, ""), data);
      success(answers.shift());
    },
  };
  Object.assign(require("../config.js"), CONFIG);
  const file = require.resolve("../pages/login/index.js");
  delete require.cache[file];
  require(file);
  const page = { ...definition, data: { ...definition.data }, setData: (more) => Object.assign(page.data, more) };
  return { page, asked };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("the page draws what the flow says, and passes the name and the taps on", async () => {
  const { page, asked } = loadPage({ answers: [reply(200, SCANNED), reply(200, { stage: "confirmed" })], launchScene: 1049 });
  page.onLoad({ scene: encodeURIComponent(SCENE) });
  await settled();
  assert.equal(page.data.state, "ready");
  assert.equal(page.data.logo, SCANNED.client.logo_url);
  assert.equal(page.data.site.domain, "shop.example.com");
  assert.equal(page.data.rows[0].value, "中国");
  assert.equal(page.data.warning, en.fromPicture);
  page.onLogoError();
  assert.equal(page.data.logo, "");
  page.onConfirm({ detail: { value: { nickname: "小明" } } });
  await settled();
  assert.equal(page.data.title, en.confirmed.title);
  assert.deepEqual(asked, [
    "bar Log in", "scan", { scene: SCENE, js_code: "js-1" }, "confirm", { companion_token: "tok-1", nickname: "小明" },
  ]);
  page.onUnload();
});

test("the page passes the chosen picture on, and only with the confirmation", async () => {
  const { page, asked } = loadPage({ answers: [reply(200, SCANNED), reply(200, { stage: "confirmed" }), reply(204, "")] });
  const bytes = new ArrayBuffer(3);
  global.wx.getFileSystemManager = () => ({
    readFile: ({ filePath, success }) => success({ data: filePath === "wxfile://tmp_1" ? bytes : null }),
  });
  page.onLoad({ scene: encodeURIComponent(SCENE) });
  await settled();
  page.onPicture({ detail: { avatarUrl: "wxfile://tmp_1" } });
  await settled();
  assert.equal(page.data.picture, "wxfile://tmp_1");
  assert.equal(asked.length, 3);
  page.onConfirm({ detail: { value: { nickname: "" } } });
  await settled();
  assert.deepEqual(asked.slice(3), ["confirm", { companion_token: "tok-1" }, "picture", bytes]);
  assert.equal(page.data.note, "");
});

test("the page declines and tries again", async () => {
  const { page, asked } = loadPage({
    language: "zh_CN",
    answers: [reply(503, {}), reply(200, SCANNED), reply(200, { stage: "denied" })],
  });
  page.onLoad({ scene: encodeURIComponent(SCENE) });
  await settled();
  assert.equal(page.data.canRetry, true);
  page.onAgain();
  await settled();
  page.onDecline();
  await settled();
  assert.equal(page.data.title, zh.declined.title);
  assert.equal(asked[0], "bar 扫码登录");
});

test("config.js has exactly two settings, both empty in the repository", () => {
  const found = [...read("config.js").matchAll(/^\s+(\w+): "(.*)",$/gm)].map(([, key, value]) => [key, value]);
  assert.deepEqual(found, [["appid", ""], ["server", ""]]);
});

test("nothing is logged or stored", () => {
  for (const name of ["app.js", "config.js", ...["flow.js", "index.js", "texts.js"].map((file) => `pages/login/${file}`)]) {
    assert.doesNotMatch(read(name), /console\.|Storage|getLogManager|reportEvent|globalData/, name);
  }
});

test("decline comes first and looks the same as confirm (T2, LOG-05)", () => {
  const buttons = [...read("pages/login/index.wxml").matchAll(/<button([^>]*)>/g)].map(([, attributes]) => attributes);
  const [decline, confirm] = buttons.filter((attributes) => attributes.includes('class="choice"'));
  assert.match(decline, /onDecline/);
  assert.match(confirm, /form-type="submit"/);
  const look = (attributes) => attributes.replace(/bindtap="\w+"|form-type="submit"/, "").trim();
  assert.equal(look(decline), look(confirm));
});

test("the JSON files are well-formed and name pages that exist", () => {
  for (const name of ["app.json", "theme.json", "sitemap.json", "project.config.json", "pages/login/index.json"]) {
    JSON.parse(read(name));
  }
  for (const page of JSON.parse(read("app.json")).pages) {
    for (const ending of ["wxml", "wxss", "js", "json"]) assert.ok(fs.existsSync(path.join(ROOT, `${page}.${ending}`)));
  }
});

test("every handler and value in index.wxml exists in index.js", () => {
  const { page } = loadPage({ answers: [] });
  const markup = read("pages/login/index.wxml");
  for (const [, handler] of markup.matchAll(/bind\w+="(\w+)"/g)) assert.equal(typeof page[handler], "function", handler);
  for (const [, name] of markup.matchAll(/\{\{!?(\w+)/g)) assert.ok(name === "item" || name in page.data, name);
});

test("the page passes the chosen number and the taking back on", async () => {
  const answers = [
    reply(200, { ...SCANNED, numbers: ["07", "42", "99"] }),
    reply(200, { stage: "confirmed" }),
    reply(200, { stage: "denied", reason: "disowned" }),
  ];
  const { page, asked } = loadPage({ answers });
  page.onLoad({ scene: encodeURIComponent(SCENE) });
  await settled();
  assert.deepEqual(page.data.numbers, ["07", "42", "99"]);
  page.onChoose({ currentTarget: { dataset: { number: "42" } } });
  assert.equal(page.data.chosen, "42");
  page.onConfirm({ detail: { value: { nickname: "" } } });
  await settled();
  assert.deepEqual(asked.slice(-2), ["confirm", { companion_token: "tok-1", number: "42" }]);
  assert.equal(page.data.canDisown, true);
  page.onDisown();
  await settled();
  assert.deepEqual(asked.slice(-2), ["not-me", { companion_token: "tok-1" }]);
  assert.equal(page.data.state, "disowned");
});
