// What is known of the project's folders. Whoever shows one hears when it has changed.

import * as api from "./api.js";
import { byName, isBelow, join, parentOf } from "./ways.js";

const ENTRY_MOST = 20_000;

/** Returns an entry of a list as the page has it; its way is exact. */
function entryOf(folder, item) {
  const segment = item.href.replace(/\/$/, "");
  return {
    way: join(folder, segment),
    name: item.name,
    kind: item.kind,
    folder: item.kind === "folder",
    size: item.size,
    modified: item.modified,
    mode: item.mode,
    target: item.target ?? "",
  };
}

/** Events: `change` with the folder's way as `detail`. */
export class Folders extends EventTarget {
  #known = new Map();
  #asked = new Map();

  /** What is known of a folder: {entries, next, problem}, or undefined. */
  get(way) {
    return this.#known.get(way);
  }

  /** Returns what is known of the thing at `way`, if its folder was looked at. */
  entry(way) {
    return this.#known.get(parentOf(way))?.entries.find((one) => one.way === way);
  }

  /** Returns the names that are taken in a folder. */
  async names(way) {
    const known = this.get(way)?.entries ? this.get(way) : await this.refresh(way);
    return new Set((known.entries ?? []).map(({ name }) => name));
  }

  /** Looks at a folder anew; two who ask at a time share one look. */
  refresh(way) {
    if (!this.#asked.has(way)) {
      const asked = this.#look(way).finally(() => this.#asked.delete(way));
      this.#asked.set(way, asked);
    }
    return this.#asked.get(way);
  }

  /** Looks at a folder anew even if somebody is looking: after a change of ours. */
  async renew(way) {
    await this.#asked.get(way);
    return this.refresh(way);
  }

  async #look(way) {
    const before = this.#known.get(way);
    const wanted = Math.max(1, before?.entries?.length ?? 1);
    let found;
    try {
      let [entries, next] = [[], ""];
      do {
        const page = await api.list(way, next);
        entries.push(...page.items.map((item) => entryOf(way, item)));
        next = page.next ?? "";
      } while (next && entries.length < wanted);
      found = { entries: entries.sort(byName), next, problem: "" };
    } catch (error) {
      if (error.status === 404 && way) this.#forget(way);
      found = {
        entries: before?.entries ?? null,
        next: "",
        problem: error.message,
        status: error.status,
      };
    }
    if (JSON.stringify(before) !== JSON.stringify(found)) {
      this.#known.set(way, found);
      this.#tell(way);
    }
    return found;
  }

  /** Adds the next part of a folder that holds very much. */
  async more(way) {
    const known = this.#known.get(way);
    if (!known?.next || known.entries.length >= ENTRY_MOST) return;
    const page = await api.list(way, known.next);
    const entries = [...known.entries, ...page.items.map((item) => entryOf(way, item))];
    this.#known.set(way, { entries: entries.sort(byName), next: page.next ?? "", problem: "" });
    this.#tell(way);
  }

  #forget(gone) {
    for (const way of [...this.#known.keys()]) if (isBelow(way, gone)) this.#known.delete(way);
  }

  #tell(way) {
    this.dispatchEvent(new CustomEvent("change", { detail: way }));
  }

  /** Forgets what was known below a folder that has gone or has another name. */
  gone(way) {
    this.#forget(way);
  }
}
