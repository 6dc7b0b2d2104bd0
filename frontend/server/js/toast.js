// Short messages at the edge of the page.

const SECONDS = 7;

/** Shows a sentence for a few seconds; screen readers read it out. */
export function toast(sentence, kind = "") {
  const place = document.getElementById("toasts");
  if (!place) return;
  const box = document.createElement("div");
  box.className = `toast ${kind}`.trim();
  box.textContent = sentence;
  place.append(box);
  setTimeout(() => box.remove(), SECONDS * 1000);
}
