// A website whose back end is the three steps for curl, each run by bash as it is: values go in by the environment,
// the answer comes back on stdout. Owns the visitor's session; refuses whatever a step ends badly for.
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { promisify } from "node:util";

const run = promisify(execFile);

/** `{log(), end()}` of a website on this port. */
export function byHand(text, env, port) {
  const [, begin, redeem, who] = text.split(/^(?=# [123]\. )/m);
  const sessions = new Map();
  const step = async (script, values) => (await run("bash", ["-c", script], { env: { ...process.env, ...env, ...values } })).stdout;

  async function start(request, session) {
    if (request.method === "GET") return [200, JSON.stringify({ client_id: env.SAOMA_CLIENT_ID })];
    const { provider } = await json(request);
    const values = { provider, ip: request.socket.remoteAddress, agent: request.headers["user-agent"] };
    const [answer, verifier, state] = (await step(`${begin}\nprintf '\\n%s\\n%s' "$verifier" "$state"`, values)).split(/\n(?=[0-9a-f]{64}(?:\n|$))/);
    Object.assign(session, { verifier, state });
    return [JSON.parse(answer).login_id ? 201 : 400, answer];
  }

  async function callback(query, session) {
    const { verifier = "", state = "" } = session;
    const values = { verifier, state, returned: query.get("state") ?? "", iss: query.get("iss") ?? "", code: query.get("code") ?? "" };
    const token = await step(redeem, values).then(JSON.parse, () => ({}));
    if (!token.access_token) return [400, "This log-in is not known here."];
    const mark = randomUUID();
    sessions.set(mark, { user: JSON.parse(await step(who, token)).sub });
    return [303, "", { location: "/", "set-cookie": `session=${mark}; Path=/; HttpOnly` }];
  }

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://site");
    const mark = /session=([^;]+)/.exec(request.headers.cookie)?.[1] ?? randomUUID();
    if (!sessions.has(mark)) sessions.set(mark, {});
    const session = sessions.get(mark);
    const pages = { "/login/start": () => start(request, session), "/callback": () => callback(searchParams, session) };
    const page = pages[pathname] ?? (() => [200, session.user ?? ""]);
    const [status, body, headers] = await Promise.resolve(page()).catch((cause) => [500, String(cause)]);
    response.writeHead(status, { "set-cookie": `session=${mark}; Path=/; HttpOnly`, ...headers }).end(body);
  });
  server.listen(port, "127.0.0.1");
  return { log: () => "", end: () => new Promise((done) => (server.close(done), server.closeAllConnections())) };
}
