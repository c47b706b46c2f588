// Looks again and again while a screen is on and the page is in sight; one look ends before the next begins.
// A look tells whether something was new. Gives up after `patience` without anything new: nobody is reading any more.

const rest = (ms) => new Promise((done) => setTimeout(done, ms));

const inSight = () =>
  document.hidden ? new Promise((done) => document.addEventListener("visibilitychange", done, { once: true })) : null;

export async function poll(on, look, { pause, patience = Infinity }) {
  for (let quiet = 0; quiet < patience; quiet += pause) {
    await inSight();
    if (!on()) return;
    if (await look()) quiet = 0;
    await rest(pause);
    if (!on()) return;
  }
  return "silent";
}
