// A dialog in which a folder of the project is chosen.

import { ask } from "./dialogs.js";
import { icon, make } from "./dom.js";
import { nameOf, parentOf, shown } from "./ways.js";

/** Returns the way to a folder, or null. `check(way)` says why one will not do. */
export async function pickFolder(page, { title, ok, start, check }) {
  let here = start;
  const where = make("p", { class: "where", role: "status" });
  const list = make("ul", { class: "folders", "aria-label": "Folders" });
  const step = (words, sign, way) => {
    const go = make("button", { type: "button" }, icon(sign), make("span", { text: words }));
    go.addEventListener("click", () => show(way, true));
    return make("li", {}, go);
  };

  async function show(way, focus) {
    here = way;
    where.textContent = way ? `${page.project}/${shown(way)}` : page.project;
    const known = page.folders.get(way)?.entries
      ? page.folders.get(way)
      : await page.folders.refresh(way);
    if (here !== way) return;
    const folders = (known.entries ?? []).filter((one) => one.folder && page.shows(one));
    const rows = folders.map((one) => step(one.name, "folder", one.way));
    if (way)
      rows.unshift(
        step(
          parentOf(way) ? `Up to ${nameOf(parentOf(way))}` : "Up to the project",
          "up",
          parentOf(way),
        ),
      );
    if (known.problem) rows.push(make("li", { class: "wrong", text: known.problem }));
    else if (!folders.length) rows.push(make("li", { class: "hint", text: "No folders in here." }));
    list.replaceChildren(...rows);
    if (focus) list.querySelector("button")?.focus();
  }

  const answer = await ask({
    title,
    answers: [["ok", ok, "first"]],
    check: () => check(here),
    fill(body) {
      body.append(where, list);
      show(start, true);
    },
  });
  return answer ? here : null;
}
