// The row of tabs: one for each terminal, after the ARIA pattern for tabs.

import { endedWords } from "./pane.js";

let counter = 0;

export class Tab {
  /** `page` has show(pane), askClose(pane), askRename(pane). */
  constructor(page, pane) {
    this.pane = pane;
    const number = ++counter;
    this.element = document.createElement("div");
    this.element.className = "tab";
    this.element.setAttribute("role", "presentation");
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.id = `tab-${number}`;
    this.button.tabIndex = -1;
    this.button.setAttribute("role", "tab");
    this.button.setAttribute("aria-controls", `panel-${number}`);
    this.button.addEventListener("click", () => page.show(pane));
    this.button.addEventListener("dblclick", () => page.askRename(pane));
    this.cross = document.createElement("button");
    this.cross.type = "button";
    this.cross.className = "close";
    this.cross.textContent = "×";
    this.cross.addEventListener("click", () => page.askClose(pane));
    this.element.append(this.button, this.cross);
    pane.panel.id = `panel-${number}`;
    pane.panel.setAttribute("aria-labelledby", this.button.id);
    this.refresh();
  }

  /** Brings words and marks up to date. */
  refresh() {
    const { pane } = this;
    const how = pane.ended ? ` · ${endedWords(pane.how)}` : "";
    this.button.textContent = pane.title + how;
    this.button.title = pane.programTitle ?? pane.title;
    this.button.setAttribute("aria-selected", String(pane.active));
    this.button.tabIndex = pane.active ? 0 : -1;
    this.cross.setAttribute("aria-label", `Close ${pane.title}`);
    this.cross.title = `Close ${pane.title}`;
    this.element.classList.toggle("active", pane.active);
    if (pane.active) this.element.classList.remove("fresh");
  }

  markFresh() {
    if (!this.pane.active) this.element.classList.add("fresh");
  }
}
