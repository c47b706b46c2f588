// What can go wrong, as one error with a stable code: a refusal by Saoma (RFC 9457, or RFC 6749 from the
// token endpoint), by the site's own back end, or no answer at all.

import type { Code, OAuthCode } from "./generated/login/index.js";

/** Words of Saoma, and those for what happens on this side of it. */
export type ProblemCode =
  | Code
  | OAuthCode
  /** Nothing answered. */
  | "network"
  /** The picture of the code did not arrive. */
  | "picture"
  /** No provider is on offer. */
  | "no_ways"
  /** The answer to a redirect does not belong to a login of this tab. */
  | "stale_return"
  /** The site named no address to go to. */
  | "no_redirect"
  /** The component's attributes are wrong. */
  | "misconfigured"
  | "unknown"
  // A newer server may say words that this kit does not know.
  | (string & {});

/** A problem; `code` is what to match on. */
export class SaomaError extends Error {
  readonly code: ProblemCode;
  /** The HTTP status, 0 when nothing answered. */
  readonly status: number;
  /** Seconds that the server asks to wait, 0 when it did not say. */
  readonly retryAfter: number;

  constructor(code: ProblemCode, more: { status?: number; retryAfter?: number; detail?: string; cause?: unknown } = {}) {
    super(more.detail ?? code, { cause: more.cause });
    this.name = "SaomaError";
    this.code = code;
    this.status = more.status ?? 0;
    this.retryAfter = more.retryAfter ?? 0;
  }

  /** Whether the same request may well succeed a little later. */
  get passing(): boolean {
    return this.code === "network" || this.status === 429 || this.status >= 500;
  }

  /** From an answer that is no success. A gateway that says nothing of its own stands for silence. */
  static of(response: Response, body: unknown): SaomaError {
    const said = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
    const word = [said.code, said.error].find((one) => typeof one === "string") as string | undefined;
    const silent = response.status >= 502 && response.status <= 504 ? "network" : "unknown";
    const detail = [said.detail, ...wrongFields(said.errors)].filter((part) => typeof part === "string").join(" ") || undefined;
    const retryAfter = Number.parseInt(response.headers.get("retry-after") ?? "", 10) || 0;
    return new SaomaError(word ?? silent, { status: response.status, retryAfter, detail });
  }
}

/** What a problem says of single fields, for whoever built the page. */
function wrongFields(errors: unknown): string[] {
  if (!Array.isArray(errors)) return [];
  return errors.map(({ pointer, message }: { pointer?: unknown; message?: unknown }) => `${String(pointer)} ${String(message)}`);
}
