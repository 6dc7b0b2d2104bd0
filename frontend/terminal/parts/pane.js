// One terminal on the page: xterm.js on one side, the link to its shell on the other.

import { ClipboardAddon } from "@xterm/addon-clipboard";
import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { Unicode11Addon } from "@xterm/addon-unicode11";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { Terminal } from "@xterm/xterm";

import { Link } from "./link.js";
import { looks } from "./theme.js";

const ACK_EVERY = 32 * 1024;
const ACK_AFTER = 100;
const INPUT_PIECE = 32 * 1024;
const INPUT_WINDOW = 128 * 1024;

// What xterm.js answers by itself to questions in the output (device attributes,
// status and cursor reports, modes, colours). One viewer alone may answer, and none
// to a question asked before it came.
const REPLY =
  /^(?:\x1b\[[?>]?[\d;]*(?:[cRnt]|\$y)|\x1bP[\s\S]*\x1b\\|\x1b\]\d+;[\s\S]*(?:\x07|\x1b\\))$/;

const encoder = new TextEncoder();

function openLink(event, address) {
  if (!/^https?:\/\//i.test(address)) return;
  window.open(address, "_blank", "noopener,noreferrer");
}

// Programs may put text on the clipboard (OSC 52); none may read what is there.
const clipboard = {
  readText: () => "",
  writeText: (_selection, text) => navigator.clipboard?.writeText(text),
};

export class Pane {
  /**
   * `page` has onAttached, onGone, onTerminals, onState, onTitle, onFresh and onKey,
   * options() of each xterm.js, and modify(text) for held keys.
   */
  constructor(page, summary) {
    this.page = page;
    this.terminal = summary?.terminal ?? null;
    this.title = summary?.title ?? "Terminal";
    this.ended = summary?.ended ?? false;
    this.state = "connecting";
    this.active = false;
    this.leads = false;
    this.link = null;
    this.received = null;
    this.acked = 0;
    this.live = 0;
    this.parsed = 0;
    this.#forgetInput();
    this.#makePanel();
  }

  get alive() {
    return this.link !== null;
  }

  /** Shows it, connecting at the first time. */
  activate() {
    this.active = true;
    this.panel.hidden = false;
    if (!this.link) {
      this.#makeScreen();
      this.fit.fit();
      this.link = new Link(this);
    }
    this.resized();
    this.xterm.focus();
  }

  deactivate() {
    this.active = false;
    this.panel.hidden = true;
    this.tellView();
  }

  /** Takes it off the page; the shell goes on unless it was closed. */
  remove() {
    this.link?.end();
    this.link = null;
    this.observer?.disconnect();
    clearTimeout(this.ackTimer);
    this.xterm?.dispose();
    this.panel.remove();
  }

  close() {
    this.link?.send({ type: "close" });
  }

  rename(title) {
    this.link?.send({ type: "title", title });
  }

  restart() {
    this.link?.send({ type: "restart" });
    this.xterm.focus();
  }

  // What the link asks and tells.

  hello() {
    this.view = "";
    this.#forgetInput();
    const { type, ...view } = this.#view();
    return { type: "attach", terminal: this.terminal, received: this.received, ...view };
  }

  probe() {
    return this.#view();
  }

  onState(state, status) {
    this.state = state;
    this.status = status;
    this.xterm.options.disableStdin = state !== "connected";
    this.panel.classList.toggle("lost", state !== "connected" && state !== "connecting");
    this.page.onState(this);
  }

  onOutput(bytes) {
    this.received += bytes.length;
    const offset = this.received;
    this.xterm.write(bytes, () => this.#shown(offset));
    if (offset > this.live) this.page.onFresh(this);
  }

  onMessage(message) {
    switch (message.type) {
      case "attached":
        this.terminal = message.terminal;
        this.#begin(message, message.reset);
        this.page.onAttached(this);
        break;
      case "skipped":
        this.#begin(message, true);
        break;
      case "size":
        this.leads = message.yours;
        if (message.columns !== this.xterm.cols || message.rows !== this.xterm.rows) {
          this.xterm.resize(message.columns, message.rows);
        }
        break;
      case "taken":
        this.taken = message.input;
        this.#pourInput();
        break;
      case "started":
        this.#setEnded(false);
        break;
      case "ended":
        this.#setEnded(true, message);
        break;
      case "terminals":
        this.page.onTerminals(message.terminals);
        break;
      case "gone":
        this.page.onGone(this, message.reason);
        break;
    }
  }

  // Output.

  #begin({ offset, live, modes }, reset) {
    // By way of the output, so that it takes effect after what is still to be shown.
    if (reset && this.received !== null) this.xterm.write("\x1bc");
    if (modes) this.xterm.write(modes);
    this.received = this.acked = offset;
    this.parsed = Math.min(this.parsed, offset);
    this.live = live;
  }

  #shown(offset) {
    this.parsed = offset;
    if (offset - this.acked >= ACK_EVERY) this.#ack();
    else this.ackTimer ??= setTimeout(() => this.#ack(), ACK_AFTER);
  }

  #ack() {
    clearTimeout(this.ackTimer);
    this.ackTimer = null;
    if (this.parsed <= this.acked) return;
    this.acked = this.parsed;
    this.link?.send({ type: "ack", received: this.parsed });
  }

  // Input.

  #forgetInput() {
    this.queue = [];
    this.typed = 0;
    this.taken = 0;
  }

  #type(bytes) {
    for (let at = 0; at < bytes.length; at += INPUT_PIECE) {
      this.queue.push(bytes.subarray(at, at + INPUT_PIECE));
    }
    this.#pourInput();
  }

  #pourInput() {
    while (this.queue.length && this.typed - this.taken < INPUT_WINDOW) {
      const piece = this.queue.shift();
      this.typed += piece.length;
      this.link.type(piece);
    }
  }

  #onData(data) {
    const answers = this.leads && this.parsed >= this.live;
    if (!answers && REPLY.test(data)) return;
    if (this.ended) {
      if (data === "\r") this.restart();
      return;
    }
    this.#type(encoder.encode(this.page.modify(data)));
  }

  /** Types text as if it came from the keyboard. */
  enter(text) {
    this.xterm.input(text);
  }

  // Size, focus, looks.

  #view() {
    const size = this.fit.proposeDimensions();
    const fits = size && size.cols > 1 && size.rows > 0;
    return {
      type: "view",
      columns: Math.min(fits ? size.cols : this.xterm.cols, 1000),
      rows: Math.min(fits ? size.rows : this.xterm.rows, 500),
      focused: this.active && document.hasFocus(),
      visible: this.active && !document.hidden,
    };
  }

  /** Tells the app how we look at the terminal, when that is news. */
  tellView() {
    if (!this.link?.connected) return;
    const view = this.#view();
    const text = JSON.stringify(view);
    if (text === this.view) return;
    this.view = text;
    this.link.send(view);
  }

  resized() {
    if (!this.active || !this.xterm) return;
    this.tellView();
  }

  restyle(more = {}) {
    if (this.xterm) Object.assign(this.xterm.options, looks(), more);
  }

  #setEnded(ended, how) {
    this.ended = ended;
    this.how = how;
    this.notice.hidden = !ended;
    if (ended) {
      this.notice.firstChild.textContent = `The shell ${endedWords(how)}. Press Enter to start a new one.`;
    }
    this.page.onTitle(this);
    requestAnimationFrame(() => this.resized());
  }

  #makePanel() {
    this.panel = document.createElement("section");
    this.panel.className = "panel";
    this.panel.hidden = true;
    this.panel.setAttribute("role", "tabpanel");
    this.screen = document.createElement("div");
    this.screen.className = "screen";
    this.notice = document.createElement("p");
    this.notice.className = "notice";
    this.notice.hidden = true;
    this.notice.setAttribute("role", "status");
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = "Start a new shell";
    again.addEventListener("click", () => this.restart());
    this.notice.append(document.createElement("span"), again);
    this.panel.append(this.screen, this.notice);
  }

  #makeScreen() {
    this.xterm = new Terminal({
      ...looks(),
      ...this.page.options(),
      allowProposedApi: true, // unicode and search decorations
      fontFamily: 'ui-monospace, "SFMono-Regular", "DejaVu Sans Mono", Menlo, Consolas, monospace',
      fontSize: 14,
      lineHeight: 1.15, // at 1 some fonts lose their underscores
      scrollback: 10_000,
      macOptionClickForcesSelection: true,
      linkHandler: { activate: openLink, allowNonHttpProtocols: false },
    });
    this.fit = new FitAddon();
    this.search = new SearchAddon();
    for (const addon of [
      this.fit,
      this.search,
      new Unicode11Addon(),
      new WebLinksAddon(openLink),
      new ClipboardAddon(undefined, clipboard),
    ]) {
      this.xterm.loadAddon(addon);
    }
    this.xterm.unicode.activeVersion = "11";
    this.xterm.attachCustomKeyEventHandler((event) => this.page.onKey(this, event));
    this.xterm.onData((data) => this.#onData(data));
    this.xterm.onBinary((data) => {
      if (!this.ended) this.#type(Uint8Array.from(data, (one) => one.charCodeAt(0)));
    });
    this.xterm.onTitleChange((title) => {
      this.programTitle = title;
      this.page.onTitle(this);
    });
    this.xterm.open(this.screen);
    this.xterm.textarea.addEventListener("focus", () => this.tellView());
    this.observer = new ResizeObserver(() => this.resized());
    this.observer.observe(this.screen);
  }
}

/** Says how a shell ended: “ended (code 1)”. */
export function endedWords(how) {
  if (how?.code != null) return `ended (code ${how.code})`;
  if (how?.signal != null) return `ended (signal ${how.signal})`;
  return "ended";
}
