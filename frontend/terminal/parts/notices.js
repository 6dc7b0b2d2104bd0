// What everybody is to read: announcements, as the gateway tells them.

const ADDRESS = "/_aen/notices";
const EVERY_MS = 60_000;

/** Shows notices above the terminals until they are over or have been dismissed. */
export class Notices {
  constructor(element) {
    this.element = element;
    this.dismissed = new Set();
    this.shown = "";
    this.look();
    setInterval(() => document.hidden || this.look(), EVERY_MS);
  }

  async look() {
    try {
      const answer = await fetch(ADDRESS, { cache: "no-store", credentials: "omit" });
      if (answer.ok) this.show((await answer.json()).items);
    } catch {
      // The gateway is away: what is shown stays, and the next look tells.
    }
  }

  show(items) {
    const left = items.filter(({ text }) => !this.dismissed.has(text));
    const now = JSON.stringify(left);
    if (now === this.shown) return;
    this.shown = now;
    this.element.replaceChildren(...left.map((one) => this.#line(one, items)));
  }

  #line({ text, level }, items) {
    const line = document.createElement("p");
    line.className = level === "info" ? "" : "loud";
    const words = document.createElement("span");
    words.textContent = text;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Dismiss";
    button.addEventListener("click", () => {
      this.dismissed.add(text);
      this.show(items);
    });
    line.append(words, button);
    return line;
  }
}
