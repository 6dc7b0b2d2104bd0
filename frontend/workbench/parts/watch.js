// Looks for what others have changed: when somebody comes back to the page, and every
// few seconds while they work in it. A page that is merely open asks nothing, so that an
// unused project can be stopped.

const EVERY_MS = 10_000;
const SOON_MS = 2_000;
const USED_MS = 3 * 60_000;
const USES = ["pointerdown", "keydown", "wheel"];

export class Watch {
  /** `page` has refresh(), listing, folders, documents, tabs, looking. */
  constructor(page) {
    this.page = page;
    this.used = performance.now();
    this.looked = this.used;
    for (const use of USES)
      addEventListener(use, () => this.#use(), { capture: true, passive: true });
    addEventListener("focus", () => this.#back());
    document.addEventListener("visibilitychange", () => document.hidden || this.#back());
    setInterval(() => this.#look(), EVERY_MS);
  }

  #use() {
    const now = performance.now();
    const away = now - this.used > USED_MS;
    this.used = now;
    if (away) this.#back();
  }

  /** Somebody is here again: all that is shown is looked at. */
  #back() {
    const now = performance.now();
    this.used = now;
    if (now - this.looked < SOON_MS) return;
    this.looked = now;
    this.page.refresh();
  }

  /** Somebody works: what they look at is looked at. */
  #look() {
    const { page } = this;
    const now = performance.now();
    if (document.hidden || now - this.used > USED_MS || now - this.looked < SOON_MS) return;
    this.looked = now;
    page.folders.refresh(page.listing.way);
    page.documents.check(page.tabs.shown);
  }
}
