// Keeps a region that is marked `data-live` as the server would draw it now, until it is no longer marked.
// Where the mark is an address, the server sends the region from there by itself; else the page is fetched again.
// Owns when to look; what is shown is what the server drew and nothing else. Without it pages load anew.
"use strict";

const EVERY_MS = 2000;

const live = () => document.querySelector("#live[data-live]");

/** The region in what the server drew. */
const region = (html) => new DOMParser().parseFromString(html, "text/html").querySelector("#live");

/** The region as the server draws it now; null when this page is no longer there to be read. */
async function fetched() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
  if (!answer.ok || answer.redirected) return null;
  return region(await answer.text());
}

// What the server drew last; the region itself may have been enhanced since.
let drawn = live()?.outerHTML;

async function look() {
  try {
    const fresh = document.hidden ? null : await fetched();
    const shown = live();
    // Left alone while it is the same: a picture would flicker, a reader would hear it again.
    if (fresh && shown && fresh.outerHTML !== drawn) {
      drawn = fresh.outerHTML;
      shown.replaceWith(document.adoptNode(fresh));
    }
  } catch {
    // The network is away; the next look may find it back.
  }
  if (live()) setTimeout(look, EVERY_MS);
  else document.querySelectorAll("[data-while-live]").forEach((part) => part.remove());
}

/** What the server sends takes the region's place; while somebody is using it, when they leave it. */
function follow(address) {
  let fresh = null;
  const show = () => {
    const shown = live();
    if (!fresh || !shown || shown.contains(document.activeElement)) return;
    fresh.dataset.live = address;
    shown.replaceWith(document.adoptNode(fresh));
    fresh = null;
  };
  new EventSource(address).addEventListener("logins", (event) => {
    fresh = region(event.data) ?? fresh;
    show();
  });
  // The focus is nowhere for a moment when it moves.
  document.addEventListener("focusout", () => setTimeout(show));
}

const source = live()?.dataset.live;
if (source) follow(source);
else if (live()) setTimeout(look, EVERY_MS);
