// Saoma and the pretend WeChat, set up by a file as an admin would have it: one confidential client, one way in.
// Owns their processes and the folder they live in. Knows nothing of the websites but their addresses.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answering, freePort, startProgram } from "../browser/harness.mjs";
import { complete, confirm, told } from "./people.mjs";

const APPID = "wx5a0a0a0a0a0a0aff";
const APP = { secret: "5a0a0a0a5a0a0a0a5a0a0a0a5a0a0aff", name: "Snippets", pages: ["pages/login/index"] };
const SECRET = randomBytes(32).toString("base64url");
const list = (values) => `[${values.map((value) => JSON.stringify(value)).join(", ")}]`;

const configuration = ({ saoma, sandbox, client, provider }, sites) => `
[server]
public_url = "${saoma}"
listen = "${new URL(saoma).host}"
admin_listen = "127.0.0.1:0"
[database]
url = "sqlite:./saoma.db"
[security]
master_key_file = "./saoma.key"
# Everybody here comes from one address.
[limits]
begins = 1000
pending_per_address = 1000
[[client]]
client_id = "${client}"
name = "Pasted"
type = "confidential"
secrets = ["${SECRET}"]
origins = ${list(sites)}
redirect_uris = ${list(sites.map((site) => `${site}/callback`))}
providers = ["${provider}"]
[[provider]]
slug = "${provider}"
kind = "wechat_mini_program"
title = "Mini-program"
[provider.config]
appid = "${APPID}"
secret = "${APP.secret}"
api_base = "${sandbox}"
`;

/** `{saoma, sandbox, client, provider, secret, end()}`, answering; `sites` are the addresses of the websites. */
export async function startWorld(sites) {
  const folder = mkdtempSync(join(tmpdir(), "saoma-snippets-"));
  const programs = [];
  const end = async () => {
    for (const program of programs) assert.equal((await program.end()) ?? 0, 0, program.log());
    rmSync(folder, { recursive: true });
  };
  const [saoma, sandbox] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  const world = { saoma, sandbox, client: "pasted", provider: "mini", secret: SECRET, folder, end };
  const file = join(folder, "saoma.toml");
  writeFileSync(file, configuration(world, sites));
  programs.push(startProgram(["sandbox", "--listen", new URL(sandbox).host, "--server", saoma]));
  programs.push(startProgram(["serve", "--config", file]));
  for (const address of [`${sandbox}/`, `${saoma}/`]) await answering(address);
  const put = { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify({ ...APP, companion_url: saoma }) };
  assert.equal((await fetch(`${sandbox}/_sandbox/v1/apps/${APPID}`, put)).status, 204);
  return world;
}

/** What Saoma calls this person, asked without any snippet. */
export async function subOf({ saoma, sandbox, client, provider, secret }, person, site) {
  const basic = { authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString("base64")}` };
  const [code_verifier, redirect_uri] = [randomBytes(32).toString("base64url"), `${site}/callback`];
  const code_challenge = createHash("sha256").update(code_verifier).digest("base64url");
  const body = JSON.stringify({ client_id: client, provider, redirect_uri, code_challenge, code_challenge_method: "S256", state: "asked" });
  const headers = { ...basic, "content-type": "application/json" };
  const login = await told(await fetch(`${saoma}/api/v1/logins`, { method: "POST", headers, body }), 201);
  await confirm(sandbox, person, login.challenge.image_url);
  const { code } = await complete(saoma, login);
  const form = new URLSearchParams({ grant_type: "authorization_code", code, code_verifier, redirect_uri });
  const { access_token } = await told(await fetch(`${saoma}/oauth2/token`, { method: "POST", headers: basic, body: form }));
  const { sub } = await told(await fetch(`${saoma}/oauth2/userinfo`, { headers: { authorization: `Bearer ${access_token}` } }));
  return sub;
}
