// The row of tabs above the panels, after the ARIA pattern. What closes a tab stands
// beside it and is none itself.

import { button, byId, icon, make } from "./dom.js";

let counter = 0;

export class Tabs {
  /** `page` has onShow(key) and close(key). */
  constructor(page) {
    this.page = page;
    this.all = new Map();
    this.place = byId("tabs");
    this.list = byId("tablist");
    this.panels = byId("panels");
    this.shown = null;
    this.place.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /** Adds a tab and returns its panel. */
  add(key, { title, sign, closes = true, hint = title }) {
    const number = (counter += 1);
    const panel = make("section", {
      class: "panel",
      role: "tabpanel",
      id: `panel-${number}`,
      "aria-labelledby": `tab-${number}`,
      hidden: true,
    });
    const words = make("span", { class: "words", text: title });
    const mark = make("span", { class: "mark", "aria-hidden": "true" });
    const tab = make(
      "button",
      {
        type: "button",
        role: "tab",
        id: `tab-${number}`,
        tabIndex: -1,
        title: hint,
        "aria-controls": panel.id,
        "aria-selected": "false",
      },
      icon(sign),
      words,
      mark,
    );
    const one = { key, panel, tab, words, title };
    const close = () => this.page.close(one.key);
    tab.addEventListener("click", () => this.page.onShow(one.key));
    tab.addEventListener("auxclick", (event) => event.button === 1 && closes && close());
    one.cross = closes ? button(`Close ${title}`, close, { sign: "cross", look: "close" }) : null;
    one.element = make("div", { class: "tab", role: "presentation" }, tab, one.cross);
    this.all.set(key, one);
    this.place.append(one.element);
    this.panels.append(panel);
    this.#own();
    return panel;
  }

  has(key) {
    return this.all.has(key);
  }

  get keys() {
    return [...this.all.keys()];
  }

  /** Says which tabs there are. */
  #own() {
    this.list.setAttribute("aria-owns", [...this.all.values()].map(({ tab }) => tab.id).join(" "));
  }

  show(key) {
    this.shown = key;
    for (const one of this.all.values()) {
      const shown = one.key === key;
      one.panel.hidden = !shown;
      one.element.classList.toggle("active", shown);
      one.tab.setAttribute("aria-selected", String(shown));
      one.tab.tabIndex = shown ? 0 : -1;
      if (shown) one.element.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  /** Gives a tab another title, or marks that it has unsaved changes. */
  set(key, { title, unsaved = false, hint = title }) {
    const one = this.all.get(key);
    if (!one) return;
    one.title = title;
    one.words.textContent = title;
    one.tab.title = hint;
    one.element.classList.toggle("unsaved", unsaved);
    one.tab.setAttribute("aria-label", unsaved ? `${title}, not saved` : title);
    one.cross?.setAttribute("aria-label", `Close ${title}`);
  }

  /** What a tab shows has another way now; it stays where it is. */
  rekey(from, to) {
    this.all = new Map([...this.all].map(([key, one]) => [key === from ? to : key, one]));
    this.all.get(to).key = to;
    if (this.shown === from) this.shown = to;
  }

  /** Takes a tab away; returns the key of its neighbour. */
  remove(key) {
    const { keys } = this;
    const at = keys.indexOf(key);
    const { element, panel } = this.all.get(key);
    element.remove();
    panel.remove();
    this.all.delete(key);
    this.#own();
    return keys[at + 1] ?? keys[at - 1];
  }

  /** Shows the tab `step` further. */
  turn(step) {
    const { keys } = this;
    this.page.onShow(keys[(keys.indexOf(this.shown) + step + keys.length) % keys.length]);
  }

  #onKey(event) {
    if (event.target.getAttribute("role") !== "tab") return;
    const go = (key) => {
      this.page.onShow(key);
      this.all.get(this.shown)?.tab.focus();
    };
    const { keys } = this;
    const at = keys.indexOf(this.shown);
    const act = {
      ArrowLeft: () => go(keys[(at - 1 + keys.length) % keys.length]),
      ArrowRight: () => go(keys[(at + 1) % keys.length]),
      Home: () => go(keys[0]),
      End: () => go(keys.at(-1)),
      Delete: () => this.all.get(this.shown).cross && this.page.close(this.shown),
      ArrowDown: () => this.page.enter(this.shown),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}
