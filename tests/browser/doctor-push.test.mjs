// What the doctor finds of the address that WeChat's servers send messages to: something stands before Saoma there,
// as a proxy does, and goes wrong in each way it can; then WeChat's own messages come with another token. Owns these
// findings as an admin meets them, each with its cure, and that each goes with its cause.
import assert from "node:assert/strict";
import { createServer, request as call } from "node:http";
import { after, before, test } from "node:test";
import { emptyHouse, firstOwner } from "./empty-house.mjs";
import { startBrowser } from "./harness.mjs";
import { scanPhotograph } from "./steps.mjs";
import { control, handOf } from "./way-steps.mjs";

const APP = { appid: "wx5a0a0a0a0a0a0afe", secret: "5a0a0a0a5a0a0a0a5a0a0a0a5a0a0afe" };
const PUSH = { token: "PushToken1", aes_key: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG" };
let browser, house, front;

/** What stands before Saoma: hands everything on, unless `instead` answers. */
async function standBefore(own) {
  let instead = () => false;
  const server = createServer((incoming, outgoing) => {
    if (instead(incoming, outgoing)) return;
    const onward = call(new URL(incoming.url, own()), { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const close = () => server.close() && server.closeAllConnections();
  return { url: `http://127.0.0.1:${server.address().port}`, goesWrong: (how) => (instead = how), close };
}

const provider = ({ sandbox }) => `
[[provider]]
slug = "service"
kind = "wechat_service_account"
title = "Service account"
[provider.config]
appid = "${APP.appid}"
secret = "${APP.secret}"
push_token = "${PUSH.token}"
push_aes_key = "${PUSH.aes_key}"
api_base = "${sandbox}"
open_base = "${sandbox}"
`;

const isPush = ({ url }) => url.startsWith("/push/");
const says = (outgoing, status, text) => outgoing.writeHead(status, { "content-type": "text/html" }).end(text);

/** How the address goes wrong, and the code of what is found then. */
const WRONG = [
  [(incoming, outgoing) => isPush(incoming) && says(outgoing, 200, "<h1>Welcome</h1>"), "push_echo_wrong"],
  [(incoming, outgoing) => isPush(incoming) && says(outgoing, 404, "Not found"), "push_echo_wrong"],
  [(incoming, outgoing) => isPush(incoming) && incoming.method === "POST" && says(outgoing, 403, "Forbidden"), "push_key_wrong"],
  [(incoming, outgoing) => isPush(incoming) && outgoing.destroy(), "push_address_unreachable"],
  [(incoming, outgoing) => outgoing.destroy(), "push_address_unreachable"],
];

before(async () => {
  front = await standBefore(() => house.own);
  house = await emptyHouse({ publicUrl: front.url, more: provider });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await house?.close();
  front?.close();
});

/** Presses the button of this depth; gives codes by how they stand. */
async function ask(page, button) {
  await page.goto(`${house.admin}/providers/service/doctor`);
  await page.getByRole("button", { name: button }).click();
  await page.locator(".findings").waitFor();
  return { failed: await page.locator(".finding.failed").allInnerTexts(), all: await page.locator(".findings").innerText() };
}

test("each way in which the push address goes wrong is found, with its cure, and goes with its cause", async () => {
  const ann = await firstOwner(browser, house);
  const { page } = ann;
  const network = "Check settings and network";
  for (const [how, code] of WRONG) {
    front.goesWrong(how);
    const { failed } = await ask(page, network);
    const finding = failed.find((text) => text.includes(code));
    assert.ok(finding, `${code}: ${failed}`);
    assert.ok((await page.locator(".finding.failed", { hasText: code }).locator(".cure").innerText()).length > 10, `${code} has no cure`);
    front.goesWrong(() => false);
    const { failed: left, all } = await ask(page, network);
    assert.deepEqual(left, [], `${code} stays`);
    assert.match(all, /push_echo_ok[\s\S]*push_sealed_ok/);
  }

  // The console's Token is another one: WeChat's messages are refused. Mended, the next one comes through.
  await page.goto(`${house.admin}/providers/service`);
  await page.getByRole("button", { name: "Show address, token and key" }).click();
  const url = await page.locator("code.copy", { hasText: "/push/service/" }).innerText();
  const set = (token) => control(house, "PUT", `apps/${APP.appid}`, { secret: APP.secret, kind: "service_account", name: "Letters", push: { url, token, aes_key: PUSH.aes_key, mode: "safe" } });
  await set("AnotherToken");
  await page.goto(`${house.admin}/providers/service/doctor`);
  await page.getByRole("button", { name: "Begin a test login" }).click();
  const buffer = await page.locator("img.code").screenshot({ animations: "disabled" });
  const phone = await handOf(browser, house, [APP.appid]);
  const scan = () => scanPhotograph(phone, { name: "photograph.png", mimeType: "image/png", buffer }, "chat");
  await scan();
  const refused = await ask(page, network);
  assert.match(refused.failed.join(), /push_refused/);
  assert.ok((await page.locator(".finding.failed .cure").first().innerText()).length > 10);
  await set(PUSH.token);
  await phone.page.goto(`${house.sandbox}/?person=${phone.id}`);
  await scan();
  const taken = await ask(page, "Check everything");
  assert.deepEqual(taken.failed, []);
  assert.match(taken.all, /push_seen/);
  assert.deepEqual(ann.errors, []);
  await Promise.all([ann, phone].map((person) => person.close()));
});
