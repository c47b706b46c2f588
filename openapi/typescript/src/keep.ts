// What a tab remembers of its login, so that a reload, or a phone that threw the page away, goes on with it.
// In sessionStorage: one record for each site and server, gone with the tab, dropped at the login's end.

import type { LoginView } from "./generated/login/index.js";

/** A login this tab began. */
export interface Kept {
  login: LoginView;
  /** The slug of its provider. */
  provider: string;
  /** The browser secret. */
  secret?: string;
  /** The PKCE verifier of a public client; a site with a back end keeps it there. */
  verifier?: string;
  /** Comes back with a redirect; a public client compares it here. */
  state?: string;
  redirect_uri?: string;
  /** The longest time this login had, in seconds: what a countdown is a part of. */
  whole: number;
  /** How often the digits of the phone were typed wrongly. */
  wrong?: number;
}

/** The part of `Storage` that is used. */
export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** The tab's storage, if the browser grants one. */
export function tabShelf(): Shelf | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}

/** One record, and the way that was chosen last. Without a storage nothing is kept, and a reload begins anew. */
export class Keeper {
  readonly #shelf: Shelf | undefined;
  readonly #key: string;

  constructor(key: string, shelf = tabShelf()) {
    this.#key = `saoma-login ${key}`;
    this.#shelf = shelf;
  }

  load(): Kept | undefined {
    try {
      const kept = JSON.parse(this.#shelf?.getItem(this.#key) ?? "null") as Kept | null;
      const usable = typeof kept?.login?.login_id === "string" && typeof kept.provider === "string" && kept.login.challenge;
      return usable ? kept : undefined;
    } catch {
      return undefined;
    }
  }

  save(kept: Kept): void {
    try {
      this.#shelf?.setItem(this.#key, JSON.stringify(kept));
    } catch {
      // Full or forbidden: then a reload begins anew.
    }
  }

  /** The slug of the way the visitor chose; it outlives the login. */
  get chosen(): string | undefined {
    try {
      return this.#shelf?.getItem(`${this.#key} way`) ?? undefined;
    } catch {
      return undefined;
    }
  }

  choose(slug: string): void {
    try {
      this.#shelf?.setItem(`${this.#key} way`, slug);
    } catch {
      // Then a reload begins with the first way.
    }
  }

  drop(): void {
    try {
      this.#shelf?.removeItem(this.#key);
    } catch {
      // It was never kept.
    }
  }
}
