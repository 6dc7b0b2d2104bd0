// Search in the output of the terminal that is shown.

const DECORATIONS = {
  matchBackground: "#8a6d1d",
  matchOverviewRuler: "#e3c06c",
  activeMatchBackground: "#c9781b",
  activeMatchColorOverviewRuler: "#f0b36b",
};

const byId = (id) => document.getElementById(id);

export class Search {
  /** `shown()` returns the pane that is shown. */
  constructor(shown) {
    this.shown = shown;
    this.form = byId("search");
    this.needle = byId("needle");
    this.needle.addEventListener("input", () => this.#find("findNext", true));
    this.form.addEventListener("keydown", (event) => this.#onKey(event));
    this.form.addEventListener("submit", (event) => event.preventDefault());
    byId("next").addEventListener("click", () => this.#find("findNext"));
    byId("previous").addEventListener("click", () => this.#find("findPrevious"));
    byId("done").addEventListener("click", () => this.close());
  }

  open() {
    this.form.hidden = false;
    this.needle.value = this.shown()?.xterm.getSelection() || this.needle.value;
    this.needle.select();
    this.needle.focus();
  }

  close() {
    this.form.hidden = true;
    this.watched?.dispose();
    this.watched = null;
    const pane = this.shown();
    pane?.search.clearDecorations();
    pane?.xterm.focus();
  }

  #onKey(event) {
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && event.target === this.needle) {
      event.preventDefault();
      this.#find(event.shiftKey ? "findPrevious" : "findNext");
    }
  }

  #find(direction, incremental = false) {
    const pane = this.shown();
    if (!pane) return;
    this.watched?.dispose();
    this.watched = pane.search.onDidChangeResults(({ resultIndex, resultCount }) => {
      const place = resultIndex < 0 ? "" : `${resultIndex + 1} of `;
      byId("found").value = resultCount ? `${place}${resultCount}` : "Not found";
    });
    if (!this.needle.value) {
      pane.search.clearDecorations();
      byId("found").value = "";
      return;
    }
    pane.search[direction](this.needle.value, { incremental, decorations: DECORATIONS });
  }
}
