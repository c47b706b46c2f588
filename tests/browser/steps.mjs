// What people do in the demo, step by step: open the shop's login page, hold up the phone, scan, decide.
// Owns the selectors of both pages and of the kit in them; each step ends when its result is on the screen. Asserts nothing else.
import { visitor } from "./harness.mjs";

/** One part of `<saoma-login>`. */
export const fromKit = (page, part) => page.locator(`saoma-login [part~=${part}]`);

/** The login page in one state. */
export const at = (page, state) => page.locator(`saoma-login [part=root][data-state=${state}]`);

/** The phone on one of its screens. */
export const screen = (page, name) => page.locator(`[data-screen=${name}]`);

/** What visitors call by these names is made by the kit. */
const KIT = { qr: "code", countdown: "time", refresh: "refresh", retry: "retry", offline: "offline" };

/** One way to log in, by its slug. */
export const way = (page, slug) => page.locator(`saoma-login [part~=way][data-slug=${slug}]`);

/** One thing of either page. */
export const thing = (page, id) => (KIT[id] ? fromKit(page, KIT[id]) : page.getByTestId(id));

/** A visitor at the shop's login page, with a code on show. */
export async function atTheDoor(browser, demo, look) {
  const person = await visitor(browser, look);
  await person.page.goto(`${demo.shop}/login`);
  await at(person.page, "code").waitFor();
  return person;
}

/** Somebody's phone on its home screen. */
export async function phoneOf(browser, demo, who, look = {}) {
  const person = await visitor(browser, { ...look, size: "phone" });
  await person.page.goto(`${demo.sandbox}/`);
  await thing(person.page, `person-${who}`).click();
  await screen(person.page, "home").waitFor();
  return person;
}

/** A photograph of the code on the screen, as a file to choose. */
export async function photograph(page) {
  const buffer = await thing(page, "qr").screenshot({ animations: "disabled" });
  return { name: "photograph.png", mimeType: "image/png", buffer };
}

/** Lets the phone read a photograph; ends at `then`, the screen that follows. */
export async function scanPhotograph(phone, photo, then = "asked") {
  await thing(phone.page, "scan").or(thing(phone.page, "scan-again")).first().click();
  await thing(phone.page, "picture-input").setInputFiles(photo);
  await screen(phone.page, then).waitFor();
}

/** Scans what the shop's page shows right now. */
export const scan = async (phone, shop, then) => scanPhotograph(phone, await photograph(shop.page), then);

/** Chooses a way at the shop; ends when its code, or its door to another page, is on show. */
export async function choose(shop, slug) {
  await way(shop.page, slug).click();
  await shop.page.locator(`saoma-login [data-slug=${slug}][aria-selected=true]`).waitFor();
  await at(shop.page, "code").or(at(shop.page, "go")).waitFor();
}

/** Taps the newest link of the chat; answers whoever looks at the window of WeChat's browser that it opens. */
export async function tapLink(phone) {
  const opens = phone.page.waitForEvent("popup");
  await thing(phone.page, "message-link").last().click();
  const page = await opens;
  await page.setViewportSize(phone.page.viewportSize());
  await page.waitForURL("**/confirm/*");
  return { ...phone, page };
}

/** Confirms on the phone, under a nickname if one is given. */
export async function confirm(phone, nickname) {
  if (nickname) await thing(phone.page, "nickname").fill(nickname);
  await thing(phone.page, "confirm").click();
  await result(phone, "confirmed");
}

/** Waits for how it ended on the phone. */
export const result = (phone, state) => phone.page.locator(`[data-testid=result][data-state=${state}]`).waitFor();

/** Waits until the shop has greeted; answers the greeting. */
export async function greeting(shop) {
  await shop.page.waitForURL("**/account");
  return (await thing(shop.page, "greeting").textContent()).trim();
}

/** The user's id at Saoma, as the account page tells it. */
export const userId = async (shop) => (await thing(shop.page, "user-id").textContent()).trim();

/** Ends the Login of this page as its owner, behind the page's back. */
export const cancelBehind = (shop) =>
  shop.page.evaluate(async () => {
    const key = Object.keys(sessionStorage).find((key) => key.startsWith("saoma-login "));
    const { login, secret } = JSON.parse(sessionStorage.getItem(key));
    const server = document.querySelector("saoma-login").getAttribute("server");
    const headers = { authorization: `Bearer ${secret}` };
    await fetch(`${server}/api/v1/logins/${login.login_id}/cancel`, { method: "POST", headers });
  });

/** Holds every request to `glob` back until the answer is called; it lets them go and all later ones pass. */
export async function hold(page, glob) {
  let open;
  const opened = new Promise((resolve) => (open = resolve));
  await page.route(glob, async (route) => {
    await opened;
    await route.continue();
  });
  return async () => {
    open();
    await page.unroute(glob, { behavior: "wait" });
  };
}
