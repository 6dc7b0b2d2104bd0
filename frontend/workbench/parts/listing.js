// What is in a folder, as a table: to look at, to sort, to choose from.

import { hashOf, showCrumbs } from "./crumbs.js";
import { button, icon, make, reconcile } from "./dom.js";
import { chosenTools, folderTools } from "./folder_tools.js";
import { tellProblem } from "./telling.js";
import { byName, parentOf, signOf, sizeWords, whenWords } from "./ways.js";

const COLUMNS = [
  ["name", "Name", byName],
  ["size", "Size", (one, other) => one.size - other.size],
  ["modified", "Changed", (one, other) => one.modified.localeCompare(other.modified)],
];

export class Listing {
  /** `page` has folders, actions, may, hidden, shows(entry), open(entry), menuFor, keys, drag, dropOn, uploads. */
  constructor(page, panel) {
    this.page = page;
    this.panel = panel;
    this.way = "";
    this.chosen = new Set();
    this.rows = new Map();
    this.sort = { by: "name", down: false };
    this.last = null;
    this.#build();
    page.folders.addEventListener("change", ({ detail }) => detail === this.way && this.render());
  }

  #build() {
    this.crumbs = make("nav", { class: "crumbs", "aria-label": "Folder" });
    this.tools = make("div", { class: "tools", role: "toolbar", "aria-label": "Folder" });
    this.problem = make("div", { class: "banner bad", role: "alert", hidden: true });
    this.all = make("input", { type: "checkbox", "aria-label": "Select all" });
    this.all.addEventListener("change", () => this.#chooseAll(this.all.checked));
    this.heads = COLUMNS.map(([by, words]) =>
      make(
        "th",
        { scope: "col", class: by },
        button(words, () => this.#sortBy(by), { look: "sorter" }),
      ),
    );
    this.body = make("tbody");
    const corner = make("th", { scope: "col", class: "tick" }, this.all);
    const more = make(
      "th",
      { scope: "col", class: "more" },
      make("span", { class: "unseen", text: "Actions" }),
    );
    this.table = make(
      "table",
      { class: "listing" },
      make("caption", { class: "unseen", text: "What is in this folder" }),
      make("thead", {}, make("tr", {}, corner, ...this.heads, more)),
      this.body,
    );
    this.empty = make("div", { class: "empty-folder", hidden: true }, icon("folder"), make("p"));
    this.rest = button("Show more", () => this.#more(), { look: "button" });
    this.scroll = make(
      "div",
      { class: "scroll" },
      this.table,
      this.empty,
      make("p", { class: "rest", hidden: true }, this.rest),
    );
    this.panel.append(
      make("div", { class: "head" }, this.crumbs, this.tools),
      this.problem,
      this.scroll,
    );
    this.body.addEventListener("keydown", (event) => this.#onKey(event));
    this.page.dropOn(this.scroll, () => this.way);
    this.scroll.addEventListener("contextmenu", (event) => this.#onMenu(event));
  }

  /** Shows a folder; what was chosen in another one is forgotten. */
  async show(way) {
    const other = way !== this.way;
    if (other) {
      this.way = way;
      this.chosen.clear();
      this.last = null;
      this.scroll.scrollTop = 0;
    }
    this.render();
    await this.page.folders.refresh(way);
    if (this.way === way) this.render();
  }

  get known() {
    return this.page.folders.get(this.way);
  }

  /** What is shown, in its order. */
  get entries() {
    const [, , compare] = COLUMNS.find(([by]) => by === this.sort.by);
    const shown = (this.known?.entries ?? []).filter((one) => this.page.shows(one));
    const direction = this.sort.down ? -1 : 1;
    return shown.sort(
      (one, other) =>
        other.folder - one.folder || direction * compare(one, other) || byName(one, other),
    );
  }

  get selection() {
    return this.entries.filter(({ way }) => this.chosen.has(way));
  }

  render() {
    const { entries, known } = this;
    const ways = new Set(entries.map(({ way }) => way));
    for (const way of [...this.chosen]) if (!ways.has(way)) this.chosen.delete(way);
    for (const way of [...this.rows.keys()]) if (!ways.has(way)) this.rows.delete(way);
    showCrumbs(this.crumbs, this.page, this.way, { folder: true });
    const at = [...this.body.children].findIndex((row) => row.contains(document.activeElement));
    reconcile(
      this.body,
      entries.map((entry) => this.#row(entry)),
    );
    // Where a row with the focus has gone, the next one takes it.
    const { children } = this.body;
    if (at >= 0 && !this.body.contains(document.activeElement))
      children[Math.min(at, children.length - 1)]?.link.focus();
    this.#sayEmpty(entries);
    this.problem.hidden = !known?.problem;
    if (known?.problem) {
      this.problem.replaceChildren(
        make("span", { text: known.problem }),
        button("Try again", () => this.show(this.way), { look: "button" }),
      );
    }
    this.scroll.querySelector(".rest").hidden = !known?.next;
    for (const [at, [by]] of COLUMNS.entries()) {
      const how = this.sort.down ? "descending" : "ascending";
      if (this.sort.by === by) this.heads[at].setAttribute("aria-sort", how);
      else this.heads[at].removeAttribute("aria-sort");
    }
    this.#renderChosen();
  }

  #sayEmpty(entries) {
    const { known } = this;
    const empty = Boolean(known?.entries) && entries.length === 0 && !known.problem;
    this.empty.hidden = !empty;
    this.table.hidden = entries.length === 0;
    if (!empty) return;
    const hidden = known.entries.length;
    let words = this.page.may
      ? "This folder is empty. Drop files here, or make one."
      : "This folder is empty.";
    if (hidden) words = `Only hidden files are here (${hidden}).`;
    this.empty.querySelector("p").textContent = words;
  }

  #row(entry) {
    let row = this.rows.get(entry.way);
    if (!row) {
      row = this.#newRow(entry);
      this.rows.set(entry.way, row);
    }
    const same = row.told === JSON.stringify(entry);
    row.entry = entry;
    if (same) return row;
    row.told = JSON.stringify(entry);
    const { link, size, when } = row;
    const target = entry.target
      ? make("span", { class: "target", text: ` → ${entry.target}` })
      : null;
    link.replaceChildren(icon(signOf(entry)), make("span", { class: "label", text: entry.name }));
    if (target) link.append(target);
    link.href = hashOf(entry.way, entry.folder);
    size.textContent = entry.kind === "file" ? sizeWords(entry.size) : "";
    when.textContent = whenWords(entry.modified);
    when.title = new Date(entry.modified).toLocaleString();
    return row;
  }

  #newRow(entry) {
    const tick = make("input", { type: "checkbox", "aria-label": `Select ${entry.name}` });
    const link = make("a", { class: "open" });
    const size = make("td", { class: "size" });
    const when = make("td", { class: "modified" });
    const more = button(
      `Actions for ${entry.name}`,
      (event) => this.page.menuFor([row.entry], event.currentTarget),
      { sign: "dots", look: "quiet", "aria-haspopup": "menu", "aria-expanded": "false" },
    );
    const row = make(
      "tr",
      { draggable: true },
      make("td", { class: "tick" }, tick),
      make("td", { class: "name" }, link),
      size,
      when,
      make("td", { class: "more" }, more),
    );
    Object.assign(row, { tick, link, size, when, entry });
    tick.addEventListener("click", (event) =>
      this.#choose(row.entry.way, tick.checked, event.shiftKey),
    );
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) {
        event.preventDefault();
        this.#choose(row.entry.way, !this.chosen.has(row.entry.way), event.shiftKey);
      } else {
        event.preventDefault();
        this.page.open(row.entry, { focus: true });
      }
    });
    row.addEventListener("dragstart", (event) => {
      this.page.drag(event, this.chosen.has(row.entry.way) ? this.selection : [row.entry]);
    });
    if (entry.folder) this.page.dropOn(row, () => row.entry.way);
    return row;
  }

  #choose(way, on, range) {
    const ways = this.entries.map((entry) => entry.way);
    const [from, to] = [ways.indexOf(this.last), ways.indexOf(way)];
    const some =
      range && from >= 0 ? ways.slice(Math.min(from, to), Math.max(from, to) + 1) : [way];
    for (const one of some) {
      if (on) this.chosen.add(one);
      else this.chosen.delete(one);
    }
    this.last = way;
    this.#renderChosen();
  }

  #chooseAll(on) {
    this.chosen = new Set(on ? this.entries.map(({ way }) => way) : []);
    this.#renderChosen();
  }

  #renderChosen() {
    for (const [way, row] of this.rows) {
      row.tick.checked = this.chosen.has(way);
      row.classList.toggle("chosen", row.tick.checked);
    }
    const some = this.chosen.size;
    this.all.checked = some > 0 && some === this.rows.size;
    this.all.indeterminate = some > 0 && some < this.rows.size;
    this.#renderTools(some);
  }

  #renderTools(some) {
    const now = `${this.way}|${[...this.chosen].join("\n")}`;
    if (this.tools.dataset.now === now) return;
    this.tools.dataset.now = now;
    const had = this.tools.contains(document.activeElement);
    this.tools.replaceChildren(...(some ? this.#chosenTools() : folderTools(this.page, this.way)));
    if (had) this.tools.querySelector("button")?.focus();
  }

  #chosenTools() {
    const nothing = () => this.#chooseAll(false);
    return chosenTools(this.page, { count: this.chosen.size, get: () => this.selection, nothing });
  }

  #sortBy(by) {
    this.sort = { by, down: this.sort.by === by && !this.sort.down };
    this.render();
  }

  async #more() {
    this.rest.disabled = true;
    try {
      await this.page.folders.more(this.way);
    } catch (error) {
      tellProblem(error);
    }
    this.rest.disabled = false;
  }

  #onMenu(event) {
    const row = event.target.closest("tbody tr");
    if (!row) return;
    event.preventDefault();
    const entries = this.chosen.has(row.entry.way) ? this.selection : [row.entry];
    const { left, bottom } = row.link.getBoundingClientRect();
    const pointed = event.clientX || event.clientY;
    this.page.menuFor(
      entries,
      pointed ? { x: event.clientX, y: event.clientY } : { x: left, y: bottom },
    );
  }

  #onKey(event) {
    const row = event.target.closest("tr");
    const rows = [...this.body.children];
    const at = rows.indexOf(row);
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const link = event.target === row?.link;
    const act =
      plain &&
      link &&
      {
        ArrowDown: () => rows[at + 1]?.link.focus(),
        ArrowUp: () => rows[at - 1]?.link.focus(),
        Home: () => rows[0].link.focus(),
        End: () => rows.at(-1).link.focus(),
        Backspace: () => this.way && this.page.goFolder(parentOf(this.way)),
        " ": () => this.#choose(row.entry.way, !this.chosen.has(row.entry.way), event.shiftKey),
      }[event.key];
    if (act) {
      event.preventDefault();
      act();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "a") {
      event.preventDefault();
      this.#chooseAll(true);
      return;
    }
    if (row) this.page.keys(event, this.chosen.has(row.entry.way) ? this.selection : [row.entry]);
  }
}
