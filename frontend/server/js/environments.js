// What a tool does to an environment, as it says it; and helpers of the same page.

import { say, showStep } from "./telling.js";

const LINES = 2000;

/** Puts what an event tells of a change into the page; false: there is no place yet. */
export function hear(data) {
  const log = document.getElementById("environment-output");
  const box = document.querySelector("[data-environment-progress]");
  if (!log || !box) return false;
  if (data.line) append(log, data.line);
  if (data.progress?.step) showStep(box, data.progress);
  return true;
}

function append(log, text) {
  // Whoever reads further up is left there.
  const follows = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
  const lines = log.textContent ? log.textContent.split("\n") : [];
  log.textContent = [...lines, ...text.split("\n")].slice(-LINES).join("\n");
  if (follows) log.scrollTop = log.scrollHeight;
}

/** Shows the end of what was printed first: it is what people look for. */
export function startLogs() {
  const show = (within) => {
    for (const log of within.querySelectorAll(".log.tall")) log.scrollTop = log.scrollHeight;
  };
  show(document);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target instanceof Element) show(event.target);
  });
}

/** Says how a change has ended, for those who do not see the page. */
export function announceEnd({ name, problem }) {
  say(`Environment ${name}: ${problem ?? "done"}`);
}

/** Hides what a filter's text is not in. */
export function startFilters() {
  document.addEventListener("input", (event) => {
    const field = event.target.closest("[data-filter]");
    if (!field) return;
    const wanted = field.value.trim().toLowerCase();
    const items = document.querySelectorAll(`#${CSS.escape(field.dataset.filter)} > li`);
    for (const item of items) {
      item.hidden = !item.textContent.toLowerCase().includes(wanted);
    }
  });
  // Enter in it sends no form: there is nothing to send.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.closest?.("[data-filter]")) event.preventDefault();
  });
}

/** Reads a chosen file into the field that is sent. */
export function startPicking() {
  document.addEventListener("change", async (event) => {
    const chosen = event.target.closest("[data-into]");
    const file = chosen?.files?.[0];
    if (file) document.getElementById(chosen.dataset.into).value = await file.text();
  });
}
