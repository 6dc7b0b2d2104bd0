// Search by name and by content.

import * as api from "./api.js";
import { hashOf } from "./crumbs.js";
import { button, icon, make } from "./dom.js";
import { count, shown, signOf } from "./ways.js";

export class Finding {
  /** `page` has open(entry, options), project. */
  constructor(page, panel) {
    this.page = page;
    this.way = "";
    this.field = make("input", {
      type: "search",
      id: "needle",
      autocomplete: "off",
      spellcheck: false,
    });
    this.where = make(
      "select",
      { id: "find-in" },
      make("option", { value: "names", text: "Names" }),
      make("option", { value: "content", text: "Text in files" }),
    );
    this.hidden = make("input", { type: "checkbox", id: "find-hidden" });
    this.words = make("p", { class: "words-line", role: "status" });
    this.list = make("ol", { class: "found" });
    this.stop = button("Stop", () => this.request?.abort(), { look: "button", hidden: true });
    const form = make(
      "form",
      { class: "finder", role: "search" },
      make("label", { class: "unseen", htmlFor: "needle", text: "Search for" }),
      this.field,
      make("label", { class: "unseen", htmlFor: "find-in", text: "Search in" }),
      this.where,
      button("Search", () => this.run(), { shown: true, sign: "search", look: "button first" }),
      this.stop,
      make(
        "p",
        { class: "tick-line" },
        this.hidden,
        make("label", { htmlFor: "find-hidden", text: "Hidden files, too" }),
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
    this.title = make("h2", { text: "Search" });
    panel.append(
      make("div", { class: "head" }, this.title),
      make("div", { class: "scroll padded" }, form, this.words, this.list),
    );
    this.#hint();
  }

  show(way = this.way) {
    this.way = way;
    this.title.textContent = way ? `Search below ${shown(way)}` : "Search the project";
  }

  focus() {
    this.field.select();
    this.field.focus();
  }

  #hint() {
    this.words.textContent = "Names may have * (anything) and ? (one character) in them.";
  }

  async run() {
    const text = this.field.value.trim();
    if (!text) {
      this.#hint();
      this.field.focus();
      return;
    }
    this.request?.abort();
    const request = new AbortController();
    this.request = request;
    this.stop.hidden = false;
    this.words.textContent = "Searching…";
    const content = this.where.value === "content";
    const query = {
      search: text,
      ...(content ? { content: 1 } : {}),
      ...(this.hidden.checked ? { hidden: 1 } : {}),
    };
    try {
      const found = await api.search(this.way, query, request.signal);
      if (this.request === request) this.#show(found, text, content);
    } catch (error) {
      if (this.request === request)
        this.words.textContent = error.name === "AbortError" ? "Stopped." : error.message;
    }
    if (this.request === request) this.stop.hidden = true;
  }

  #show({ items, visited, complete }, text, content) {
    const what = content ? count(items.length, "line") : count(items.length, "name");
    const rest = complete
      ? ""
      : " There may be more: the search ended early. Search in a folder, or for more of the word.";
    this.words.textContent = items.length
      ? `${what} found.${rest}`
      : `Nothing found in ${count(visited, "file and folder", "files and folders")}.${rest}`;
    this.list.replaceChildren(...items.map((item) => this.#row(item, text)));
  }

  #row(item, text) {
    const way = item.href.replace(/\/$/, "");
    const folder = item.kind === "folder";
    const entry = { way, name: item.path.split("/").at(-1), kind: item.kind, folder };
    const link = make(
      "a",
      { href: hashOf(way, folder) },
      icon(signOf(entry)),
      make("span", { class: "label", text: item.path }),
    );
    if (item.line) link.append(make("span", { class: "line-number", text: `:${item.line}` }));
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.page.open(entry, item.line ? { line: item.line } : {});
    });
    const row = make("li", {}, link);
    if (item.text !== undefined) row.append(make("code", {}, ...marked(item.text, text)));
    return row;
  }
}

/** Returns a line as pieces, with what was searched for marked. */
function marked(line, text) {
  const at = line.toLowerCase().indexOf(text.toLowerCase());
  if (at < 0) return [line];
  return [
    line.slice(0, at),
    make("mark", { text: line.slice(at, at + text.length) }),
    line.slice(at + text.length),
  ];
}
