// Small helpers for the page's elements.

export const byId = (id) => document.getElementById(id);

const SVG = "http://www.w3.org/2000/svg";

/** Returns one of the icons in `files/signs.svg`. */
export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("class", `icon icon-${name}`);
  picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${document.body.dataset.signs}#${name}`);
  picture.append(use);
  return picture;
}

/**
 * Makes an element. Of `has`, `class`, `text`, `on` (listeners), `data` and what begins
 * with `aria` are special; what else is no property of the element is an attribute.
 */
export function make(tag, has = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(has)) {
    if (value === null || value === undefined) continue;
    if (name === "class") element.className = value;
    else if (name === "text") element.textContent = value;
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "on") {
      for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    } else if (name in element && !name.startsWith("aria")) element[name] = value;
    else element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Makes a button; with `sign` it shows an icon, and its words are its name. */
export function button(words, act, { sign = null, look = "", shown = !sign, ...more } = {}) {
  const inside = [sign ? icon(sign) : null, shown ? make("span", { text: words }) : null];
  const name = shown ? {} : { "aria-label": words, title: words };
  const made = make("button", { type: "button", class: look, ...name, ...more }, ...inside);
  made.addEventListener("click", act);
  return made;
}

/** Makes `parent` hold exactly `elements`, and moves none that is in its place. */
export function reconcile(parent, elements) {
  const kept = new Set(elements);
  for (const child of [...parent.children]) if (!kept.has(child)) child.remove();
  elements.forEach((element, at) => {
    if (parent.children[at] !== element) parent.insertBefore(element, parent.children[at] ?? null);
  });
}

/** Writes text where it differs: a live region is read again only if it has changed. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Remembers a small thing of this browser (`local`) or this window (`session`). */
export function remember(where, key, value) {
  try {
    const storage = window[`${where}Storage`];
    if (value === null) storage.removeItem(key);
    else storage.setItem(key, value);
    return true;
  } catch {
    return false; // switched off, or full
  }
}

export function remembered(where, key) {
  try {
    return window[`${where}Storage`].getItem(key);
  } catch {
    return null;
  }
}
