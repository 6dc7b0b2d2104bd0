// The Workbench's page: the tree, the folder, open files and the terminal together.

import { Notices } from "../terminal/parts/notices.js";
import { Actions } from "./parts/actions.js";
import { leadsToFolder } from "./parts/api.js";
import { hashOf } from "./parts/crumbs.js";
import { ask } from "./parts/dialogs.js";
import { Documents } from "./parts/documents.js";
import { byId, make, remember, remembered } from "./parts/dom.js";
import { drag, dropOn } from "./parts/dragging.js";
import { Finding } from "./parts/finding.js";
import { Folders } from "./parts/folders.js";
import { Layout } from "./parts/layout.js";
import { Listing } from "./parts/listing.js";
import { openMenu } from "./parts/menu.js";
import { Tabs } from "./parts/tabs.js";
import { tell, tellProblem } from "./parts/telling.js";
import { Trash } from "./parts/trash.js";
import { Tree } from "./parts/tree.js";
import { Uploads } from "./parts/uploads.js";
import { Watch } from "./parts/watch.js";
import { foldersAbove, isBelow, moved, parentOf } from "./parts/ways.js";

const FILES = ":files";
const FIND = ":search";
const TRASH = ":trash";
const HIDDEN = "aen.workbench.hidden";
const OPEN = `aen.workbench.open:${location.pathname}`;

class Page {
  constructor() {
    const { may, project } = document.body.dataset;
    this.may = may === "write";
    this.project = project;
    this.clipboard = null;
    this.hidden = remembered("local", HIDDEN) === "shown";
    this.folders = new Folders();
    this.actions = new Actions(this);
    this.uploads = new Uploads(this);
    this.tabs = new Tabs(this);
    this.documents = new Documents(this);
    this.listing = new Listing(
      this,
      this.tabs.add(FILES, { title: "Files", sign: "folder", closes: false }),
    );
    this.tree = new Tree(this, byId("tree"));
    this.layout = new Layout(this);
    this.#connect();
    new Notices(byId("notices"));
    this.#restore();
    this.tree.start();
    this.watch = new Watch(this);
  }

  #connect() {
    const on = (id, act) => byId(id)?.addEventListener("click", act);
    on("new-file", () => this.actions.newFile(this.listing.way));
    on("new-folder", () => this.actions.newFolder(this.listing.way));
    on("upload", () => this.uploads.pick(this.listing.way));
    on("refresh", () => this.refresh());
    on("find", () => this.search());
    on("trash", () => this.showTrash());
    on("help", () => this.#help());
    on("pane-files", () => this.#pane(FILES));
    on("pane-editor", () => this.#pane(this.#last));
    on("project", () => this.goFolder(""));
    addEventListener("popstate", () => this.#route());
    addEventListener("beforeunload", (event) => {
      if (this.documents.unsaved.length || this.uploads.active) event.preventDefault();
    });
    addEventListener("keydown", (event) => this.#onKey(event));
    // A file that is dropped beside a folder must not replace the page.
    for (const kind of ["dragover", "drop"])
      addEventListener(kind, (event) => event.preventDefault());
  }

  #onKey(event) {
    const held = event.ctrlKey || event.metaKey;
    const key = `${held ? "Ctrl+" : ""}${event.shiftKey ? "Shift+" : ""}${event.altKey ? "Alt+" : ""}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;
    const act = {
      "Ctrl+s": () => this.documents.get(this.tabs.shown)?.save(),
      "Ctrl+`": () => this.may && this.layout.toggleTerminal(),
      "Ctrl+Shift+f": () => this.search(),
      "Ctrl+PageDown": () => this.tabs.turn(1),
      "Ctrl+PageUp": () => this.tabs.turn(-1),
      "Alt+w": () => this.close(this.tabs.shown),
    }[key];
    if (!act || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    act();
  }

  // Where one is.

  /** What was open in this window before, and what the address says. */
  #restore() {
    const ways = JSON.parse(remembered("session", OPEN) ?? "[]");
    for (const way of ways) this.documents.add(way);
    this.#route();
  }

  keepOpen() {
    remember("session", OPEN, JSON.stringify(this.documents.ways));
  }

  /** Shows what the address names. */
  #route() {
    const hash = location.hash.slice(1);
    if (hash === FIND || hash === TRASH) this.#show(hash);
    else if (!hash.startsWith("/") || hash.endsWith("/"))
      this.#showFolder(hash.replace(/^\/|\/$/g, ""));
    else this.documents.open(hash.slice(1));
  }

  #address(hash) {
    if (location.hash !== hash && (location.hash || hash !== "#/"))
      history.pushState(null, "", hash);
  }

  /** Shows a tab, and says so in the address. */
  onShow(key) {
    if (key === FILES) this.#address(hashOf(this.listing.way, true));
    else this.#address(key.startsWith(":") ? `#${key}` : hashOf(key, false));
    this.#show(key);
  }

  #show(key) {
    if (key === TRASH && !this.trash) {
      this.trash = new Trash(this, this.tabs.add(TRASH, { title: "Trash", sign: "trash" }));
    }
    if (key === FIND && !this.finding) {
      this.finding = new Finding(this, this.tabs.add(FIND, { title: "Search", sign: "search" }));
      this.finding.show("");
    }
    this.tabs.show(key);
    const document_ = this.documents.get(key);
    if (document_) {
      this.lastDocument = key;
      document_.open().then(() => document_.check());
      this.keepOpen();
    }
    if (key === TRASH) this.trash.show();
    if (key === FILES) this.listing.show(this.listing.way);
    this.tree.choose(key === FILES ? this.listing.way : document_ ? key : "");
    this.layout.show(document_ ? "editor" : "files");
    const title = key.startsWith(":")
      ? { [FILES]: "", [FIND]: "Search · ", [TRASH]: "Trash · " }[key]
      : `${document_.name} · `;
    document.title = `${title}Workbench · ${this.project}`;
  }

  /** The file that was shown last, if one is open. */
  get #last() {
    return this.documents.get(this.lastDocument) ? this.lastDocument : this.documents.ways.at(-1);
  }

  #pane(key) {
    this.layout.toggleTerminal(false);
    if (!key) tell("No file is open. Choose one.");
    this.onShow(key ?? FILES);
  }

  goFolder(way) {
    this.#address(hashOf(way, true));
    return this.#showFolder(way);
  }

  #showFolder(way) {
    const shown = this.listing.show(way);
    this.#show(FILES);
    return shown;
  }

  /** Opens a file or a folder; a link leads to either. */
  async open(entry, options = {}) {
    try {
      let { folder } = entry;
      if (entry.kind === "link") folder = await leadsToFolder(entry.way);
      if (entry.kind === "other")
        tell(`“${entry.name}” is no file: it cannot be opened.`, { bad: true });
      else if (folder) await this.goFolder(entry.way);
      else await this.documents.open(entry.way, options);
    } catch (error) {
      tellProblem(error);
    }
  }

  /** Closes a tab, if people agree. */
  async close(key) {
    if (key === FILES) return;
    if (this.documents.get(key)) {
      await this.documents.close(key);
      return;
    }
    const neighbour = this.tabs.remove(key);
    if (key === TRASH) this.trash = null;
    else this.finding = null;
    if (this.tabs.shown === key) this.onShow(neighbour);
  }

  /** The keyboard goes into what a tab shows. */
  enter(key) {
    if (this.documents.get(key)) this.documents.get(key).focus();
    else this.tabs.all.get(key).panel.querySelector("a, button, input")?.focus();
  }

  search(way = "") {
    this.onShow(FIND);
    this.finding.show(way);
    this.finding.focus();
  }

  // What parts of the page need of it.

  shows({ name }) {
    return this.hidden || !name.startsWith(".");
  }

  setHidden(shown) {
    this.hidden = shown;
    remember("local", HIDDEN, shown ? "shown" : null);
    this.tree.render();
    this.listing.render();
  }

  menuFor(entries, at) {
    openMenu(
      this.actions.choices(entries),
      at,
      entries.length === 1 ? `Actions for ${entries[0].name}` : "Actions",
    );
  }

  keys(event, entries) {
    return this.actions.key(event, entries);
  }

  drag(event, entries) {
    if (this.may) drag(event, entries);
    else event.preventDefault();
  }

  dropOn(element, folder) {
    dropOn(element, folder, {
      may: () => this.may,
      entries: (entries, to) => this.actions.put(entries, to, "move"),
      files: (transfer, to) => this.uploads.drop(transfer, to),
    });
  }

  viewerOf(way, bare = false) {
    return `../viewer/view/${way}${bare ? "?bare=1" : ""}`;
  }

  jupyterOf(way) {
    return `../jupyterlab/lab/tree/${way}`;
  }

  terminalOf() {
    return "../terminal/";
  }

  // What has happened.

  onDocument() {
    this.documents.changed();
  }

  hasSaved({ way }) {
    this.folders.refresh(parentOf(way));
  }

  /** A file was saved under another name: that one is open now. */
  async replaceDocument(document_, way) {
    this.documents.drop(document_.way);
    await this.documents.open(way);
  }

  /** What was taken for a file is a folder. */
  isFolder({ way }) {
    this.documents.drop(way);
    this.goFolder(way);
  }

  hasMoved(from, to) {
    this.documents.moved(from, to);
    this.tree.moved((way) => moved(way, from, to));
    if (isBelow(this.listing.way, from)) this.listing.way = moved(this.listing.way, from, to);
    this.keepOpen();
    this.onShow(this.tabs.shown);
  }

  hasGone(way) {
    this.documents.gone(way);
    this.trashChanged();
    if (isBelow(this.listing.way, way)) {
      this.listing.way = parentOf(way);
      if (this.tabs.shown === FILES) this.onShow(FILES);
    }
  }

  hasReturned(way) {
    for (const above of foldersAbove(way)) if (this.folders.get(above)) this.folders.renew(above);
    this.documents.check(way);
  }

  showTrash() {
    this.onShow(TRASH);
  }

  trashChanged() {
    this.trash?.show();
  }

  /** The folders that somebody can see now. */
  get looking() {
    const listed = this.tabs.shown === FILES ? [this.listing.way] : [];
    return [...new Set([...this.tree.looking, ...listed])];
  }

  async refresh() {
    await Promise.all(this.looking.map((way) => this.folders.refresh(way)));
    this.documents.check(this.tabs.shown);
    if (this.tabs.shown === TRASH) this.trash.show();
  }

  #help() {
    const keys = [
      ["Arrow keys", "in the tree and in a folder: go; → opens, ← closes"],
      ["Enter", "open"],
      ["F2", "rename"],
      ["Delete", "to the trash"],
      ["Ctrl+C, Ctrl+X, Ctrl+V", "copy, cut and paste files"],
      ["Space, Ctrl+A", "select in a folder"],
      ["Ctrl+S", "save"],
      ["Ctrl+F", "find in the file"],
      ["Esc, then Tab", "leave the editor by keyboard"],
      ["Ctrl+Shift+F", "search the project"],
      ["Ctrl+`", "terminal"],
      ["Ctrl+Page up, down", "previous, next tab"],
      ["Alt+W", "close the tab"],
    ];
    ask({
      title: "Workbench",
      answers: [],
      dismiss: "Close",
      fill(body) {
        const list = make("dl", { class: "keys" });
        for (const [key, does] of keys)
          list.append(make("dt", {}, make("kbd", { text: key })), make("dd", { text: does }));
        body.append(
          list,
          make("p", {
            class: "hint",
            text: "Files can be dropped on any folder. What is deleted is in the trash for 30 days.",
          }),
        );
      },
    });
  }
}

new Page();
document.documentElement.dataset.script = "on";
