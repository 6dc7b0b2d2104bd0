// The way to a folder or a file, each folder a link.

import { icon, make, reconcile } from "./dom.js";
import { foldersAbove, nameOf } from "./ways.js";

export const hashOf = (way, folder) => `#/${way}${folder && way ? "/" : ""}`;

/** Fills `nav`; things can be dropped on its folders. */
export function showCrumbs(nav, page, way, { folder = false } = {}) {
  if (nav.dataset.way === `${way}:${folder}`) return;
  nav.dataset.way = `${way}:${folder}`;
  const steps = foldersAbove(way).map((above) => {
    const link = make("a", { href: hashOf(above, true) });
    if (above) link.textContent = nameOf(above);
    else link.append(icon("home"), make("span", { text: page.project }));
    page.dropOn(link, above);
    return make("li", {}, link);
  });
  if (way) steps.push(make("li", { "aria-current": "page" }, make("span", { text: nameOf(way) })));
  else steps[0].setAttribute("aria-current", "page");
  const list = nav.querySelector("ol") ?? nav.appendChild(make("ol"));
  reconcile(list, folder && !way ? [steps[0]] : steps);
  nav.scrollLeft = nav.scrollWidth;
}
