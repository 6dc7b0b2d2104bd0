// What is around an open file: the way to it, its buttons, words about it.

import { showCrumbs } from "./crumbs.js";
import { button, icon, make, write } from "./dom.js";
import { openMenu } from "./menu.js";
import { isNoText, isPreviewed } from "./ways.js";

export class DocumentView {
  /** `acts` has turn(), save(), saveAs(), find(), entry(). */
  constructor(page, panel, acts) {
    this.page = page;
    this.panel = panel;
    this.acts = acts;
    this.#build();
  }

  #build() {
    const { acts } = this;
    this.crumbs = make("nav", { class: "crumbs", "aria-label": "File" });
    this.state = make("p", { class: "state", role: "status" });
    this.switch = button("Preview", () => acts.turn(), {
      shown: true,
      sign: "eye",
      look: "button",
      hidden: true,
    });
    this.saver = button("Save", () => acts.save(), {
      shown: true,
      sign: "save",
      look: "button first",
      hidden: true,
    });
    const more = button(
      "More",
      ({ currentTarget }) => openMenu(this.#choices(), currentTarget, "More"),
      {
        sign: "dots",
        look: "button round",
        "aria-haspopup": "menu",
        "aria-expanded": "false",
      },
    );
    const tools = make(
      "div",
      { class: "tools", role: "toolbar", "aria-label": "File" },
      this.state,
      this.switch,
      this.saver,
      more,
    );
    this.banner = make("div", { class: "banner", role: "alert", hidden: true });
    this.body = make("div", { class: "doc" });
    this.foot = make("p", { class: "foot", hidden: true });
    const head = make("div", { class: "head" }, this.crumbs, tools);
    this.panel.append(head, this.banner, this.body, this.foot);
  }

  /** What the menu offers. */
  #choices() {
    const { acts, page, foot } = this;
    const text = [
      { words: "Save as…", sign: "save", act: acts.saveAs },
      { words: "Find and replace", sign: "search", keys: "Ctrl+F", act: acts.find },
    ];
    const shown = foot.hidden ? [] : text.slice(page.may ? 0 : 1);
    const others = page.actions.choices([acts.entry()]);
    return [...shown, ...others.filter((one) => one?.words !== "Open")];
  }

  get shown() {
    return !this.panel.hidden;
  }

  showWay(way) {
    showCrumbs(this.crumbs, this.page, way);
  }

  focus() {
    this.panel.querySelector(".tools button:not([hidden])")?.focus();
  }

  place(words) {
    write(this.foot, words);
  }

  say(words) {
    write(this.state, words);
  }

  /** Shows `element`; what was shown before stays, hidden, unless it is in `others` no more. */
  show(element, { name, text, others }) {
    const kept = [element, ...others].filter(Boolean);
    for (const child of [...this.body.children]) if (!kept.includes(child)) child.remove();
    if (!this.body.contains(element)) this.body.append(element);
    for (const child of this.body.children) child.hidden = child !== element;
    const { may } = this.page;
    this.foot.hidden = !text;
    this.switch.hidden = !isPreviewed(name) || isNoText(name);
    const other = may ? "Edit" : "Text";
    const words = make("span", { text: text ? "Preview" : other });
    this.switch.replaceChildren(icon(text ? "eye" : "edit"), words);
    this.saver.hidden = !text || !may;
  }

  /** Says in place of the file what there is to say, with buttons. */
  showWords(title, words, buttons) {
    const download = button("Download", () => this.page.actions.download([this.acts.entry()]), {
      shown: true,
      sign: "download",
      look: "button",
    });
    const shown = make(
      "div",
      { class: "words" },
      make("h2", { text: title }),
      make("p", { text: words }),
      make("p", { class: "buttons" }, ...buttons, download),
    );
    this.body.replaceChildren(shown);
    for (const one of [this.foot, this.switch, this.saver]) one.hidden = true;
    this.say("");
  }

  /** Says how far what was typed is saved. */
  showState({ unsaved, saving, gone }) {
    let words = unsaved ? "Not saved" : "Saved";
    if (!this.page.may) words = "Read only";
    else if (saving) words = "Saving…";
    else if (gone) words = "Removed";
    this.say(words);
    this.state.classList.toggle("unsaved", unsaved);
    this.saver.disabled = saving || (!unsaved && !gone);
  }

  /** Says what has happened, with what can be done about it. */
  warn(words, buttons, bad = false) {
    this.banner.className = bad ? "banner bad" : "banner";
    const dismiss = button("Dismiss", () => this.quiet(), { sign: "cross", look: "quiet" });
    this.banner.replaceChildren(make("span", { text: words }), ...buttons, dismiss);
    this.banner.hidden = false;
  }

  quiet() {
    this.banner.hidden = true;
    this.banner.replaceChildren();
  }
}
