// A menu of things to do, below a button or where the pointer is; after the ARIA pattern.

import { icon, make } from "./dom.js";

let open = null;

function close(focus) {
  if (!open) return;
  const { element, opener, away } = open;
  open = null;
  removeEventListener("pointerdown", away, true);
  removeEventListener("blur", away);
  element.remove();
  opener?.setAttribute("aria-expanded", "false");
  if (focus) (opener ?? focus)?.focus?.({ preventScroll: true });
}

function onKey(event, back) {
  const items = [...open.element.querySelectorAll("[role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const step = {
    ArrowDown: () => items[(at + 1) % items.length],
    ArrowUp: () => items[(at - 1 + items.length) % items.length],
    Home: () => items[0],
    End: () => items.at(-1),
  }[event.key];
  if (step) {
    event.preventDefault();
    step().focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    close(back);
  } else if (event.key.length === 1) {
    const key = event.key.toLowerCase();
    const after = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    after.find((item) => item.textContent.trim().toLowerCase().startsWith(key))?.focus();
  }
}

/** `choices`: {words, sign, act, bad} or null for a line; at an element or {x, y}. */
export function openMenu(choices, at, label = "Actions") {
  const again = open?.opener && open.opener === at;
  close();
  if (again) return;
  const opener = at instanceof Element ? at : null;
  const back = opener ?? document.activeElement;
  const element = make("div", { class: "menu", role: "menu", "aria-label": label });
  for (const choice of choices) {
    if (!choice) {
      element.append(make("div", { role: "separator" }));
      continue;
    }
    const { words, sign, act, bad, keys } = choice;
    const item = make(
      "button",
      { type: "button", role: "menuitem", tabIndex: -1, class: bad ? "bad" : "" },
      icon(sign),
      make("span", { text: words }),
      keys ? make("kbd", { text: keys, "aria-hidden": "true" }) : null,
    );
    item.addEventListener("click", () => {
      close(back);
      act();
    });
    element.append(item);
  }
  document.body.append(element);
  place(element, opener ? opener.getBoundingClientRect() : new DOMRect(at.x, at.y, 0, 0));
  const away = (event) => {
    if (event.type === "blur" || !element.contains(event.target)) {
      if (!opener?.contains(event.target)) close();
    }
  };
  open = { element, opener, away };
  opener?.setAttribute("aria-expanded", "true");
  addEventListener("pointerdown", away, true);
  addEventListener("blur", away); // a frame has the pointer
  element.addEventListener("keydown", (event) => onKey(event, back));
  element.querySelector("[role=menuitem]")?.focus();
}

function place(element, from) {
  const { width, height } = element.getBoundingClientRect();
  const left = Math.min(from.left, innerWidth - width - 8);
  const below = from.bottom + height + 8 <= innerHeight;
  const top = below ? from.bottom + 4 : Math.max(8, from.top - height - 4);
  element.style.left = `${Math.max(8, left)}px`;
  element.style.top = `${top}px`;
}
