// The tree of the project at the left, after the ARIA pattern for trees. Folders are
// looked into when they are opened.

import { icon, make, reconcile, remember, remembered } from "./dom.js";
import { foldersAbove, parentOf, signOf } from "./ways.js";

const OPENED = "aen.workbench.opened";
const TYPED_MS = 700;

export class Tree {
  /** `page` has folders, hidden, open(entry), menuFor(entries, at), keys(event, entries), dropOn(element, way). */
  constructor(page, element) {
    this.page = page;
    this.element = element;
    this.rows = new Map();
    this.key = `${OPENED}:${location.pathname}`;
    this.opened = new Set(JSON.parse(remembered("session", this.key) ?? "[]"));
    this.chosen = "";
    this.active = null;
    this.typed = { text: "", at: 0 };
    element.addEventListener("keydown", (event) => this.#onKey(event));
    element.addEventListener("click", (event) => this.#onClick(event));
    element.addEventListener("contextmenu", (event) => this.#onMenu(event));
    page.folders.addEventListener("change", () => this.render());
    page.dropOn(element, "");
  }

  /** The folders whose content is shown. */
  get looking() {
    return ["", ...[...this.opened].filter((way) => this.#isShown(way))];
  }

  #isShown(way) {
    return foldersAbove(way)
      .slice(1)
      .every((above) => this.opened.has(above));
  }

  async start() {
    await Promise.all(this.looking.map((way) => this.page.folders.refresh(way)));
  }

  /** Marks what is open, and opens the folders above it. */
  async choose(way) {
    this.chosen = way;
    for (const above of foldersAbove(way).slice(1)) {
      this.opened.add(above);
      if (!this.page.folders.get(above)) await this.page.folders.refresh(above);
    }
    if (this.chosen !== way) return;
    this.active = way || this.active;
    this.#keep();
    this.render();
    this.rows.get(way)?.scrollIntoView({ block: "nearest" });
  }

  /** The ways of a folder are others now. */
  moved(rename) {
    this.opened = new Set([...this.opened].map(rename));
    this.#keep();
  }

  #keep() {
    remember("session", this.key, JSON.stringify([...this.opened].slice(-200)));
  }

  #list(folder, level, found) {
    const entries = (this.page.folders.get(folder)?.entries ?? []).filter((one) =>
      this.page.shows(one),
    );
    entries.forEach((entry, at) => {
      found.push({ entry, level, at: at + 1, of: entries.length });
      if (entry.folder && this.opened.has(entry.way)) this.#list(entry.way, level + 1, found);
    });
    return found;
  }

  render() {
    const nodes = this.#list("", 1, []);
    const ways = new Set(nodes.map(({ entry }) => entry.way));
    if (!ways.has(this.active)) {
      // What is hidden by a folder that was closed hands the keyboard to the folder.
      let above = this.active ?? "";
      while (above && !ways.has(above)) above = parentOf(above);
      this.active = above || nodes[0]?.entry.way || null;
    }
    for (const way of this.rows.keys()) if (!ways.has(way)) this.rows.delete(way);
    const rows = nodes.map((node) => this.#row(node));
    const had = this.element.contains(document.activeElement);
    reconcile(this.element, rows);
    if (had && !this.element.contains(document.activeElement)) this.#focus(this.active);
    this.element.classList.toggle("empty", rows.length === 0);
  }

  #row({ entry, level, at, of }) {
    let row = this.rows.get(entry.way);
    const fresh = !row;
    if (fresh) {
      row = make("div", { class: "node", role: "treeitem", draggable: true });
      row.append(
        make("span", { class: "twist", "aria-hidden": "true" }, icon("chevron")),
        make("span", { class: "sign" }),
        make("span", { class: "name" }),
      );
      this.rows.set(entry.way, row);
      row.addEventListener("dragstart", (event) => this.page.drag(event, [row.entry]));
    }
    if (fresh || row.entry.kind !== entry.kind) {
      row.querySelector(".sign").replaceChildren(icon(signOf(entry)));
      if (entry.folder) this.page.dropOn(row, () => row.entry.way);
    }
    row.entry = entry;
    const label = row.querySelector(".name");
    if (label.textContent !== entry.name) label.textContent = entry.name;
    const open = entry.folder ? this.opened.has(entry.way) : null;
    if (open === null) row.removeAttribute("aria-expanded");
    else row.setAttribute("aria-expanded", String(open));
    row.setAttribute("aria-level", level);
    row.setAttribute("aria-posinset", at);
    row.setAttribute("aria-setsize", of);
    row.setAttribute("aria-selected", String(entry.way === this.chosen));
    row.tabIndex = entry.way === this.active ? 0 : -1;
    row.style.setProperty("--level", level);
    row.title = entry.target ? `${entry.name} → ${entry.target}` : entry.name;
    return row;
  }

  #focus(way) {
    const row = this.rows.get(way);
    if (!row) return;
    const before = this.rows.get(this.active);
    if (before) before.tabIndex = -1;
    this.active = way;
    row.tabIndex = 0;
    row.focus();
  }

  async toggle(way, open = !this.opened.has(way)) {
    if (open) this.opened.add(way);
    else this.opened.delete(way);
    this.#keep();
    this.render();
    if (open) await this.page.folders.refresh(way);
  }

  #onClick(event) {
    const row = event.target.closest(".node");
    if (!row) return;
    this.#focus(row.entry.way);
    if (event.target.closest(".twist") && row.entry.folder) this.toggle(row.entry.way);
    else if (row.entry.folder) {
      if (this.chosen === row.entry.way || !this.opened.has(row.entry.way))
        this.toggle(row.entry.way);
      this.page.open(row.entry);
    } else this.page.open(row.entry);
  }

  #onMenu(event) {
    const row = event.target.closest(".node");
    if (!row) return;
    event.preventDefault();
    this.#focus(row.entry.way);
    const { left, bottom } = row.getBoundingClientRect();
    const pointed = event.clientX || event.clientY;
    this.page.menuFor(
      [row.entry],
      pointed ? { x: event.clientX, y: event.clientY } : { x: left + 24, y: bottom },
    );
  }

  #onKey(event) {
    const row = event.target.closest(".node");
    if (!row || event.altKey) return;
    const rows = [...this.element.children];
    const at = rows.indexOf(row);
    const { entry } = row;
    const go = (to) => to && this.#focus(to.entry.way);
    const open = entry.folder && this.opened.has(entry.way);
    const plain = !event.ctrlKey && !event.metaKey;
    const act =
      plain &&
      {
        ArrowDown: () => go(rows[at + 1]),
        ArrowUp: () => go(rows[at - 1]),
        Home: () => go(rows[0]),
        End: () => go(rows.at(-1)),
        ArrowRight: () => (open ? go(rows[at + 1]) : entry.folder && this.toggle(entry.way, true)),
        ArrowLeft: () =>
          open ? this.toggle(entry.way, false) : go(this.rows.get(parentOf(entry.way))),
        Enter: () => this.page.open(entry, { focus: true }),
        " ": () => this.page.open(entry),
      }[event.key];
    if (act) {
      event.preventDefault();
      act();
    } else if (!this.page.keys(event, [entry]) && plain && event.key.length === 1) {
      this.#type(event.key, rows, at);
    }
  }

  /** Goes to the next name that begins with what is typed. */
  #type(key, rows, at) {
    const now = performance.now();
    const text = (now - this.typed.at < TYPED_MS ? this.typed.text : "") + key.toLowerCase();
    this.typed = { text, at: now };
    const from = text.length > 1 ? at : at + 1;
    const next = [...rows.slice(from), ...rows.slice(0, from)];
    const found = next.find(({ entry }) => entry.name.toLowerCase().startsWith(text));
    if (found) this.#focus(found.entry.way);
  }
}
