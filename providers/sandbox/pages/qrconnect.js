// The login page of websites: asks how far the phone has come and shows it; leaves for the website with the code.
// It polls as the real page does and runs nothing that comes back: the line of script is read as text.

const main = document.querySelector("main");
const { uuid, redirect, state, cancelled, quick } = main.dataset;
const STAGES = { 402: "expired", 500: "expired", 403: "cancelled", 404: "scanned", 405: "confirmed" };

function show(stage) {
  main.dataset.stage = stage;
  for (const part of main.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(stage);
  document.querySelector("#switch").hidden = !quick || !["waiting", "scanned"].includes(stage);
}

// Code and state join whatever the address has.
function leave(code) {
  const address = new URL(redirect);
  address.hash = "";
  address.searchParams.append("code", code);
  address.searchParams.append("state", state);
  location.replace(address);
}

async function ask(last) {
  const query = new URLSearchParams({ uuid, _: Date.now(), ...(last && { last }) });
  const response = await fetch(`/connect/l/qrconnect?${query}`);
  const [, errcode, code] = /wx_errcode=(\d+);window\.wx_code='(\w*)'/.exec(await response.text());
  return { errcode, code };
}

async function poll() {
  let last;
  let failures = 0;
  while (failures < 5) {
    try {
      const { errcode, code } = await ask(last);
      failures = 0;
      if (errcode === "404") last = "404";
      if (STAGES[errcode]) show(STAGES[errcode]);
      if (errcode === "405") return leave(code);
      if (errcode === "403" && cancelled) return location.replace(cancelled);
      if (["402", "403", "500"].includes(errcode)) return document.querySelector("#renew").focus();
    } catch {
      failures += 1;
      await new Promise((done) => setTimeout(done, 500 * failures));
    }
  }
  show("failed");
}

document.querySelector("#renew").addEventListener("click", () => location.reload());
document.querySelector("#quick").addEventListener("click", () => {
  fetch("/connect/quick", { method: "POST", body: new URLSearchParams({ uuid }) });
});
show("waiting");
poll();
