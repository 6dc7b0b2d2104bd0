// What was thrown away: to look through, to bring back, to remove for good.

import * as api from "./api.js";
import { askText, confirmed } from "./dialogs.js";
import { button, icon, make, reconcile } from "./dom.js";
import { tell, tellProblem } from "./telling.js";
import { count, sizeWords, wayOf, whenWords } from "./ways.js";

export class Trash {
  /** `page` has may, folders, hasReturned(path). */
  constructor(page, panel) {
    this.page = page;
    this.panel = panel;
    this.items = [];
    this.next = "";
    this.words = make("p", { class: "words-line", role: "status" });
    this.list = make("ul", { class: "rows" });
    this.more = button("Show more", () => this.#load(this.next), { look: "button", hidden: true });
    this.emptier = button("Empty the trash", () => this.#empty(), {
      shown: true,
      sign: "trash",
      look: "button bad",
      hidden: true,
    });
    panel.append(
      make(
        "div",
        { class: "head" },
        make("h2", { text: "Trash" }),
        make("div", { class: "tools" }, this.emptier),
      ),
      make(
        "div",
        { class: "scroll padded" },
        this.words,
        this.list,
        make("p", { class: "rest" }, this.more),
      ),
    );
  }

  show() {
    return this.#load();
  }

  async #load(after = "") {
    try {
      const found = await api.trashed(after);
      this.items = after ? [...this.items, ...found.items] : found.items;
      this.next = found.next ?? "";
      this.#render();
    } catch (error) {
      this.words.textContent = error.message;
    }
  }

  #render() {
    const { items, next } = this;
    this.words.textContent = items.length
      ? "What is here longer than 30 days goes by itself."
      : "The trash is empty.";
    reconcile(
      this.list,
      items.map((item) => this.#row(item)),
    );
    this.more.hidden = !next;
    this.emptier.hidden = !items.length || !this.page.may;
  }

  #row(item) {
    const name = item.path.split("/").at(-1);
    const about = [
      item.path === name ? "" : `was ${item.path}`,
      item.by ? `by ${item.by}` : "",
      whenWords(item.at),
      item.kind === "file" ? sizeWords(item.size) : "",
    ];
    const acts = this.page.may
      ? [
          button("Restore", () => this.#restore(item), {
            shown: true,
            sign: "back",
            look: "button",
            "aria-label": `Restore ${name}`,
          }),
          button(`Remove ${name} for good`, () => this.#forget(item, name), {
            sign: "cross",
            look: "button round",
          }),
        ]
      : [];
    return make(
      "li",
      {},
      icon(item.kind === "folder" ? "folder" : "file"),
      make(
        "div",
        { class: "row-words" },
        make("b", { text: name }),
        make("span", { class: "hint", text: about.filter(Boolean).join(" · ") }),
      ),
      ...acts,
    );
  }

  async #restore(item) {
    try {
      const { path } = await api.restore(item.id);
      this.#returned(path);
    } catch (error) {
      if (error.status === 409) await this.#restoreAs(item, error);
      else tellProblem(error);
    }
    await this.#load();
  }

  /** Its place is taken: it gets another one. */
  async #restoreAs(item, error) {
    await askText({
      title: `Restore “${item.path.split("/").at(-1)}”`,
      label: "Put it at",
      value: item.path,
      hint: error.message,
      ok: "Restore",
      stem: true,
      check: async (path) => {
        if (!path) return "Give it a place.";
        try {
          this.#returned((await api.restore(item.id, wayOf(path))).path);
          return "";
        } catch (problem) {
          return problem.message;
        }
      },
    });
  }

  #returned(path) {
    this.page.hasReturned(wayOf(path));
    tell(`“${path}” is back.`);
  }

  async #forget(item, name) {
    const sure = await confirmed({
      title: `Remove “${name}” for good?`,
      text: "It cannot be brought back.",
      ok: "Remove",
      bad: true,
    });
    if (!sure) return;
    await api.forget(item.id).catch(tellProblem);
    await this.#load();
  }

  async #empty() {
    const sure = await confirmed({
      title: "Empty the trash?",
      text: "All of it is removed for good, for the whole team.",
      ok: "Empty it",
      bad: true,
    });
    if (!sure) return;
    try {
      const { removed, kept } = await api.emptyTrash();
      tell(
        `${count(removed, "thing")} removed.${kept ? ` ${count(kept, "thing")} of others stayed.` : ""}`,
      );
    } catch (error) {
      tellProblem(error);
    }
    await this.#load();
  }
}
