// Saoma and the pretend WeChat as one website's test needs them: one client in the file, one way in. The website is
// at localhost and Saoma at 127.0.0.1, so that for the browser they are two sites, as they are in life.
// Owns the configuration and the server that a website of ours listens with. Knows no library and no page.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { emptyHouse } from "../browser/empty-house.mjs";

const APPID = "wx5a0a0a0a0a0a0aee";
const APP = { secret: "5a0a0a0a5a0a0a0a5a0a0a0a5a0a0aee", name: "Relying", pages: ["pages/login/index"] };
const toml = (fields) => Object.entries(fields).map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`).join("");

/** With what a form encodes and HTTP Basic must therefore encode, too (RFC 6749 section 2.3.1). */
export const newSecret = () => `${randomBytes(24).toString("base64")}+/= %&~:`;

/** What an admin writes; `openid` is what the client may do beyond a plain login, and without it nothing is said. */
const configuration = (sandbox, { openid, ...client }) => `
[[client]]
${toml({ name: "Tea of the Test", providers: ["mini"], ...client })}
${openid ? `[client.openid]\n${toml(openid)}` : ""}
[[provider]]
slug = "mini"
kind = "wechat_mini_program"
title = "Mini-program"
[provider.config]
${toml({ appid: APPID, secret: APP.secret, api_base: sandbox })}`;

/**
 * `{saoma, sandbox, allowed, close()}`, answering: for this client, the fields of its `[[client]]`. `allowed` holds who
 * has allowed it tokens that last.
 */
export async function startWorld(client) {
  const house = await emptyHouse({ more: ({ sandbox }) => configuration(sandbox, client) });
  const body = JSON.stringify({ ...APP, companion_url: house.saoma });
  const put = { method: "PUT", headers: { "content-type": "application/json" }, body };
  assert.equal((await fetch(`${house.sandbox}/_sandbox/v1/apps/${APPID}`, put)).status, 204);
  return { ...house, allowed: new Set() };
}

/** A website of ours: `{origin, close()}`. `answer` is `(request, response, url)`; what it throws is shown. */
export async function startSite(answer) {
  const server = createServer(async (request, response) => {
    try {
      await answer(request, response, new URL(request.url, `http://${request.headers.host}`));
    } catch (cause) {
      response.writeHead(500, { "content-type": "text/plain" }).end(String(cause?.stack ?? cause));
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const close = () => new Promise((done) => (server.close(done), server.closeAllConnections()));
  return { origin: `http://localhost:${server.address().port}`, close };
}
