// A house of its own: `saoma serve` on an empty database, with a sandbox beside it. Owns how it is started and
// ended, and how its first owner comes in by the one-time link.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { code } from "./admin-steps.mjs";
import { BINARY, answering, freePort, startProgram, visitor } from "./harness.mjs";

/** `publicUrl` is where a browser finds it when something stands before it; `more` is more configuration. */
export async function emptyHouse({ publicUrl, more = () => "" } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "saoma-house-"));
  const [listen, sandbox, admin] = [await freePort(), await freePort(), await freePort()];
  const addresses = { own: `http://127.0.0.1:${listen}`, sandbox: `http://127.0.0.1:${sandbox}`, admin: `http://localhost:${admin}` };
  const saoma = publicUrl ?? addresses.own;
  const file = join(folder, "saoma.toml");
  writeFileSync(file, `
[server]
public_url = "${saoma}"
listen = "127.0.0.1:${listen}"
admin_url = "${addresses.admin}"
admin_listen = "127.0.0.1:${admin}"
[database]
url = "sqlite:./saoma.db"
[security]
master_key_file = "./saoma.key"
${more(addresses)}`);
  const programs = [
    startProgram(["sandbox", "--listen", `127.0.0.1:${sandbox}`, "--server", saoma]),
    startProgram(["serve", "--config", file]),
  ];
  for (const address of [`${addresses.sandbox}/`, `${addresses.own}/`]) await answering(address);
  return {
    ...addresses,
    saoma,
    link: () => execFileSync(BINARY, ["admin", "bootstrap", "--config", file], { encoding: "utf8" }).split("\n")[0],
    async close() {
      for (const program of programs) assert.equal((await program.end()) ?? 0, 0, program.log());
      rmSync(folder, { recursive: true });
    },
  };
}

/** The first owner, who has just followed the link. */
export async function firstOwner(browser, house) {
  const link = house.link();
  assert.ok(link.startsWith(`${house.admin}/enrol/`), link);
  const ann = await visitor(browser, { locale: "en", size: "desktop", scheme: "light" });
  const { page } = ann;
  await page.goto(link);
  await page.getByLabel("Name").fill("ann");
  await page.getByLabel("Password").fill("correct-horse-battery-staple");
  await page.locator("#code").fill(code(await page.locator(".key").innerText()));
  await page.locator("button.main").click();
  await page.locator(".codes").waitFor();
  return ann;
}
