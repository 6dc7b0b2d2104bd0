// What the server's pages do beyond plain HTML. Everything works without it, except
// that nothing moves by itself.

import htmx from "htmx.org";

import { startFilters, startLogs, startPicking } from "./js/environments.js";
import { startAgain } from "./js/again.js";
import { follow, renewing } from "./js/live.js";
import { startMenus, startCopying, startPlaces, startTheme } from "./js/controls.js";
import { startTimes } from "./js/times.js";
import { toast } from "./js/toast.js";

// Neither inline style nor eval: the content security policy allows none.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
// Pages are personal: none of them stays behind in the browser's storage.
htmx.config.historyCacheSize = 0;
htmx.config.selfRequestsOnly = true;
htmx.config.timeout = 15000;
// Nothing fades in: what is put in is at once a part that can be told to renew itself.
htmx.config.defaultSettleDelay = 0;
// A refusal comes as the same part of the page, with the reason on it.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "401", swap: false, error: true },
  { code: "[45]..", swap: true, error: true },
];

document.documentElement.dataset.script = "on";

document.addEventListener("htmx:beforeSwap", (event) => {
  // A page where a part was asked for (an error page) must not be put into the part.
  const text = event.detail.serverResponse;
  const chosen = event.detail.requestConfig?.elt?.closest("[hx-select]"); // takes its part out of a page
  const page = typeof text === "string" && text.trimStart().startsWith("<!doctype");
  if (page && !(chosen && event.detail.xhr.status < 400)) {
    event.detail.shouldSwap = false;
    toast("That did not work. Reload the page and try again.", "bad");
  }
});
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 401) location.reload();
});
document.addEventListener("htmx:sendError", () => {
  toast("The server does not answer. Check your connection and try again.", "bad");
});

// What was said once is not said again when the page is reloaded or shared.
if (new URLSearchParams(location.search).has("done")) {
  history.replaceState(null, "", location.pathname + location.hash);
}

startTheme();
startMenus();
startPlaces();
startCopying();
startTimes();
startFilters();
startLogs();
startPicking();
startAgain();
follow(renewing((element) => htmx.trigger(element, "refresh")));
