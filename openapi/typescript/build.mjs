// Makes dist/saoma-login.js, one minified module, and dist/integrity.txt, its hash for `integrity="…"`.
// The same sources and the same esbuild give the same bytes; `--check` compares instead of writing.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { version, license } = JSON.parse(readFileSync(here("package.json"), "utf8"));

const { outputFiles } = await build({
  absWorkingDir: here("."),
  entryPoints: ["src/define.ts"],
  bundle: true,
  format: "esm",
  minify: true,
  target: ["es2021"],
  charset: "utf8",
  legalComments: "none",
  banner: { js: `/* saoma-login ${version}, ${license}: <saoma-login>, scan-to-login with Saoma. Made from openapi/typescript/src. */` },
  write: false,
});
const bundle = Buffer.from(outputFiles[0].contents);
const integrity = `sha384-${createHash("sha384").update(bundle).digest("base64")}\n`;
const files = { "dist/saoma-login.js": bundle, "dist/integrity.txt": Buffer.from(integrity) };

mkdirSync(here("dist"), { recursive: true });
for (const [path, made] of Object.entries(files)) {
  if (process.argv.includes("--check")) {
    if (!readFileSync(here(path)).equals(made)) throw new Error(`${path} is stale: make kit`);
  } else {
    writeFileSync(here(path), made);
  }
}
