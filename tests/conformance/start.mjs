// Starts what the OpenID conformance suite is pointed at: the sandbox with somebody who confirms by themselves, Saoma
// on loopback, and a TLS front with a certificate made for the day. Owns their addresses and their end. Reaches
// nothing beyond this machine, and refuses to listen anywhere else.
//
//   node tests/conformance/start.mjs        until Ctrl-C; `saoma.toml` beside this file says who may log in

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BINARY = process.env.SAOMA_BIN ?? join(ROOT, "target/debug/saoma");
const PORTS = { front: 9443, saoma: 9080, admin: 9081, sandbox: 9090 };
const START_MS = 30_000;

/** A key and a certificate for `localhost`, known to nobody. */
function certificate(folder) {
  const [key, cert] = [join(folder, "front.key"), join(folder, "front.crt")];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"];
  execFileSync("openssl", ["req", "-x509", ...kind, ...names, "-keyout", key, "-out", cert], { stdio: "ignore" });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

/** Passes everything on to Saoma, as a proxy does; a stream flows as it comes. */
async function startFront(folder, { front, saoma }) {
  const server = createServer(certificate(folder), (asked, answer) => {
    const headers = { ...asked.headers, "x-forwarded-for": asked.socket.remoteAddress };
    const onward = request({ host: "127.0.0.1", port: saoma, method: asked.method, path: asked.url, headers }, (got) => {
      answer.writeHead(got.statusCode, got.rawHeaders);
      got.pipe(answer);
    });
    onward.on("error", () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
    answer.on("close", () => onward.destroy());
    asked.pipe(onward);
  });
  await once(server.listen(front, "127.0.0.1"), "listening");
  return server;
}

/** The configuration with these ports in the place of its own, and its data in this folder. */
function configure(folder, ports) {
  let toml = readFileSync(new URL("saoma.toml", import.meta.url), "utf8").replaceAll("../../target/conformance", folder);
  for (const [name, port] of Object.entries(PORTS)) toml = toml.replaceAll(`:${port}"`, `:${ports[name]}"`);
  const file = join(folder, "saoma.toml");
  writeFileSync(file, toml);
  return file;
}

function startProgram(args) {
  const child = spawn(BINARY, args, { stdio: ["ignore", "ignore", "inherit"] });
  child.once("error", (cause) => console.error(`${BINARY}: ${cause.message}; build it first: cargo build`));
  return child;
}

async function answering(address, child) {
  const over = AbortSignal.timeout(START_MS);
  while (!(await fetch(address, { signal: over }).catch(() => undefined))) {
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(" ")} has ended`);
    over.throwIfAborted();
    await new Promise((next) => setTimeout(next, 50));
  }
}

/** All of it: `{issuer, close()}`; on other ports where these are given. */
export async function start(ports = PORTS) {
  const data = join(ROOT, "target/conformance");
  mkdirSync(data, { recursive: true });
  const folder = mkdtempSync(join(data, "run-"));
  const [own, sandbox] = [`http://127.0.0.1:${ports.saoma}`, `127.0.0.1:${ports.sandbox}`];
  const programs = [
    startProgram(["sandbox", "--listen", sandbox, "--server", own, "--self-confirming"]),
    startProgram(["serve", "--config", configure(folder, ports)]),
  ];
  let front;
  const close = async () => {
    front?.close();
    front?.closeAllConnections();
    await Promise.all(
      programs.filter(({ exitCode, pid }) => pid && exitCode === null).map((child) => (child.kill("SIGTERM"), once(child, "exit"))),
    );
    rmSync(folder, { recursive: true });
  };
  try {
    await answering(`http://${sandbox}/`, programs[0]);
    await answering(`${own}/`, programs[1]);
    front = await startFront(folder, ports);
  } catch (cause) {
    await close();
    throw cause;
  }
  return { issuer: `https://localhost:${ports.front}`, close };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const house = await start();
  console.log(`${house.issuer}/.well-known/openid-configuration is ready for the suite; Ctrl-C ends it`);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => house.close());
}
