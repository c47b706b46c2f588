// Takes the pictures of the README, in docs/pictures: one login from the shop's page to the greeting.
// Run by `make pictures`. Each is quiet in colours and of fixed size, so that it stays small; larger ones are an error.
import { mkdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { settled, startBrowser, startDemo, visitor } from "./harness.mjs";
import { at, atTheDoor, confirm, greeting, phoneOf, scan, screen, thing } from "./steps.mjs";

const FOLDER = fileURLToPath(new URL("../../docs/pictures/", import.meta.url));
const LARGEST = 150_000;
const PHONE = { deviceScaleFactor: 1 };

async function take(person, name) {
  const path = `${FOLDER}${name}.png`;
  await settled(person.page);
  await person.page.screenshot({ path, animations: "disabled" });
  const { size } = statSync(path);
  if (size > LARGEST) throw new Error(`${name}.png has ${size} bytes, more than ${LARGEST}`);
  process.stdout.write(`docs/pictures/${name}.png ${Math.ceil(size / 1000)} kB\n`);
}

async function all(browser, demo) {
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

mkdirSync(FOLDER, { recursive: true });
const demo = await startDemo();
const browser = await startBrowser();
try {
  await all(browser, demo);
} finally {
  await browser.close();
  await demo.end();
}
