// The smallest websites that the admin's code can be pasted into, one for each stack: each takes the snippet as it
// is, adds what the snippet's first comment says is yours, and shows at / whom it takes the visitor for.
// Owns these surroundings and how they are started. Refuses to change a letter of what is pasted.
import { execFileSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startProgram } from "../browser/harness.mjs";
import { byHand } from "./by-hand.mjs";

const HERE = fileURLToPath(new URL("./", import.meta.url));

/** What the admin copies. */
export const snippet = (stack) =>
  readFileSync(new URL(`../../server/src/http/admin/snippets/${stack}.txt`, import.meta.url), "utf8");

const NODE = (port) => `import express from "express";
import session from "express-session";
const app = express();
app.use(session({ secret: "of this test", resave: false, saveUninitialized: false }));
${snippet("node")}
app.get("/", (req, res) => res.type("text").send(req.session.user ?? ""));
app.listen(${port}, "127.0.0.1");
`;

const PYTHON = (port) => `from flask import Flask
app = Flask(__name__)
app.secret_key = "of this test"
${snippet("python")}
@app.get("/")
def home():
    return session.get("user", "")

app.run("127.0.0.1", ${port})
`;

const PHP_ROUTER = `<?php
$page = ["/login/start" => "start.php", "/callback" => "back.php", "/" => "home.php"][strtok($_SERVER["REQUEST_URI"], "?")] ?? null;
if (!$page) { http_response_code(404); exit; }
require __DIR__ . "/$page";
`;

const GO = (port) => `package main

import (
	"fmt"
	"net/http"
	"sync"
)

var users sync.Map

func signIn(w http.ResponseWriter, r *http.Request, sub string) {
	mark := random()
	users.Store(mark, sub)
	http.SetCookie(w, &http.Cookie{Name: "session", Value: mark, Path: "/", HttpOnly: true})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func main() {
	http.HandleFunc("/login/start", start)
	http.HandleFunc("/callback", callback)
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if mark, err := r.Cookie("session"); err == nil {
			if sub, ok := users.Load(mark.Value); ok {
				fmt.Fprint(w, sub)
			}
		}
	})
	http.ListenAndServe("127.0.0.1:${port}", nil)
}
`;

/** Each answers a running website: `{log(), end()}`. `env` holds the settings that the admin copies, too. */
export const STACKS = {
  node({ folder, env, port }) {
    writeFileSync(`${folder}/site.mjs`, NODE(port));
    symlinkSync(`${HERE}node_modules`, `${folder}/node_modules`);
    return startProgram(["site.mjs"], { program: process.execPath, cwd: folder, env });
  },

  python({ folder, env, port }) {
    writeFileSync(`${folder}/site.py`, PYTHON(port));
    return startProgram(["site.py"], { program: process.env.FLASK_PYTHON, cwd: folder, env: { ...env, PYTHONDONTWRITEBYTECODE: "1" } });
  },

  php({ folder, env, port }) {
    const [head, start, back] = snippet("php").split(/^\/\/ (?:start|back)\.php$/m);
    writeFileSync(`${folder}/start.php`, head + start);
    writeFileSync(`${folder}/back.php`, head + back);
    writeFileSync(`${folder}/home.php`, `${head}\necho $_SESSION["user"] ?? "";`);
    writeFileSync(`${folder}/router.php`, PHP_ROUTER);
    const settings = ["-d", "display_errors=1", "-d", `session.save_path=${folder}`];
    return startProgram([...settings, "-S", `127.0.0.1:${port}`, "router.php"], { program: "php", cwd: folder, env });
  },

  go({ folder, env, port }) {
    writeFileSync(`${folder}/login.go`, snippet("go"));
    writeFileSync(`${folder}/site.go`, GO(port));
    execFileSync("go", ["build", "-o", "site", "login.go", "site.go"], { cwd: folder, env: { ...process.env, GOTOOLCHAIN: "local", GOPROXY: "off" } });
    return startProgram([], { program: `${folder}/site`, cwd: folder, env });
  },

  curl: ({ env, port }) => byHand(snippet("curl"), env, port),
};
