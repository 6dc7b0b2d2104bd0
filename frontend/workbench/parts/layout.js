// Where the panels are: how wide and high, and which one a narrow window shows.

import { byId, make, remember, remembered } from "./dom.js";

const SIZES = "aen.workbench.sizes";
const NARROW = matchMedia("(max-width: 45rem)");

/** Lets the edge between two panels be moved, by pointer and by keyboard. */
function edge(element, { name, vertical, least, most, start }) {
  const sizes = JSON.parse(remembered("local", SIZES) ?? "{}");
  const root = document.documentElement;
  let now = 0;
  const set = (size, keep = true) => {
    now = Math.round(Math.min(Math.max(size, least), most()));
    root.style.setProperty(`--${name}`, `${now}px`);
    element.setAttribute("aria-valuenow", now);
    element.setAttribute("aria-valuemin", least);
    element.setAttribute("aria-valuemax", Math.max(now, Math.round(most())));
    if (keep)
      remember(
        "local",
        SIZES,
        JSON.stringify({ ...JSON.parse(remembered("local", SIZES) ?? "{}"), [name]: now }),
      );
  };
  set(sizes[name] ?? start, false);
  element.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    element.setPointerCapture(event.pointerId);
    document.body.classList.add("moving"); // frames would take the pointer
    const from = { at: vertical ? event.clientX : event.clientY, size: now };
    const move = ({ clientX, clientY }) =>
      set(from.size + (vertical ? clientX - from.at : from.at - clientY));
    const end = () => {
      element.removeEventListener("pointermove", move);
      document.body.classList.remove("moving");
    };
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", end, { once: true });
    element.addEventListener("pointercancel", end, { once: true });
  });
  element.addEventListener("keydown", ({ key }) => {
    const step = {
      ArrowLeft: vertical ? -20 : 0,
      ArrowRight: vertical ? 20 : 0,
      ArrowUp: vertical ? 0 : 20,
      ArrowDown: vertical ? 0 : -20,
    }[key];
    if (step) set(now + step);
  });
  addEventListener("resize", () => set(now, false));
}

export class Layout {
  /** `page` has terminalOf(): its address, and onPane(pane). */
  constructor(page) {
    this.page = page;
    this.drawer = byId("drawer");
    edge(byId("edge-side"), {
      name: "side",
      vertical: true,
      least: 180,
      most: () => Math.min(560, innerWidth - 420),
      start: 270,
    });
    edge(byId("edge-drawer"), {
      name: "drawer",
      vertical: false,
      least: 120,
      most: () => Math.max(160, innerHeight - 260),
      start: 300,
    });
    this.toggles = [byId("terminal"), byId("pane-terminal")];
    for (const one of this.toggles) one?.addEventListener("click", () => this.toggleTerminal());
    byId("terminal-close")?.addEventListener("click", () => this.toggleTerminal(false));
    NARROW.addEventListener("change", () => this.show(this.pane));
  }

  get open() {
    return !this.drawer.hidden;
  }

  /** Shows or hides the terminal; it is loaded when it is first shown, and stays. */
  toggleTerminal(open = !this.open) {
    if (open && !this.frame) {
      this.frame = make("iframe", { title: "Terminal", src: this.page.terminalOf() });
      byId("drawer-body").append(this.frame);
    }
    this.drawer.hidden = !open;
    byId("edge-drawer").hidden = !open;
    document.body.classList.toggle("with-terminal", open);
    byId("terminal")?.setAttribute("aria-pressed", String(open));
    this.show(this.pane);
    if (open) this.frame.focus();
  }

  /** Says which panel is the one of a narrow window: files or editor. */
  show(pane) {
    this.pane = pane;
    const now = this.open && NARROW.matches ? "terminal" : pane;
    for (const one of ["files", "editor", "terminal"]) {
      const choice = byId(`pane-${one}`);
      if (!choice) continue;
      if (one === now) choice.setAttribute("aria-current", "true");
      else choice.removeAttribute("aria-current");
    }
  }
}
