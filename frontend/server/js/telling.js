// What goes on, for those who see the page and for those who have it read out.

/** Moves the bar in `box` to where a step is: `{step, done, total}`. */
export function showStep(box, { step, done, total }) {
  const bar = box.querySelector("progress");
  const share = total > 0 ? Math.min(100, Math.floor((done * 100) / total)) : null;
  if (share === null) bar.removeAttribute("value");
  else bar.value = share;
  box.querySelector("[data-step]").textContent = step;
  box.querySelector("output").textContent = share === null ? "" : `${share} %`;
}

/** Has screen readers read a sentence out. */
export function say(sentence) {
  const voice = document.getElementById("voice");
  if (voice) voice.textContent = sentence;
}
