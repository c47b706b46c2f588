// The doctor in a real browser: what is found with each of the sandbox's faults, in every look; a test login with a
// phone, watched as it goes. Owns what its pages look like; who may ask, and what programs hear, is in the Rust tests.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clearFaults, inside, setFault } from "./admin-steps.mjs";
import { LOOKS, stage } from "./harness.mjs";
import { clean, seen } from "./looks.mjs";
import { confirm, scanPhotograph } from "./steps.mjs";
import { handOf } from "./way-steps.mjs";

const set = stage();
const WORDS = {
  en: { credentials: "Check everything", network: "Check settings and network", begin: "Begin a test login", waiting: "Waiting for the scan.", scanned: "Scanned. Now confirm on the phone.", done: "It worked", paste: "Our outgoing address", end: "End this one", ended: "Ended early." },
  "zh-CN": { credentials: "全面检查", network: "检查设置和网络", begin: "开始演练登录", waiting: "等待扫码。", scanned: "已扫码，请在手机上确认。", done: "成功", paste: "本服务器的出口 IP", end: "结束本次演练", ended: "已提前结束。" },
};
const TOKEN = "/cgi-bin/stable_token";
const REFUSED = { errcode: 40164, errmsg: "invalid ip 9.8.7.6 ipv6 ::ffff:9.8.7.6, not in whitelist" };

/** Provider, call, fault, and the code of what is found then. */
const FAULTS = [
  ["mini", TOKEN, REFUSED, "ip_not_allowed"],
  ["mini", TOKEN, { errcode: 40125 }, "wrong_secret"],
  ["mini", TOKEN, { errcode: 40013 }, "wrong_appid"],
  ["mini", TOKEN, { errcode: 89503 }, "ip_consent_pending"],
  ["mini", "/wxa/getwxacodeunlimit", { errcode: 41030 }, "page_not_published"],
  ["service", "/cgi-bin/qrcode/create", { errcode: 48001 }, "account_not_verified"],
  ["service", "/cgi-bin/qrcode/create", { errcode: 45009 }, "quota_used_up"],
  ["service", "/cgi-bin/token", { clock_skew_seconds: 900 }, "clock_skew"],
  ["website", "/connect/qrconnect", { errcode: 10003 }, "callback_domain"],
  ["website", "/connect/qrconnect", { errcode: 10005 }, "scope_not_granted"],
  ["website", "/cgi-bin/token", "garbage", "api_not_wechat"],
];

for (const [index, look] of LOOKS.entries()) {
  test(`the doctor finds what is wrong, and a test login goes all the way: ${look.size}, ${look.locale}, ${look.scheme}`, async () => {
    const person = await inside(set.browser, set.demo, { ...look, index });
    const { page } = person;
    const words = WORDS[look.locale];
    await page.goto(`${set.demo.admin}/providers/mini/doctor`);
    await seen(person, "doctor-1-begin");
    await setFault(set.demo, TOKEN, REFUSED);
    await page.getByRole("button", { name: words.credentials }).click();
    const finding = page.locator(".finding.failed").first();
    assert.match(await finding.innerText(), /ip_not_allowed/);
    assert.equal(await finding.locator(".values div", { hasText: words.paste }).locator("code").innerText(), "9.8.7.6");
    await seen(person, "doctor-2-found");
    await clearFaults(set.demo);
    await page.getByRole("button", { name: words.credentials }).click();
    await page.locator("p.good[role=status]").waitFor();
    await seen(person, "doctor-3-fine");
    await page.goto(`${set.demo.admin}/providers/service/doctor`);
    await page.getByRole("button", { name: words.network }).click();
    assert.match(await page.locator(".findings").innerText(), /push_echo_ok/);

    await page.goto(`${set.demo.admin}/providers/mini/doctor`);
    await page.getByRole("button", { name: words.begin }).click();
    const shown = page.locator("#live .stage");
    assert.equal(await shown.innerText(), words.waiting);
    await seen(person, "doctor-4-waiting");
    const buffer = await page.locator("img.code").screenshot({ animations: "disabled" });
    const phone = await handOf(set.browser, set.demo);
    await scanPhotograph(phone, { name: "photograph.png", mimeType: "image/png", buffer });
    // Nobody presses anything on the admin's page: it is kept up to date.
    await page.locator("#live .stage", { hasText: words.scanned }).waitFor();
    await seen(person, "doctor-5-scanned");
    await confirm(phone);
    await page.locator("#live .stage.rehearsed").waitFor();
    assert.match(await page.locator("#live").innerText(), /unionid_available/);
    assert.equal(await page.getByRole("button", { name: words.end }).count(), 0, "nothing is left to end");
    await seen(person, "doctor-6-done");
    await phone.close();
    await clean(person, set.demo);
  });
}

test("each finding comes with its fault and goes with it; a test login works without script", async () => {
  const person = await inside(set.browser, set.demo, { size: "desktop", locale: "en", scheme: "light", index: LOOKS.length, javaScriptEnabled: false });
  const { page } = person;
  for (const [slug, path, kind, code] of FAULTS) {
    await page.goto(`${set.demo.admin}/providers/${slug}/doctor`);
    await setFault(set.demo, path, kind);
    await page.getByRole("button", { name: WORDS.en.credentials }).click();
    const failed = await page.locator(".finding.failed").allInnerTexts();
    await clearFaults(set.demo);
    assert.equal(failed.length, 1, `${code}: ${failed}`);
    assert.match(failed[0], new RegExp(code));
    assert.ok((await page.locator(".finding.failed .cure").first().innerText()).length > 10, `${code} has no cure`);
    await page.getByRole("button", { name: WORDS.en.credentials }).click();
    assert.equal(await page.locator(".finding.failed").count(), 0, `${code} stays`);
  }
  await page.goto(`${set.demo.admin}/providers/mini/doctor`);
  await page.getByRole("button", { name: WORDS.en.begin }).click();
  await page.getByText(WORDS.en.waiting).waitFor();
  await page.getByRole("button", { name: WORDS.en.end }).click();
  await page.locator("#live .stage", { hasText: WORDS.en.ended }).waitFor();
  await clean(person, set.demo);
});

test("a test login tells of a unionid that WeChat does not send", async () => {
  const person = await inside(set.browser, set.demo, { size: "desktop", locale: "en", scheme: "light", index: LOOKS.length + 1 });
  const { page } = person;
  await setFault(set.demo, "/sns/jscode2session", "no_unionid");
  await page.goto(`${set.demo.admin}/providers/mini/doctor`);
  await page.getByRole("button", { name: WORDS.en.begin }).click();
  const buffer = await page.locator("img.code").screenshot({ animations: "disabled" });
  const phone = await handOf(set.browser, set.demo);
  await scanPhotograph(phone, { name: "photograph.png", mimeType: "image/png", buffer });
  await confirm(phone);
  await page.locator("#live .stage.rehearsed").waitFor();
  await clearFaults(set.demo);
  const finding = page.locator("#live .finding.warning", { hasText: "unionid_missing" });
  assert.ok((await finding.locator(".cure").innerText()).length > 10);
  await phone.close();
  await clean(person, set.demo);
});
