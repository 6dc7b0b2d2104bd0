// Keys that a telephone's keyboard does not have.

const KEYS = [
  ["Esc", "\x1b"],
  ["Tab", "\t"],
  ["Ctrl", null],
  ["↑", "A", "Up"],
  ["↓", "B", "Down"],
  ["←", "D", "Left"],
  ["→", "C", "Right"],
  ["|", "|"],
  ["~", "~"],
  ["/", "/"],
  ["-", "-"],
];

export class Keys {
  /** `shown()` returns the pane that is shown. */
  constructor(shown) {
    this.shown = shown;
    this.held = false;
    const bar = document.getElementById("keys");
    for (const [label, text, name] of KEYS) {
      const button = document.createElement("button");
      button.type = "button";
      button.tabIndex = -1;
      button.textContent = label;
      if (name) button.setAttribute("aria-label", name);
      // Keeps the focus, and with it the keyboard, where it is.
      button.addEventListener("pointerdown", (event) => event.preventDefault());
      button.addEventListener("click", () => this.#press(text, Boolean(name)));
      if (text === null) {
        this.ctrl = button;
        button.setAttribute("aria-pressed", "false");
      }
      bar.append(button);
    }
  }

  /** Returns what typed text means while Ctrl is held. */
  modify(text) {
    if (!this.held || text.length !== 1) return text;
    this.#hold(false);
    const code = text.toUpperCase().charCodeAt(0);
    return code >= 0x40 && code < 0x60 ? String.fromCharCode(code & 0x1f) : text;
  }

  #hold(held) {
    this.held = held;
    this.ctrl.setAttribute("aria-pressed", String(held));
  }

  #press(text, isArrow) {
    if (text === null) {
      this.#hold(!this.held);
      return;
    }
    const pane = this.shown();
    if (!pane) return;
    const lead = pane.xterm.modes.applicationCursorKeysMode ? "\x1bO" : "\x1b[";
    pane.enter(isArrow ? lead + text : text);
  }
}
