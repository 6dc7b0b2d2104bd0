// Follows what happens on the server and brings the page up to date.
//
// <main data-stream="/ada/lab/events"> names the stream. Elements with data-live
// fetch themselves anew when something changed: anything of USUAL, or the kinds named
// in data-live="environment state". Those with data-beat do so every few seconds, too.
// Progress and output are put in as they come.

import { announceEnd, hear } from "./environments.js";
import { say, showStep } from "./telling.js";

const USUAL = ["state", "apps", "team", "account"];
const BEAT = 10_000;
const SOON = 80; // several events at once make one refresh
const AGAIN = 5000;

/**
 * Returns what has a part fetch itself anew by `ask`: once more afterwards where it
 * was told to while it was being fetched, for what came may be older than the news.
 */
export function renewing(ask) {
  const again = new Set();
  const renew = (element) => {
    if (element.classList.contains("htmx-request")) again.add(element.id);
    else ask(element);
  };
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const { id } = detail.requestConfig.elt; // that element is replaced by now
    const element = again.delete(id) && document.getElementById(id);
    if (element) renew(element);
  });
  return renew;
}

/** Starts following; `refresh` is called with each element that must fetch itself. */
export function follow(refresh) {
  const place = document.querySelector("[data-stream]");
  if (!place) return;
  let source = null;
  let timer = 0;
  let retry = 0;
  let first = true;
  let due = new Set();

  const soon = (...kinds) => {
    for (const kind of kinds) due.add(kind);
    clearTimeout(timer);
    timer = setTimeout(() => {
      const told = due;
      due = new Set();
      for (const element of document.querySelectorAll("[data-live]")) {
        const asked = element.dataset.live ? element.dataset.live.split(" ") : USUAL;
        if (asked.some((kind) => told.has(kind))) refresh(element);
      }
    }, SOON);
  };

  const open = () => {
    clearTimeout(retry);
    if (source || document.hidden) return;
    source = new EventSource(place.dataset.stream);
    source.addEventListener("open", () => {
      // What happened while nobody listened is on no stream.
      const going = document.querySelector("[data-environment-progress]");
      if (!first || going) soon(...USUAL, "environment");
      first = false;
    });
    for (const kind of USUAL) source.addEventListener(kind, () => soon(kind));
    source.addEventListener("environment", (event) => {
      const data = JSON.parse(event.data);
      if (data.done) announceEnd(data);
      if (data.done || !hear(data)) soon("environment");
    });
    source.addEventListener("site", () => soon("site"));
    source.addEventListener("state", (event) => announce(JSON.parse(event.data)));
    source.addEventListener("progress", (event) => {
      if (!progress(JSON.parse(event.data))) soon("state");
    });
    source.addEventListener("end", ended);
    source.addEventListener("error", () => {
      // The browser tries again by itself unless the answer was a refusal.
      if (source?.readyState !== EventSource.CLOSED) return;
      close();
      retry = setTimeout(open, AGAIN);
    });
  };

  const close = () => {
    source?.close();
    source = null;
    clearTimeout(retry);
  };

  // Browsers allow six connections to a host: tabs nobody looks at hold none.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  // A form that leaves the page (signing out ends this stream) is not overtaken.
  document.addEventListener("submit", (event) => event.defaultPrevented || close());
  setInterval(() => {
    if (document.hidden) return;
    for (const element of document.querySelectorAll("[data-beat]")) {
      // What somebody has opened or stands in is left alone.
      const used = element.contains(document.activeElement);
      if (!used && !element.querySelector("details[open]")) refresh(element);
    }
  }, BEAT);
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
}

/**
 * What the page shows is closed to whoever looks at it, or nobody is signed in.
 *
 * Whether a project is still there, nobody learns here: the page had shown it before.
 */
async function ended() {
  const main = document.querySelector("main");
  const answer = await fetch(location.href, { redirect: "manual" }).catch(() => null);
  if (answer?.status !== 404 || !main) {
    location.reload();
    return;
  }
  const box = document.createElement("div");
  box.className = "error-page";
  const title = document.createElement("h1");
  title.textContent = "You can no longer open this project";
  const text = document.createElement("p");
  text.textContent =
    "You are not in its team any more, or it was deleted or renamed. Its owner can tell you more.";
  const link = document.createElement("a");
  link.className = "button";
  link.href = "/";
  link.textContent = "Go to your projects";
  const buttons = document.createElement("p");
  buttons.className = "buttons";
  buttons.append(link);
  box.append(title, text, buttons);
  main.replaceChildren(box);
  document.title = title.textContent;
  say(title.textContent);
}

/** Tells screen readers of a new state. */
function announce({ project, state }) {
  if (state) say(`${project ?? "Project"}: ${state}`);
}

/** Moves the bar of a project; returns false when the page shows none yet. */
function progress(data) {
  const step = data.progress ?? data;
  const box = document.querySelector(`[data-progress="${CSS.escape(data.project ?? "")}"]`);
  if (!box || !step.step) return false;
  showStep(box, step);
  return true;
}
