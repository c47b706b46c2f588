// Made-up calls against the admin API of a running demo, as its document describes them: with a token of every scope
// a program can have, and without any. Owns that nothing answers 5xx, that nobody gets in without authentication and
// that answers are what the document says. Slow, so it is no part of the browser tests: `make test-admin-api`.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startDemo } from "./harness.mjs";

const PROGRAM = process.env.SCHEMATHESIS;
const DOCUMENT = fileURLToPath(new URL("../../openapi/admin.json", import.meta.url));
const CHECKS = "not_a_server_error,ignored_auth,status_code_conformance,content_type_conformance,response_schema_conformance,unsupported_method,allow_header_conformance";
const SECONDS = process.env.SCHEMATHESIS_SECONDS ?? "45";

/** The demo's owner comes in; answers cookie and csrf value. */
async function logIn({ admin, owner }) {
  const form = new URLSearchParams({ name: owner.name, password: owner.password, code: owner.codes[0], next: "/account" });
  const entered = await fetch(`${admin}/log-in`, { method: "POST", body: form, headers: { origin: admin }, redirect: "manual" });
  assert.equal(entered.status, 303);
  const cookie = entered.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  const html = await (await fetch(`${admin}/account`, { headers: { cookie } })).text();
  return { cookie, csrf: html.match(/name="csrf" value="([^"]+)"/)[1] };
}

/** A token of every scope that a program can have. */
async function token({ admin }, { cookie, csrf }) {
  const { paths } = JSON.parse(readFileSync(DOCUMENT, "utf8"));
  const abilities = Object.values(paths).flatMap((path) => Object.values(path).map((operation) => operation["x-ability"]));
  const scope = [...new Set(abilities)].filter((name) => !/^(admins|tokens)\./.test(name));
  const headers = { cookie, "x-csrf-token": csrf, origin: admin, "content-type": "application/json" };
  const body = JSON.stringify({ name: "made-up calls", scope, days: 1 });
  const made = await fetch(`${admin}/admin/api/v1/tokens`, { method: "POST", headers, body });
  assert.equal(made.status, 201);
  return (await made.json()).secret;
}

/**
 * Says of an answer of server-sent events what one event is. Our document (OpenAPI 3.0, that knows no streams) gives
 * the schema of an event's data; the program wants that of the event, whose data is text.
 */
function describeEvents(operation) {
  for (const { content } of Object.values(operation.responses)) {
    const stream = content?.["text/event-stream"];
    if (!stream) continue;
    const data = { type: "string", contentMediaType: "application/json", contentSchema: stream.schema };
    stream.schema = { type: "object", required: ["event", "data"], properties: { event: { type: "string" }, data } };
  }
}

/** The document as a program sees it, that has a token and no session. */
function documentForPrograms(folder) {
  const document = JSON.parse(readFileSync(DOCUMENT, "utf8"));
  Object.values(document.paths).flatMap(Object.values).forEach(describeEvents);
  for (const operation of Object.values(document.paths).flatMap(Object.values)) operation.security = [{ api_token: [] }];
  const file = join(folder, "admin.json");
  writeFileSync(file, JSON.stringify(document));
  return file;
}

/** In a folder of its own, as it leaves notes for the next run where it is started. */
async function run(admin, document, more) {
  const args = ["run", document, "--url", admin, "--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-time", SECONDS, "--seed", "1", ...more];
  const child = spawn(PROGRAM, args, { stdio: "inherit", cwd: folder });
  const [code] = await once(child, "exit");
  return code;
}

const folder = mkdtempSync(join(tmpdir(), "saoma-calls-"));
const demo = await startDemo();
try {
  const secret = await token(demo, await logIn(demo));
  console.log("# with a token of every scope");
  assert.equal(await run(demo.admin, documentForPrograms(folder), ["--header", `Authorization: Bearer ${secret}`]), 0);
  console.log("# without authentication");
  assert.equal(await run(demo.admin, DOCUMENT, []), 0);
} finally {
  await demo.end();
  rmSync(folder, { recursive: true });
}
