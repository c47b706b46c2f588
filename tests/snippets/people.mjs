// A visitor's browser and a phone, played by calls: what `<saoma-login>` asks of a website and of Saoma, and what a
// hand does in the pretend WeChat. Owns a cookie jar as strict as a browser's; refuses a cookie that scripts could read.
import assert from "node:assert/strict";

/** What browsers keep of one cookie; a longer one is dropped without a word. */
const MOST_COOKIE_BYTES = 4096;
const AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const JSON_BODY = { "content-type": "application/json" };

/** The answer's JSON, or an error that says what came instead. */
export async function told(answer, status = 200) {
  const text = await answer.text();
  assert.equal(answer.status, status, `${answer.url}: ${text}`);
  return JSON.parse(text);
}

/** Scans a picture of a code and confirms, as this person. */
export async function confirm(sandbox, person, imageUrl) {
  const image = Buffer.from(await (await fetch(imageUrl)).arrayBuffer()).toString("base64");
  for (const action of [{ action: "scan", image }, { action: "confirm", nickname: person }]) {
    const body = JSON.stringify({ person, ...action });
    const { status, body: said } = await told(await fetch(`${sandbox}/_sandbox/v1/act`, { method: "POST", headers: JSON_BODY, body }));
    assert.equal(status, 200, JSON.stringify(said));
  }
}

/** What the page's component asks of Saoma in the end: the code, and the address to go to with it. */
export async function complete(saoma, { login_id, browser_secret }, origin) {
  const headers = { authorization: `Bearer ${browser_secret}`, ...(origin && { origin }) };
  return told(await fetch(`${saoma}/api/v1/logins/${login_id}/complete`, { method: "POST", headers }));
}

/** Somebody at one website. */
export class Visitor {
  /** `world`: the addresses of `saoma` and `sandbox`; `cookies`: those of another browser, for one that copies it. */
  constructor(world, site, cookies = []) {
    Object.assign(this, { world, site, cookies: new Map(cookies) });
  }

  /** One request to the website; no redirect is followed. */
  async ask(address, init = {}) {
    const url = new URL(address, this.site);
    assert.equal(url.origin, this.site);
    const sent = [...this.cookies].filter(([, { path }]) => url.pathname.startsWith(path));
    const cookie = sent.map(([name, { value }]) => `${name}=${value}`).join("; ");
    const headers = { "user-agent": AGENT, ...(cookie && { cookie }), ...init.headers };
    const answer = await fetch(url, { ...init, headers, redirect: "manual" });
    answer.headers.getSetCookie().forEach((line) => this.#keep(line));
    return answer;
  }

  #keep(line) {
    const [pair, ...rest] = line.split(/; */);
    const [, name, value] = pair.match(/^([^=]+)=(.*)$/s);
    const marks = Object.fromEntries(rest.map((mark) => mark.toLowerCase().split("=")));
    assert.ok("httponly" in marks, `a script may read this: ${line}`);
    const over = "max-age" in marks ? Number(marks["max-age"]) <= 0 : Date.parse(marks.expires) <= Date.now();
    if (over) this.cookies.delete(name);
    else if (pair.length <= MOST_COOKIE_BYTES) this.cookies.set(name, { value, path: marks.path ?? "/" });
  }

  /** What the page does when it is opened: learns who the site is, and has a login begun. */
  async begin(locale = "en") {
    const { client_id } = await told(await this.ask("/login/start", { headers: { accept: "application/json" } }));
    assert.equal(client_id, this.world.client);
    const body = JSON.stringify({ provider: this.world.provider, locale });
    return told(await this.ask("/login/start", { method: "POST", headers: JSON_BODY, body }), 201);
  }

  /** Begins, lets this person confirm on the phone, and answers the address that the page would go to. */
  async confirmed(person) {
    const login = await this.begin();
    await confirm(this.world.sandbox, person, login.challenge.image_url);
    const { redirect_to } = await complete(this.world.saoma, login, this.site);
    assert.ok(redirect_to.startsWith(`${this.site}/callback?`), redirect_to);
    return redirect_to;
  }

  /** The user that the website takes this browser for; empty when for nobody. */
  async user() {
    const answer = await this.ask("/");
    assert.equal(answer.status, 200);
    return (await answer.text()).trim();
  }
}
