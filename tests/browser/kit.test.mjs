// The client kit in real pages of another origin: `<saoma-login>` from Saoma's own versioned address with its
// integrity, under the strictest content policy, with and without a back end; and the generated client by itself.
// Owns a website of its own; the shop's is in login.test.mjs.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { answering, freePort, startBrowser, startProgram, visitor } from "./harness.mjs";
import { at, confirm, fromKit, phoneOf, scan, thing } from "./steps.mjs";

const LOOK = { locale: "en" };
const SECRET = "a secret of at least thirty-two characters";
const APP = { appid: "wx5a0a0a0a0a0a0aff", secret: "5a0a0a0a5a0a0a0a5a0a0a0a5a0a0aff", name: "Kit", pages: ["pages/login/index"] };
const base64url = (bytes) => Buffer.from(bytes).toString("base64url");

let site;
let saoma;
let sandbox;
let browser;
let folder;
let kit;
const programs = [];

const configuration = () => `
[server]
public_url = "${saoma}"
listen = "${new URL(saoma).host}"
admin_listen = "127.0.0.1:0"
[database]
url = "sqlite:./saoma.db"
[security]
master_key_file = "./saoma.key"
[limits]
begins = 1000
[[client]]
client_id = "spa"
name = "No back end"
type = "public"
origins = ["${site.origin}"]
redirect_uris = ["${site.origin}/spa"]
providers = ["mini", "second", "web"]
[[client]]
client_id = "site"
name = "With a back end"
accent = "#b33a3a"
type = "confidential"
secrets = ["${SECRET}"]
origins = ["${site.origin}"]
redirect_uris = ["${site.origin}/callback"]
providers = ["mini", "second"]
${["mini", "second"].map(provider).join("")}
[[provider]]
slug = "web"
kind = "wechat_open_platform"
title = "Way web"
[provider.config]
appid = "wx5a0a0a0a0a0a0aee"
secret = "${APP.secret}"
api_base = "${sandbox}"
open_base = "${sandbox}"
`;

const provider = (slug) => `
[[provider]]
slug = "${slug}"
kind = "wechat_mini_program"
title = "Way ${slug}"
[provider.config]
appid = "${APP.appid}"
secret = "${APP.secret}"
page = "${APP.pages[0]}"
api_base = "${sandbox}"
`;

/** No inline script or style, nothing from elsewhere, no markup from strings. */
const policy = () =>
  `default-src 'none'; script-src ${saoma}/kit/; img-src ${saoma}; connect-src 'self' ${saoma}; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;

const page = (attributes, script = kit, head = "") => `<!doctype html><html lang="en"><meta charset="utf-8"><title>A site</title>${head}
<script type="module" src="${saoma}${script.path}" integrity="${script.integrity}" crossorigin="anonymous"></script>
<main><h1>A site</h1><saoma-login server="${saoma}" ${attributes}></saoma-login></main></html>`;

/** The site's own back end: it begins, keeps verifier and state, and redeems. */
function backEnd() {
  const session = {};
  const authorization = `Basic ${Buffer.from(`site:${encodeURIComponent(SECRET)}`).toString("base64")}`;
  const redirect_uri = () => `${site.origin}/callback`;
  return {
    offer: () => ({ client_id: "site", providers: ["second", "mini"], titles: { second: "Our own word" } }),
    async begin({ provider, locale }, request) {
      Object.assign(session, { verifier: base64url(randomBytes(32)), state: base64url(randomBytes(32)) });
      const code_challenge = base64url(createHash("sha256").update(session.verifier).digest());
      const body = {
        client_id: "site", provider, locale, state: session.state, redirect_uri: redirect_uri(),
        code_challenge, code_challenge_method: "S256", browser: { user_agent: request.headers["user-agent"] },
      };
      return fetch(`${saoma}/api/v1/logins`, { method: "POST", headers: { authorization, "content-type": "application/json" }, body: JSON.stringify(body) });
    },
    async finish(query) {
      if (query.get("state") !== session.state || query.get("iss") !== saoma) return { refused: "not ours" };
      const form = { grant_type: "authorization_code", code: query.get("code"), code_verifier: session.verifier, redirect_uri: redirect_uri() };
      const headers = { authorization };
      return (await fetch(`${saoma}/oauth2/token`, { method: "POST", headers, body: new URLSearchParams(form) })).json();
    },
  };
}

function startSite() {
  const own = backEnd();
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    const send = (type, body, status = 200) => response.writeHead(status, { "content-type": type, "content-security-policy": policy() }).end(body);
    if (pathname === "/start" && request.method === "GET") return send("application/json", JSON.stringify(own.offer()));
    if (pathname === "/start") {
      const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
      const begun = await own.begin(body, request);
      return send(begun.headers.get("content-type"), await begun.text(), begun.status);
    }
    if (pathname === "/callback") return send("application/json", JSON.stringify(await own.finish(searchParams)));
    if (pathname === "/favicon.ico") return send("image/png", "", 404);
    return send("text/html; charset=utf-8", pages[pathname] ?? page(""));
  });
  return new Promise((resolve) => server.listen(0, "localhost", () => resolve({ origin: `http://localhost:${server.address().port}`, close: () => server.close() })));
}

const pages = {
  get "/site"() {
    return page('start-url="/start"');
  },
  get "/spa"() {
    return page(`client-id="spa" userinfo providers="mini" redirect-uri="${site.origin}/spa"`);
  },
  get "/both"() {
    return page('start-url="/start"', kit, '<meta name="color-scheme" content="light dark">');
  },
  get "/dark"() {
    return page('start-url="/start" theme="dark"');
  },
  get "/no-redirect"() {
    return page('client-id="spa" providers="web"');
  },
  get "/tampered"() {
    return page('start-url="/start"', { ...kit, integrity: `sha384-${"A".repeat(64)}` });
  },
};

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "saoma-kit-"));
  site = await startSite();
  saoma = `http://127.0.0.1:${await freePort()}`;
  sandbox = `http://127.0.0.1:${await freePort()}`;
  writeFileSync(join(folder, "saoma.toml"), configuration());
  programs.push(startProgram(["sandbox", "--listen", new URL(sandbox).host, "--server", saoma]));
  programs.push(startProgram(["serve", "--config", join(folder, "saoma.toml")]));
  for (const address of [`${sandbox}/`, `${saoma}/`]) await answering(address);
  const { appid, ...app } = { ...APP, companion_url: saoma };
  const put = { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(app) };
  assert.equal((await fetch(`${sandbox}/_sandbox/v1/apps/${appid}`, put)).status, 204);
  kit = await (await fetch(`${saoma}/kit/integrity.json`)).json();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  site?.close();
  for (const program of programs) assert.equal((await program.end()) ?? 0, 0, program.log());
  rmSync(folder, { recursive: true });
});

/** A visitor whose page notes what the component tells. */
async function guest(path, look = {}, origin = site.origin) {
  const person = await visitor(browser, { ...LOOK, ...look });
  await person.page.addInitScript(() => {
    window.told = [];
    for (const name of ["saoma-stage", "saoma-end", "saoma-error", "saoma-login"]) {
      addEventListener(name, ({ detail }) => window.told.push({ name, ...detail }));
    }
  });
  await person.page.goto(`${origin}${path}`);
  return { ...person, told: () => person.page.evaluate(() => window.told) };
}

test("the kit is served for ever, for every site, and as its integrity says", async () => {
  const { version, path, integrity } = kit;
  assert.equal(path, `/kit/${version}/saoma-login.js`);
  const answer = await fetch(`${saoma}${path}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  assert.equal(`sha384-${createHash("sha384").update(bytes).digest("base64")}`, integrity);
  assert.equal(answer.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  assert.equal(answer.headers.get("cross-origin-resource-policy"), "cross-origin");
  assert.match(answer.headers.get("content-type"), /^text\/javascript/);
  assert.equal((await fetch(`${saoma}/kit/0.0.0/saoma-login.js`)).status, 404);
});

test("start-url: the site's back end begins and redeems; the browser holds neither verifier nor token", async () => {
  const one = await guest("/site");
  await at(one.page, "code").waitFor();
  assert.deepEqual(await one.page.locator("[part=way]").allInnerTexts(), ["Our own word", "Way mini"], "in the back end's order and words");
  const hand = await phoneOf(browser, { sandbox }, "xiaoming", LOOK);
  await scan(hand, one);
  await at(one.page, "scanned").waitFor();
  const kept = await one.page.evaluate(() => Object.values(sessionStorage).join());
  assert.match(kept, /"secret"/);
  assert.doesNotMatch(kept, /verifier/);
  await confirm(hand, "小明");
  await one.page.waitForURL("**/callback?**");
  const tokens = JSON.parse(await one.page.locator("body").innerText());
  assert.equal(tokens.token_type, "Bearer");
  assert.equal(await one.page.evaluate(() => sessionStorage.length), 0, "dropped at the end");
  assert.deepEqual(one.errors, []);
  await Promise.all([one.close(), hand.close()]);
});

test("client-id: a page without a back end gets its token and its user", async () => {
  const one = await guest("/spa");
  await at(one.page, "code").waitFor();
  assert.equal(await one.page.locator("[part=way]").innerText(), "Way mini", "only what the page chose");
  const hand = await phoneOf(browser, { sandbox }, "lihua", LOOK);
  await scan(hand, one);
  await confirm(hand, "李华");
  await one.page.waitForFunction(() => window.told.some(({ name }) => name === "saoma-login"));
  const told = await one.told();
  assert.deepEqual(told.filter(({ name }) => name === "saoma-stage").map(({ stage }) => stage), ["pending", "scanned", "confirmed"]);
  const { access_token, expires_in, user } = told.at(-1);
  assert.ok(access_token && expires_in > 0);
  assert.match(user.sub, /^usr_/);
  assert.equal(user.name, "李华");
  await at(one.page, "here").waitFor();
  assert.match(await fromKit(one.page, "words").innerText(), /You are logged in on this page/);
  assert.equal(await one.page.evaluate(() => sessionStorage.length), 0);
  assert.deepEqual(one.errors, []);
  await Promise.all([one.close(), hand.close()]);
});

test("client-id: an answer that this tab did not ask for is not redeemed", async () => {
  const one = await guest(`/spa?code=c&state=s&iss=${encodeURIComponent(saoma)}`);
  await at(one.page, "error").waitFor();
  assert.equal((await one.told()).at(-1).code, "stale_return");
  assert.ok(!one.asked.some((address) => address.includes("/oauth2/")));
  assert.equal(new URL(one.page.url()).search, "", "the code is out of the address bar");
  await fromKit(one.page, "retry").click();
  await at(one.page, "code").waitFor();
  await one.close();
});

test("a thrown-away page goes on with the same code", async () => {
  const one = await guest("/spa", { size: "phone" });
  await at(one.page, "code").waitFor();
  const shown = () => thing(one.page, "qr").getAttribute("src");
  const first = await shown();
  await one.page.goto("about:blank");
  await one.page.goto(`${site.origin}/spa`);
  await at(one.page, "code").waitFor();
  assert.equal(await shown(), first);
  assert.match(await fromKit(one.page, "root").innerText(), /open it from the album in WeChat's scanner/);
  await one.close();
});

test("changing over: the arrow keys move among the ways, and the code left behind is cancelled", async () => {
  const one = await guest("/site");
  await at(one.page, "code").waitFor();
  const first = await thing(one.page, "qr").getAttribute("src");
  const cancelled = one.page.waitForResponse("**/cancel");
  await one.page.getByRole("tab", { selected: true }).press("ArrowRight");
  assert.equal(await one.page.getByRole("tab", { selected: true }).innerText(), "Way mini");
  assert.equal((await (await cancelled).json()).stage, "cancelled");
  await at(one.page, "code").waitFor();
  assert.notEqual(await thing(one.page, "qr").getAttribute("src"), first);
  assert.deepEqual(one.errors, []);
  await one.close();
});

test("the site's colour at Saoma colours the component, and its style sheet may say another", async () => {
  const one = await guest("/site");
  await at(one.page, "code").waitFor();
  const ring = () => one.page.locator(".ring-left").evaluate((path) => getComputedStyle(path).stroke);
  assert.equal(await ring(), "rgb(179, 58, 58)");
  await one.page.locator("saoma-login").evaluate((element) => element.style.setProperty("--saoma-brand", "#123456"));
  await one.page.waitForFunction((path) => getComputedStyle(document.querySelector("saoma-login").shadowRoot.querySelector(path)).stroke === "rgb(18, 52, 86)", ".ring-left");
  await one.close();
});

test("light and dark are the page's: its visitors' systems alone decide nothing", async () => {
  const [ink, chalk] = ["rgb(30, 36, 33)", "rgb(232, 235, 230)"];
  for (const [path, scheme, shown] of [["/site", "light", ink], ["/site", "dark", ink], ["/both", "light", ink], ["/both", "dark", chalk], ["/dark", "light", chalk]]) {
    const one = await guest(path, { scheme });
    await at(one.page, "code").waitFor();
    const color = await fromKit(one.page, "title").evaluate((title) => getComputedStyle(title).color);
    assert.equal(color, shown, `${path} on a ${scheme} system`);
    await one.close();
  }
});

test("whoever scanned and closed their page may have another code", async () => {
  const one = await guest("/site");
  await at(one.page, "code").waitFor();
  const first = await thing(one.page, "qr").getAttribute("src");
  const hand = await phoneOf(browser, { sandbox }, "lihua", LOOK);
  await scan(hand, one);
  await at(one.page, "scanned").waitFor();
  const cancelled = one.page.waitForResponse("**/cancel");
  await fromKit(one.page, "refresh").click();
  assert.equal((await (await cancelled).json()).stage, "cancelled");
  await at(one.page, "code").waitFor();
  assert.notEqual(await thing(one.page, "qr").getAttribute("src"), first);
  await Promise.all([one.close(), hand.close()]);
});

test("the way that was chosen is chosen after a reload, whatever became of its login", async () => {
  const one = await guest("/site");
  await at(one.page, "code").waitFor();
  await one.page.getByRole("tab", { name: "Way mini" }).click();
  await at(one.page, "code").waitFor();
  await one.page.evaluate(() => Object.keys(sessionStorage).filter((name) => !name.endsWith(" way")).forEach((name) => sessionStorage.removeItem(name)));
  await one.page.reload();
  await at(one.page, "code").waitFor();
  assert.equal(await one.page.getByRole("tab", { selected: true }).innerText(), "Way mini");
  await one.close();
});

test("a page whose origin is not registered is told so, and not that the network is gone", async () => {
  const stranger = await startSite();
  const one = await guest("/spa", {}, stranger.origin);
  await at(one.page, "error").waitFor();
  assert.equal((await one.told()).at(-1).code, "origin_not_allowed");
  assert.match(one.errors.join("\n"), new RegExp(`${stranger.origin} is not one of the client's origins`));
  await one.close();
  stranger.close();
});

test("a way that needs an address to come back to says what is missing", async () => {
  const one = await guest("/no-redirect");
  await at(one.page, "error").waitFor();
  assert.equal((await one.told()).at(-1).code, "invalid_field");
  assert.match(one.errors.join("\n"), /\/redirect_uri is required for this provider/);
  await one.close();
});

test("a kit that is not what the page expects does not run", async () => {
  const one = await guest("/tampered");
  await one.page.waitForLoadState();
  assert.equal(await one.page.evaluate(() => customElements.get("saoma-login") === undefined), true);
  assert.match(one.errors.join(), /integrity/);
  await one.close();
});

test("a component without its attributes says so", async () => {
  const one = await guest("/none");
  await at(one.page, "error").waitFor();
  assert.equal((await one.told())[0].code, "misconfigured");
  await one.close();
});
