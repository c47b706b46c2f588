// Random values and the S256 challenge (RFC 7636), by WebCrypto. WebCrypto hashes in secure contexts only:
// https, or a loopback address.

const BYTES = 32;

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** A value nobody can guess, 43 characters. */
export function randomValue(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(BYTES)));
}

/** The challenge of a verifier. */
export async function challengeOf(verifier: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}
