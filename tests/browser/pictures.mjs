// Takes the pictures of the README, in docs/pictures: a login from the shop's page to the greeting, what the other ways show, and the
// admin's house.
// Run by `make pictures`. Each is quiet in colours and of fixed size, so that it stays small; larger ones are an error.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { clearFaults, fails, inside, setFault } from "./admin-steps.mjs";
import { settled, startBrowser, startDemo, visitor } from "./harness.mjs";
import { small } from "./small-png.mjs";
import { at, atTheDoor, choose, confirm, fromKit, greeting, phoneOf, scan, screen, tapLink, thing } from "./steps.mjs";

const FOLDER = fileURLToPath(new URL("../../docs/pictures/", import.meta.url));
const LARGEST = 60_000;
const PHONE = { deviceScaleFactor: 1 };

/** A picture of the page, or of the part of it that matters. */
async function take(person, name, part = person.page) {
  const path = `${FOLDER}${name}.png`;
  await settled(person.page);
  const png = small(await part.screenshot({ animations: "disabled" }));
  const size = png.length;
  writeFileSync(path, png);
  if (size > LARGEST) throw new Error(`${name}.png has ${size} bytes, more than ${LARGEST}`);
  process.stdout.write(`docs/pictures/${name}.png ${Math.ceil(size / 1000)} kB\n`);
}

/** The mini-program's way, from the shop's page to the greeting. */
async function miniProgram(browser, demo) {
  const home = await visitor(browser, { locale: "en" });
  await home.page.goto(demo.shop);
  await take(home, "shop-en");

  const chinese = await atTheDoor(browser, demo, { size: "phone", locale: "zh-CN", scheme: "dark" });
  await take(chinese, "login-zh-dark-phone");

  const shop = await atTheDoor(browser, demo, { locale: "en" });
  const hand = await phoneOf(browser, demo, "alex", { ...PHONE, locale: "en" });
  await take(shop, "login-en");
  await thing(hand.page, "scan").click();
  await hand.page.locator(".in-view img").waitFor();
  await take(hand, "phone-scanner-en");
  await thing(hand.page, "back").click();
  await scan(hand, shop);
  await thing(hand.page, "use-nickname").click();
  await thing(hand.page, "confirm").hover();
  await take(hand, "phone-confirm-en");
  await at(shop.page, "scanned").waitFor();
  await confirm(hand);
  await greeting(shop);
  await take(shop, "greeting-en");

  const door = await atTheDoor(browser, demo, { locale: "zh-CN" });
  const hers = await phoneOf(browser, demo, "lihua", { ...PHONE, locale: "zh-CN" });
  await take(door, "login-zh");
  await scan(hers, door);
  await take(hers, "phone-confirm-zh");
  await confirm(hers, "李华");
  await greeting(door);
  await screen(hers.page, "result").waitFor();
  await take(door, "greeting-zh");
}

/** The service account in both its ways: the answer with its link and the page behind it; the number on the shop's page. */
async function serviceAccount(browser, demo, locale, who, suffix) {
  const shop = await atTheDoor(browser, demo, { locale });
  const hand = await phoneOf(browser, demo, who, { ...PHONE, locale });
  await choose(shop, "service");
  await scan(hand, shop, "follow");
  await thing(hand.page, "follow").click();
  await thing(hand.page, "message-link").waitFor();
  await take(hand, `phone-chat-${suffix}`);
  const asked = await tapLink(hand);
  await asked.page.locator("[value=confirm]").waitFor();
  await take(asked, `confirm-${suffix}`);
  await choose(shop, "chat");
  await fromKit(shop.page, "number").waitFor();
  await take(shop, `number-${suffix}`, shop.page.locator(".desk .card"));
}

/** Saoma's own page, where websites that speak OpenID Connect send their visitors. */
async function ownPage(browser, demo, locale, suffix) {
  const shop = await atTheDoor(browser, demo, { locale, viewport: { width: 720, height: 760 } });
  await thing(shop.page, "openid").click();
  await at(shop.page, "code").waitFor();
  await take(shop, `own-page-${suffix}`);
}

/** WeChat's own page, as a window of the size that it needs. */
async function weChatPage(browser, demo) {
  const shop = await atTheDoor(browser, demo, { locale: "zh-CN", viewport: { width: 720, height: 560 } });
  await choose(shop, "website");
  await fromKit(shop.page, "go").click();
  await shop.page.locator("main[data-stage=waiting] img").waitFor();
  await take(shop, "wechat-page-zh");
}

const HOUSE = { en: { check: "Check everything" }, "zh-CN": { check: "全面检查" } };

/** The admin's house, once there were visitors: how it goes, why somebody got no code, what mends it. */
async function house(browser, demo, index, locale, suffix) {
  const owner = await inside(browser, demo, { locale, index, path: "/", viewport: { width: 1200, height: 900 } });
  const { page } = owner;
  await take(owner, `admin-overview-${suffix}`);
  await page.goto(`${demo.admin}/logins?stage=failed`);
  await page.locator("tbody tr").first().getByRole("link").first().click();
  await page.locator(".timeline").waitFor();
  await take(owner, `admin-login-${suffix}`);
  await setFault(demo, "/cgi-bin/stable_token", { errcode: 40164, errmsg: "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist" });
  await page.goto(`${demo.admin}/providers/mini/doctor`);
  await page.getByRole("button", { name: HOUSE[locale].check }).click();
  await page.locator(".finding.failed").first().waitFor();
  await clearFaults(demo);
  await take(owner, `admin-doctor-${suffix}`);
}

async function all(browser, demo) {
  await miniProgram(browser, demo);
  await serviceAccount(browser, demo, "en", "alex", "en");
  await serviceAccount(browser, demo, "zh-CN", "lihua", "zh");
  await weChatPage(browser, demo);
  await ownPage(browser, demo, "en", "en");
  await ownPage(browser, demo, "zh-CN", "zh");
  await fails(demo);
  await house(browser, demo, 0, "en", "en");
  await house(browser, demo, 1, "zh-CN", "zh");
}

mkdirSync(FOLDER, { recursive: true });
const demo = await startDemo();
const browser = await startBrowser();
try {
  await all(browser, demo);
} finally {
  await browser.close();
  await demo.end();
}
