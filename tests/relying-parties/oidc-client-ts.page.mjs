// A website that is one page without a back end, written with `oidc-client-ts` in the library's own browser bundle.
// Owns three addresses: the page, where the browser comes back with a code, and where it comes back from a logout.
// Keeps no secret, as it could not. What the library throws is shown.
import { readFileSync } from "node:fs";
import { startSite } from "./world.mjs";

const LIBRARY = readFileSync(new URL("./node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js", import.meta.url));

/** What `UserManager` is made with. */
const settings = (origin, { saoma, client_id }) => ({
  authority: saoma,
  client_id,
  redirect_uri: `${origin}/callback`,
  post_logout_redirect_uri: `${origin}/bye`,
  scope: "openid profile offline_access",
  loadUserInfo: true,
  automaticSilentRenew: false, // by a clock: the test asks for it instead
});

/** Runs in the browser, after the library. */
async function script(settings) {
  const manager = (globalThis.manager = new oidc.UserManager(settings));
  const say = (text) => (document.querySelector("p").textContent = text);
  document.querySelector("#login").onclick = () => manager.signinRedirect();
  document.querySelector("#logout").onclick = () => manager.signoutRedirect();
  try {
    if (location.pathname === "/callback") {
      // In a frame or a window that the library opened there is no user here: it is told to who opened it.
      if (await manager.signinCallback()) location.replace("/");
      return;
    }
    if (location.pathname === "/bye") await manager.signoutRedirectCallback();
    const user = await manager.getUser();
    say(`${location.pathname === "/bye" ? "Bye" : "Hello"} ${user?.profile.name ?? "stranger"}`);
  } catch (cause) {
    say(`Not logged in: ${cause.error ?? cause}`);
  }
}

const page = (settings) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Tea</title>
<link rel="icon" href="data:,"><p></p><button id="login">Log in</button><button id="logout">Log out</button>
<script src="/library.js"></script><script>(${script})(${JSON.stringify(settings)})</script></html>`;

/** `{origin, know(saoma, client), close()}`. */
export async function startPage() {
  let known;
  const site = await startSite((request, response, { pathname }) => {
    if (pathname === "/library.js") return response.writeHead(200, { "content-type": "text/javascript" }).end(LIBRARY);
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page(settings(site.origin, known)));
  });
  return { ...site, know: (saoma, { client_id }) => (known = { saoma, client_id }) };
}
