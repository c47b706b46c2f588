// What the demo has no account for: a way where the scan is enough, and codes and redirects whose time is short.
// Owns a server, a sandbox and a website of its own; the site is one page with the component, a public client.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { freePort, startBrowser, startProgram, visitor } from "./harness.mjs";
import { seen } from "./looks.mjs";
import { at, fromKit, photograph, result, scan, scanPhotograph, screen, thing } from "./steps.mjs";
import { ACCOUNTS, choose, clean, close, confirmOnPage, goToWeChat, handOf, heard, notice, scanWeChat } from "./way-steps.mjs";

const SHORTEST = 30; // the least that a code or a redirect may live
const LATE_MS = (SHORTEST + 30) * 1000;
const EN = { locale: "en" };
// What `saoma sandbox` has agreed on with every server (server/src/demo/pretend.rs).
const PUSH = 'push_token = "pretendtoken"\npush_aes_key = "pretend0keypretend0keypretend0keypretend0ke"\npush_path_secret = "pretend-push-address"';
const WEBSITE = "wx5a0a0a0a0a0a0a04";

let browser;
let folder;
let site;
const demo = {};
const programs = [];

const provider = (slug, kind, appid, more) => `
[[provider]]
slug = "${slug}"
kind = "wechat_${kind}"
title = "Way ${slug}"
[provider.config]
appid = "${appid}"
secret = "5a0a0a0a5a0a0a0a5a0a0a0a5a0a0a${appid.slice(-2)}"
api_base = "${demo.sandbox}"
open_base = "${demo.sandbox}"
${more}`;

const client = (id, least) => `
[[client]]
client_id = "${id}"
name = "The ${id}"
type = "public"
origins = ["${site.origin}"]
redirect_uris = ["${site.origin}/${id}"]
providers = ["service", "chat", "website"]
min_assurance = "${least}"`;

const configuration = () => `
[server]
public_url = "${demo.saoma}"
listen = "${new URL(demo.saoma).host}"
admin_listen = "127.0.0.1:0"
[database]
url = "sqlite:./saoma.db"
[security]
master_key_file = "./saoma.key"
[login]
code_ttl_seconds = ${SHORTEST}
redirect_ttl_seconds = ${SHORTEST}
[limits]
begins = 1000
${client("kiosk", "scan_only")}
${client("office", "confirmed")}
${provider("service", "service_account", ACCOUNTS.service, `${PUSH}\nconfirm = "page"`)}
${provider("chat", "service_account", ACCOUNTS.chat, `${PUSH}\nconfirm = "scan"`)}
${provider("website", "open_platform", WEBSITE, "")}
`;

const page = (id, kit) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>${id}</title>
<script type="module" src="${demo.saoma}${kit.path}" integrity="${kit.integrity}" crossorigin="anonymous"></script>
<saoma-login server="${demo.saoma}" client-id="${id}" redirect-uri="${site.origin}/${id}" userinfo></saoma-login>
<output data-testid="user"></output>
<script>addEventListener("saoma-login", ({ detail }) => (document.querySelector("output").textContent = detail.user.sub));</script></html>`;

async function startSite() {
  const server = createServer((request, response) => {
    const id = new URL(request.url, site.origin).pathname.slice(1);
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page(id, site.kit));
  });
  await once(server.listen(0, "localhost"), "listening");
  return { origin: `http://localhost:${server.address().port}`, close: () => server.close() };
}

/** Waits until a program that was just started answers. */
async function answering(address) {
  const over = AbortSignal.timeout(30_000);
  for (;;) {
    over.throwIfAborted();
    if (await fetch(address, { signal: over }).catch(() => undefined)) return;
    await new Promise((next) => setTimeout(next, 50));
  }
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "saoma-ways-"));
  demo.saoma = `http://127.0.0.1:${await freePort()}`;
  demo.sandbox = `http://127.0.0.1:${await freePort()}`;
  site = await startSite();
  writeFileSync(join(folder, "saoma.toml"), configuration());
  programs.push(startProgram(["sandbox", "--listen", new URL(demo.sandbox).host, "--server", demo.saoma]));
  programs.push(startProgram(["serve", "--config", join(folder, "saoma.toml")]));
  for (const address of [`${demo.sandbox}/`, `${demo.saoma}/`]) await answering(address);
  site.kit = await (await fetch(`${demo.saoma}/kit/integrity.json`)).json();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  site?.close();
  for (const program of programs) assert.equal((await program.end()) ?? 0, 0, program.log());
  rmSync(folder, { recursive: true });
});

const hand = (follows) => handOf(browser, demo, follows, EN);

/** A visitor of one of the sites, at one way; `renewals` is how often their page may renew a code by itself. */
async function guest(id, slug, renewals = 0) {
  const person = await visitor(browser, EN);
  await person.page.goto(`${site.origin}/${id}`);
  await at(person.page, "code").waitFor();
  await person.page.locator("saoma-login").evaluate((element, times) => element.setAttribute("renewals", times), renewals);
  if (slug !== "service") await choose(person, slug, slug === "website" ? "go" : "code");
  return person;
}

/** Waits until the site knows its user. */
async function known(person) {
  await person.page.waitForFunction(() => /^usr_/.test(document.querySelector("output")?.textContent));
  return thing(person.page, "user").textContent();
}

/** Where nobody was asked by name of the site, Saoma's page asks before the site knows anything. */
async function asked(person, decision) {
  await person.page.waitForURL((url) => url.pathname.startsWith("/consent/"));
  assert.match(await person.page.locator("main").innerText(), /The kiosk[^]*Logged in as[^]*your name and picture/);
  await seen(person, "asked-by-kiosk");
  await person.page.getByRole("button", { name: decision, exact: true }).click();
  await person.page.waitForURL((url) => url.origin === site.origin);
}

test("where the scan is enough, a follower scans, allows it once, and is in", async () => {
  const [kiosk, phone] = await Promise.all([guest("kiosk", "chat"), hand(["chat"])]);
  await scan(phone, kiosk, "chat");
  assert.match(await heard(phone), /^You are logged in to The kiosk/);
  await asked(kiosk, "Allow");
  const first = await known(kiosk);
  await kiosk.page.reload();
  await at(kiosk.page, "code").waitFor();
  await choose(kiosk, "chat");
  await thing(phone.page, "back").click();
  await scan(phone, kiosk, "chat");
  assert.equal(await known(kiosk), first, "the same person is the same user");
  clean(kiosk, phone);
  await close(kiosk, phone);
});

test("where the scan is enough, a stranger is in with the follow, and not before", async () => {
  const [kiosk, phone] = await Promise.all([guest("kiosk", "chat"), hand()]);
  await scan(phone, kiosk, "follow");
  assert.equal(await at(kiosk.page, "code").isVisible(), true);
  await thing(phone.page, "follow").click();
  await screen(phone.page, "chat").waitFor();
  await asked(kiosk, "Allow");
  await known(kiosk);
  clean(kiosk, phone);
  await close(kiosk, phone);
});

test("where the scan is enough, a no is told to the site", async () => {
  const [kiosk, phone] = await Promise.all([guest("kiosk", "chat"), hand(["chat"])]);
  await scan(phone, kiosk, "chat");
  await asked(kiosk, "Don't allow");
  await at(kiosk.page, "declined").waitFor();
  assert.equal(await thing(kiosk.page, "user").textContent(), "");
  clean(kiosk, phone);
  await close(kiosk, phone);
});

test("a site that asks for more than a scan does not offer that way", async () => {
  const office = await guest("office", "service");
  const offered = await fromKit(office.page, "way").evaluateAll((ways) => ways.map((way) => way.dataset.slug));
  assert.deepEqual(offered, ["service", "website"]);
  await office.close();
});

/** A code that nobody used: the page says so and so does the chat, and the button gives one that works. */
async function endsAndIsRenewedByHand(office, phone) {
  const old = await photograph(office.page);
  await at(office.page, "expired").waitFor({ timeout: LATE_MS });
  assert.match(await fromKit(office.page, "words").innerText(), /This code has expired\s+Codes live for a short time/);
  await scanPhotograph(phone, old, "chat");
  assert.match(await heard(phone), /no longer valid\. Scan the one that the page shows now/);
  await thing(phone.page, "back").click();
  await thing(office.page, "refresh").click();
  await at(office.page, "code").waitFor();
  await scan(phone, office, "chat");
  await heard(phone, 2);
  await confirmOnPage(phone, "en");
  await known(office);
}

/** A page that may renew does it by itself, and what it then shows works. */
async function isRenewedByItself(office, phone) {
  const shown = () => thing(office.page, "qr").getAttribute("src");
  const first = await shown();
  await office.page.waitForFunction((src) => document.querySelector("saoma-login").shadowRoot.querySelector("img").src !== src, first, { timeout: LATE_MS });
  await at(office.page, "code").waitFor();
  await scan(phone, office, "chat");
  await heard(phone);
  await confirmOnPage(phone, "en");
  await known(office);
}

/** A redirect that was answered too late: our page says so, and the site's button leads there anew. */
async function redirectEnds(office, beside, phone) {
  await goToWeChat(office);
  await scanWeChat(phone, office);
  await at(beside.page, "expired").waitFor({ timeout: LATE_MS });
  await thing(phone.page, "website-confirm").click();
  await result(phone, "confirmed");
  await notice(office.page, "over", "en");
  await thing(beside.page, "refresh").click();
  await at(beside.page, "go").waitFor();
  await goToWeChat(beside);
  await thing(phone.page, "home").click();
  await scanWeChat(phone, beside);
  await thing(phone.page, "website-confirm").click();
  await known(beside);
}

test("time runs out: codes and redirects end, are told to the visitor, and new ones work", async () => {
  const phones = await Promise.all([hand(["service"]), hand(["service"]), hand()]);
  const [byHand, byItself] = await Promise.all([guest("office", "service"), guest("office", "service", 2)]);
  const office = await guest("office", "website");
  // Begun a moment later, so that the other is over when this one is.
  const beside = await guest("office", "website");
  await Promise.all([
    endsAndIsRenewedByHand(byHand, phones[0]),
    isRenewedByItself(byItself, phones[1]),
    redirectEnds(office, beside, phones[2]),
  ]);
  await close(byHand, byItself, office, beside, ...phones);
});
