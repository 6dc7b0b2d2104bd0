// Short messages that pass, read out by a screen reader; some can be undone.

import { button, byId, make } from "./dom.js";

const SHOWN_MS = 6_000;
const LONGER_MS = 15_000;

function show(text, { bad = false, act = null, words = "" } = {}) {
  const place = byId("toasts");
  const toast = make("div", { class: bad ? "toast bad" : "toast" }, make("span", { text }));
  const end = () => toast.remove();
  if (act) {
    toast.append(
      button(words, () => {
        end();
        act();
      }),
    );
  }
  toast.append(button("Dismiss", end, { sign: "cross" }));
  place.append(toast);
  while (place.children.length > 2) place.firstElementChild.remove();
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, SHOWN_MS);
    else end();
  };
  setTimeout(leave, bad || act ? LONGER_MS : SHOWN_MS);
}

/** Says that something was done. */
export const tell = (text, more) => show(text, more);

/** Says why something was not done. */
export function tellProblem(error, more) {
  if (error.name === "AbortError") return;
  if (error.status === undefined) console.error(error);
  show(error.message, { bad: true, ...more });
}
