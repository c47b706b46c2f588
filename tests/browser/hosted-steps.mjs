// Steps at Saoma's own login page, where websites that speak OpenID Connect send their visitors, and a website that
// does: it keeps what browsers bring it and redeems every code. Owns the request and how an answer is read back.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { emptyHouse } from "./empty-house.mjs";
import { visitor } from "./harness.mjs";
import { at } from "./steps.mjs";
import { ACCOUNTS } from "./way-steps.mjs";

// RFC 7636, appendix B.
const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const SECRET = "a secret of at least thirty-two characters";

/** The address by which a website asks for somebody; `changes` replace values of the usual request. */
export function request(saoma, changes) {
  const usual = { response_type: "code", scope: "openid profile", code_challenge: CHALLENGE, code_challenge_method: "S256" };
  return `${saoma}/oauth2/authorize?${new URLSearchParams({ ...usual, ...changes })}`;
}

/** What stands in an address's query. */
export const queryOf = (address) => Object.fromEntries(new URL(address).searchParams);

/** What Saoma's page asks of the person: which way, or whether the website may know. */
export const hosted = (page, button) => page.locator(`main form button[name=decision][value=${button}]`);

/** Says yes or no on the consent page. */
export async function decide(person, decision) {
  await hosted(person.page, decision).click();
}

const REDEEM = { grant_type: "authorization_code", code_verifier: VERIFIER };

/** Two websites on one address, by their client ids: each code is redeemed, so that a useless one is noticed. */
async function startWebsites(saoma) {
  const answers = [];
  const origin = () => `http://localhost:${server.address().port}`;
  const redeem = async (client, code) => {
    const authorization = `Basic ${Buffer.from(`${client}:${encodeURIComponent(SECRET)}`).toString("base64")}`;
    const body = new URLSearchParams({ ...REDEEM, code, redirect_uri: `${origin()}/${client}` });
    const tokens = await (await fetch(`${saoma()}/oauth2/token`, { method: "POST", headers: { authorization }, body })).json();
    return { claims: JSON.parse(Buffer.from(tokens.id_token?.split(".")[1] ?? "bnVsbA", "base64url")), hint: tokens.id_token, refused: tokens.error };
  };
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, origin());
    const posted = Buffer.concat(await request.toArray()).toString();
    const said = Object.fromEntries(request.method === "POST" ? new URLSearchParams(posted) : searchParams);
    const { referer } = request.headers;
    const answer = { client: pathname.slice(1), method: request.method, query: searchParams.size, referer, ...said };
    if (said.code) Object.assign(answer, await redeem(answer.client, said.code));
    if (said.state) answers.push(answer);
    const words = said.error ?? answer.refused ?? answer.claims?.sub ?? "home";
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(`<!doctype html><html lang="en"><title>A website</title><link rel="icon" href="data:,"><h1>${words}</h1>`);
  });
  await once(server.listen(0, "localhost"), "listening");
  server.unref();
  return { origin: origin(), answers, close: () => server.close() };
}

const client = (id, { origin }, more = "") => `
[[client]]
client_id = "${id}"
name = "The ${id} house"
type = "confidential"
secrets = ["${SECRET}"]
redirect_uris = ["${origin}/${id}"]
providers = ["mini", "service", "chat", "website"]
${more}`;

// What `saoma sandbox` has agreed on with every server (server/src/demo/pretend.rs).
const PUSH = 'push_token = "pretendtoken"\npush_aes_key = "pretend0keypretend0keypretend0keypretend0ke"\npush_path_secret = "pretend-push-address"';
const WAYS = [
  ["mini", "mini_program", "wx5a0a0a0a0a0a0a01", 'page = "pages/login/index"'],
  ["service", "service_account", ACCOUNTS.service, `${PUSH}\nconfirm = "page"`],
  ["chat", "service_account", ACCOUNTS.chat, `${PUSH}\nconfirm = "number"`],
  ["website", "open_platform", "wx5a0a0a0a0a0a0a04", ""],
];

const provider = (sandbox) => ([slug, kind, appid, more]) => `
[[provider]]
slug = "${slug}"
kind = "wechat_${kind}"
title = "Way ${slug}"
[provider.config]
appid = "${appid}"
secret = "5a0a0a0a5a0a0a0a5a0a0a0a5a0a0a${appid.slice(-2)}"
api_base = "${sandbox}"
${kind === "mini_program" ? "" : `open_base = "${sandbox}"`}
${more}`;

/** A server whose clients are websites of ours: `tea`, `books`, which may have tokens that last, and `tv`, which has devices. */
export async function houseWithWebsites() {
  let house;
  const site = await startWebsites(() => house.own);
  house = await emptyHouse({
    more: ({ sandbox }) => `
[limits]
begins = 1000
pending_per_address = 200
${client("tea", site)}
${client("books", site, "[client.openid]\nrefresh_tokens = true")}
${client("tv", site, "[client.openid]\ndevice_grant = true")}
${WAYS.map(provider(sandbox)).join("")}`,
  });
  const { own, sandbox, admin } = house;
  const close = async () => {
    site.close();
    await house.close();
  };
  return { saoma: own, sandbox, admin, shop: site.origin, answers: site.answers, close };
}

/** What a device of `tv` sends to an endpoint and hears. */
export async function deviceAsks({ saoma }, path, fields) {
  const authorization = `Basic ${Buffer.from(`tv:${encodeURIComponent(SECRET)}`).toString("base64")}`;
  return (await fetch(`${saoma}/oauth2/${path}`, { method: "POST", headers: { authorization }, body: new URLSearchParams(fields) })).json();
}

/** One of the websites asks for whoever sits here; answers the request's state. */
export async function ask(person, { saoma, shop }, { client_id = "tea", ...changes } = {}) {
  const state = randomUUID();
  await person.page.goto(request(saoma, { client_id, redirect_uri: `${shop}/${client_id}`, state, nonce: `nonce of ${state}`, ...changes }));
  return state;
}

/** Somebody whom a website has sent to Saoma's page, with a code on show. */
export async function atHostedPage(browser, house, look = {}, changes = {}) {
  const person = await visitor(browser, look);
  await person.page.goto(house.shop);
  const state = await ask(person, house, changes);
  await at(person.page, "code").waitFor();
  return { ...person, state };
}

/** Waits until the browser is at the website; answers what the website was told last, for this state. */
export async function answered(person, { shop, answers }, state, client_id = "tea") {
  await person.page.waitForURL((url) => url.origin === shop && url.pathname === `/${client_id}`);
  await person.page.locator("h1").waitFor();
  return answers.findLast((answer) => answer.state === state && answer.client === client_id);
}
