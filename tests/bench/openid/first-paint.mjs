// How soon a visitor sees Saoma's own login page: `saoma demo` with its sandbox, which answers at once, and Chromium. Each
// visit is a browser profile of its own, so that nothing is cached, and begins where a website sends the browser:
// /oauth2/authorize, whose redirect is in the time. Prints as JSON, in milliseconds since the browser set out, the first
// contentful paint and the start of the frame after the one that had the code's picture. Asserts nothing.
import { startBrowser, startDemo, visitor } from "../../browser/harness.mjs";

const VISITS = 10;

/** In the page, before anything of it: notes when the code has been on the screen. */
function watch() {
  const look = () => {
    const code = document.querySelector("saoma-login")?.shadowRoot?.querySelector("[part~=code]");
    const isThere = code?.complete && code.naturalWidth > 0 && !code.hidden;
    requestAnimationFrame(isThere ? () => (globalThis.codeSeen = performance.now()) : look);
  };
  requestAnimationFrame(look);
}

/** What both clocks say once the code was seen. */
function clocks() {
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  return globalThis.codeSeen && paint && { first: paint.startTime, code: globalThis.codeSeen };
}

/** Where the shop sends a browser. */
async function wayToSaoma({ shop }) {
  const answer = await fetch(`${shop}/login/openid`, { redirect: "manual" });
  return answer.headers.get("location");
}

const demo = await startDemo();
const browser = await startBrowser();
try {
  const seen = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    const person = await visitor(browser);
    await person.page.addInitScript(watch);
    await person.page.goto(await wayToSaoma(demo));
    seen.push(await (await person.page.waitForFunction(clocks)).jsonValue());
    await person.close();
  }
  process.stdout.write(`${JSON.stringify({ first: seen.map(({ first }) => first), code: seen.map(({ code }) => code) })}\n`);
} finally {
  await browser.close();
  await demo.end();
}
