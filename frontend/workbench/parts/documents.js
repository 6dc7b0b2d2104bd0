// The files that are open, each in a tab.

import { ask } from "./dialogs.js";
import { make } from "./dom.js";
import { Document } from "./document.js";
import { isBelow, moved, nameOf, parentOf, shown, signOf } from "./ways.js";

export class Documents {
  /** `page` has tabs, onShow(key), keepOpen(). */
  constructor(page) {
    this.page = page;
    this.all = new Map();
  }

  /** Gives a file a tab, without loading it: that happens when it is shown. */
  add(way) {
    if (this.all.has(way)) return this.all.get(way);
    const name = nameOf(way);
    const sign = signOf({ name, kind: "file" });
    const panel = this.page.tabs.add(way, { title: name, sign, hint: shown(way) });
    const made = new Document(this.page, way, panel);
    this.all.set(way, made);
    this.#name();
    return made;
  }

  /** Opens a file and shows it. */
  open(way, options = {}) {
    const document_ = this.add(way);
    this.page.onShow(way);
    return document_.open(options);
  }

  get(key) {
    return this.all.get(key);
  }

  get ways() {
    return [...this.all.keys()];
  }

  get unsaved() {
    return [...this.all.values()].filter((one) => one.unsaved);
  }

  unsavedBelow(ways) {
    return this.unsaved.filter(({ way }) => ways.some((one) => isBelow(way, one)));
  }

  /** Titles are names; where two have the same, their folders are told, too. */
  #name() {
    const names = new Map();
    for (const { name } of this.all.values()) names.set(name, (names.get(name) ?? 0) + 1);
    for (const { way, name, unsaved } of this.all.values()) {
      const folder = nameOf(parentOf(way)) || this.page.project;
      const title = names.get(name) > 1 ? `${name} · ${folder}` : name;
      this.page.tabs.set(way, { title, unsaved, hint: shown(way) });
    }
  }

  changed() {
    this.#name();
  }

  /** Closes a tab; asks about what is not saved. Returns whether it is closed. */
  async close(way) {
    const one = this.all.get(way);
    if (one.unsaved) {
      this.page.onShow(way);
      const answer = await ask({
        title: `Save “${one.name}”?`,
        answers: [
          ["save", "Save", "first"],
          ["discard", "Discard changes", "bad"],
        ],
        fill: (body) => body.append(make("p", { text: "It has changes that are not saved." })),
      });
      if (!answer || (answer === "save" && !(await one.save()))) return false;
    }
    this.drop(one.way);
    return true;
  }

  /** Takes a tab away, without a question. */
  drop(way) {
    const one = this.all.get(way);
    if (!one) return;
    const neighbour = this.page.tabs.remove(way);
    this.all.delete(way);
    one.close();
    this.#name();
    if (this.page.tabs.shown === way) this.page.onShow(neighbour);
    this.page.keepOpen();
  }

  /** A file or a folder has another way now. */
  moved(from, to) {
    for (const [way, one] of [...this.all]) {
      if (!isBelow(way, from)) continue;
      const other = moved(way, from, to);
      if (this.all.has(other)) this.drop(other);
      this.all.delete(way);
      this.all.set(other, one);
      this.page.tabs.rekey(way, other);
      one.moved(other);
    }
    this.#name();
  }

  /** A file or a folder was thrown away. */
  gone(folder) {
    for (const [way, one] of [...this.all]) {
      if (!isBelow(way, folder)) continue;
      if (one.unsaved) one.check();
      else this.drop(way);
    }
  }

  /** Looks whether an open file has changed. */
  check(way) {
    this.all.get(way)?.check();
  }
}
