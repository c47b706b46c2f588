// The phone's only connection: the sandbox's own control interface. Nothing here knows about screens.

const BASE = "/_sandbox/v1";
const LARGEST_SIDE = 2000;

async function ask(path, options) {
  let response;
  try {
    response = await fetch(BASE + path, options);
  } catch {
    return { failed: { status: 0, code: "offline" } };
  }
  const body = await response.json().catch(() => ({}));
  return response.ok ? { body } : { failed: { status: response.status, code: body.code } };
}

export const persons = async () => (await ask("/persons")).body?.persons ?? [];

export const codes = async () => (await ask("/codes")).body?.codes ?? [];

export const chats = async (person) => (await ask(`/chats?${new URLSearchParams({ person })}`)).body?.chats ?? null;

// One answer for both: the sandbox's refusal and the mini-program server's. Only the latter has a status of its own.
export async function act(body) {
  const told = await ask("/act", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (told.failed) return told;
  const { status, body: answer, ...rest } = told.body;
  if (typeof status !== "number" || (status >= 200 && status < 300)) return { body: answer, ...rest };
  return { failed: { status, code: answer?.code, stage: answer?.stage }, ...rest };
}

export const logo = (person, scene) => `${BASE}/logo?${new URLSearchParams({ person, scene })}`;

// WeChat's own browser: sets who is asking, then leads to the page.
export const inWeChat = (person, url) => `${BASE}/browser?${new URLSearchParams({ person, url })}`;

// Base64 of a picture; what is too large or of another kind is drawn again as JPEG, which also turns it upright.
export async function picture(file) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return base64(file);
  const scale = Math.min(1, LARGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  if (scale === 1 && ["image/jpeg", "image/png"].includes(file.type)) return base64(file);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return base64(await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92)));
}

async function base64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}
