// Keeps a region that is marked `data-live` as the server would draw it now, until it is no longer marked.
// Owns when to look again; what is shown is the server's page and nothing else. Without it pages load anew.
"use strict";

const EVERY_MS = 2000;

const live = () => document.querySelector("#live[data-live]");

/** The region as the server draws it now; null when this page is no longer there to be read. */
async function fetched() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
  if (!answer.ok || answer.redirected) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#live");
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

if (live()) setTimeout(look, EVERY_MS);
