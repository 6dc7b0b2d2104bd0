// The Terminal app's page: tabs of terminals, each with its own connection.

import { Keys } from "./parts/keys.js";
import { askStatus, pauseBefore } from "./parts/link.js";
import { Notices } from "./parts/notices.js";
import { Pane } from "./parts/pane.js";
import { Search } from "./parts/search.js";
import { Tab } from "./parts/tabs.js";
import { onLooksChange } from "./parts/theme.js";

const REMEMBERED = "aen.terminal.shown";
const READER = "aen.terminal.reader";

const STATES = {
  connecting: "Connecting…",
  connected: "Connected",
  reconnecting: "Reconnecting…",
};
const REFUSALS = {
  401: "Signed out. Reload the page to sign in.",
  403: "You may no longer use this project’s terminals.",
  404: "You can no longer use this project: you are not in its team any more, or it is gone.",
};

const byId = (id) => document.getElementById(id);

/** Remembers a small thing in a storage that may be switched off. */
function remember(storage, key, value) {
  try {
    window[storage].setItem(key, value);
  } catch {
    // Then it is not remembered.
  }
}

function remembered(storage, key) {
  try {
    return window[storage].getItem(key);
  } catch {
    return null;
  }
}

class Page {
  constructor() {
    this.heading = document.title;
    this.tabs = [];
    this.search = new Search(() => this.shown);
    this.keys = new Keys(() => this.shown);
    this.#connectButtons();
    this.#load();
    new Notices(byId("notices"));
  }

  /** The pane that is shown. */
  get shown() {
    return this.tabs.find((tab) => tab.pane.active)?.pane ?? null;
  }

  // Terminals.

  async #load(attempt = 0) {
    let list = null;
    try {
      const answer = await fetch("terminals", {
        headers: { Accept: "application/json" },
        cache: "no-store",
      });
      if (answer.ok) list = (await answer.json()).terminals;
    } catch {
      // Told below, and tried again.
    }
    if (!list) {
      this.#say("reconnecting", await askStatus());
      setTimeout(() => this.#load(attempt + 1), pauseBefore(attempt));
      return;
    }
    this.onTerminals(list);
    if (this.tabs.length === 0) {
      this.open();
      return;
    }
    const before = remembered("sessionStorage", REMEMBERED);
    const tab = this.tabs.find(({ pane }) => pane.terminal === before) ?? this.tabs[0];
    this.show(tab.pane);
  }

  /** Opens a new terminal. */
  open() {
    if (this.tabs.some(({ pane }) => pane.terminal === null)) return;
    this.show(this.#add(null).pane);
  }

  #add(summary) {
    const pane = new Pane(this, summary);
    const tab = new Tab(this, pane);
    this.tabs.push(tab);
    byId("tabs").append(tab.element);
    this.#own();
    byId("panels").append(pane.panel);
    return tab;
  }

  #tabOf(pane) {
    return this.tabs.find((tab) => tab.pane === pane);
  }

  show(pane) {
    const before = this.shown;
    if (before && before !== pane) before.deactivate();
    pane.activate();
    this.tabs.forEach((tab) => tab.refresh());
    this.#tabOf(pane).element.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.onState(pane);
    this.onTitle(pane);
    if (pane.terminal) remember("sessionStorage", REMEMBERED, pane.terminal);
  }

  /** Shows the terminal `step` tabs further. */
  #turn(step) {
    if (!this.shown) return null;
    const at = this.tabs.findIndex((tab) => tab.pane === this.shown);
    const next = this.tabs[(at + step + this.tabs.length) % this.tabs.length];
    this.show(next.pane);
    return next;
  }

  async askClose(pane) {
    if (pane.ended || (await ask("confirm"))) {
      if (!pane.alive) this.show(pane);
      if (pane.link.connected) pane.close();
      else this.pending = pane;
    }
    this.shown?.xterm.focus();
  }

  async askRename(pane) {
    const field = byId("name");
    field.value = pane.title;
    const answer = ask("rename");
    field.select();
    if (await answer) {
      const title = field.value.trim();
      if (title) pane.rename(title);
    }
    this.shown?.xterm.focus();
  }

  // What panes tell.

  options() {
    return { screenReaderMode: byId("reader").checked };
  }

  modify(text) {
    return this.keys.modify(text);
  }

  onAttached(pane) {
    if (pane === this.pending) {
      this.pending = null;
      pane.close();
    }
    if (pane.active) remember("sessionStorage", REMEMBERED, pane.terminal);
  }

  onTerminals(list) {
    for (const summary of list) {
      const tab = this.tabs.find(({ pane }) => pane.terminal === summary.terminal);
      if (!tab) {
        this.#add(summary);
        continue;
      }
      tab.pane.title = summary.title;
      if (!tab.pane.alive) tab.pane.ended = summary.ended;
      tab.refresh();
    }
    const names = new Set(list.map((summary) => summary.terminal));
    for (const { pane } of [...this.tabs]) {
      if (!pane.alive && pane.terminal && !names.has(pane.terminal)) this.#remove(pane);
    }
    if (this.shown) this.onTitle(this.shown);
  }

  onGone(pane, reason) {
    const wasShown = pane.active;
    const at = this.#remove(pane);
    if (this.tabs.length === 0) {
      this.#empty(reason);
    } else if (wasShown) {
      this.show(this.tabs[Math.min(at, this.tabs.length - 1)].pane);
    }
    // A new one was refused: nothing else on the page says why.
    if (pane.terminal === null) this.#say("gone", 0, reason);
  }

  #remove(pane) {
    const tab = this.#tabOf(pane);
    const at = this.tabs.indexOf(tab);
    this.tabs.splice(at, 1);
    tab.element.remove();
    this.#own();
    pane.remove();
    return at;
  }

  /** Says which tabs there are: what closes one stands beside it and is none. */
  #own() {
    const ids = this.tabs.map((tab) => tab.button.id).join(" ");
    byId("tablist").setAttribute("aria-owns", ids);
  }

  /** Says why there is no terminal, and how to get one. */
  #empty(reason) {
    const notice = document.createElement("p");
    notice.className = "notice";
    notice.id = "empty";
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = "New terminal";
    again.addEventListener("click", () => this.open());
    notice.append(`${reason} `, again);
    byId("empty")?.remove();
    byId("panels").append(notice);
    this.#say("gone", 0, "");
    document.title = this.heading;
    again.focus();
  }

  onState(pane) {
    if (!pane.active) return;
    byId("empty")?.remove();
    this.#say(pane.state, pane.status);
  }

  #say(state, status = 0, words = null) {
    const text = words ?? REFUSALS[status] ?? STATES[state];
    const element = byId("state");
    if (element.textContent !== text) element.textContent = text;
    element.classList.toggle("trouble", state !== "connected" && state !== "connecting");
  }

  onTitle(pane) {
    this.#tabOf(pane)?.refresh();
    if (pane.active) document.title = `${pane.title} · ${this.heading}`;
  }

  onFresh(pane) {
    this.#tabOf(pane)?.markFresh();
  }

  /** Takes the page's own keys; returns whether the terminal gets the key. */
  onKey(pane, event) {
    if (!event.ctrlKey || !event.shiftKey || event.altKey || event.metaKey) return true;
    const act = {
      ArrowLeft: () => this.#turn(-1),
      ArrowRight: () => this.#turn(1),
      ArrowUp: () => this.#tabOf(pane).button.focus(),
      KeyF: () => this.search.open(),
      KeyC: () => copy(pane),
    }[event.code];
    if (event.code === "KeyV") return false; // the browser pastes
    if (!act) return true;
    event.preventDefault();
    if (event.type === "keydown") act();
    return false;
  }

  #onTabsKey(event) {
    const pane = this.shown;
    if (!pane || event.target.getAttribute("role") !== "tab") return;
    const act = {
      ArrowLeft: () => this.#turn(-1).button.focus(),
      ArrowRight: () => this.#turn(1).button.focus(),
      Enter: () => pane.xterm.focus(),
      ArrowDown: () => pane.xterm.focus(),
      Delete: () => this.askClose(pane),
      F2: () => this.askRename(pane),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #connectButtons() {
    byId("new").addEventListener("click", () => this.open());
    byId("find").addEventListener("click", () => this.search.open());
    byId("help").addEventListener("click", async () => {
      await ask("about");
      this.shown?.xterm.focus();
    });
    byId("tabs").addEventListener("keydown", (event) => this.#onTabsKey(event));
    const reader = byId("reader");
    reader.checked = remembered("localStorage", READER) === "on";
    reader.addEventListener("change", () => {
      remember("localStorage", READER, reader.checked ? "on" : "off");
      this.#restyle();
    });
    onLooksChange(() => this.#restyle());
    const look = () => this.shown?.tellView();
    document.addEventListener("visibilitychange", look);
    addEventListener("focus", look);
    addEventListener("blur", look);
  }

  #restyle() {
    for (const { pane } of this.tabs) pane.restyle(this.options());
  }
}

/** Opens a dialog; the promise is true when its strong button was pressed. */
function ask(id) {
  const dialog = byId(id);
  return new Promise((resolve) => {
    const answered = (event) => {
      const button = event.target.closest("button");
      if (button) dialog.close(button.dataset.answer ?? "");
    };
    const typed = (event) => {
      if (event.key === "Enter" && event.target.matches("input:not([type])")) {
        dialog.close("enter");
      }
    };
    dialog.returnValue = "";
    dialog.addEventListener("click", answered);
    dialog.addEventListener("keydown", typed);
    dialog.addEventListener(
      "close",
      () => {
        dialog.removeEventListener("click", answered);
        dialog.removeEventListener("keydown", typed);
        resolve(dialog.returnValue !== "");
      },
      { once: true },
    );
    dialog.showModal();
  });
}

/** Puts the selection on the clipboard, also where the page has no secure origin. */
async function copy(pane) {
  const text = pane.xterm.getSelection();
  if (!text) return;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    document.execCommand("copy");
  }
}

new Page();
