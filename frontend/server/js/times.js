// "3 minutes ago" stays true while the page is open; hovering shows the local time.

const UNITS = [
  [60, 1, "second"],
  [3600, 60, "minute"],
  [86400, 3600, "hour"],
  [30 * 86400, 86400, "day"],
  [365 * 86400, 30 * 86400, "month"],
  [Infinity, 365 * 86400, "year"],
];

function span(seconds) {
  const [, size, unit] = UNITS.find(([below]) => seconds < below);
  const whole = Math.max(1, Math.floor(seconds / size));
  return `${whole} ${unit}${whole === 1 ? "" : "s"}`;
}

function words(then) {
  const passed = (Date.now() - then) / 1000;
  if (Math.abs(passed) < 10) return "just now";
  return passed > 0 ? `${span(passed)} ago` : `in ${span(-passed)}`;
}

function refresh() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const then = Date.parse(time.dateTime);
    const text = words(then);
    if (time.textContent !== text) time.textContent = text;
    time.title = new Date(then).toLocaleString();
  }
}

/** Keeps the times of the page true. */
export function startTimes() {
  refresh();
  setInterval(refresh, 20_000);
  document.addEventListener("htmx:afterSwap", refresh);
}
