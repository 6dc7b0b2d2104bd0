// A page that had to be put off: it comes as soon as it can, and not before.

/** Asks for the page every so many seconds; what reads it aloud is not interrupted. */
export function startAgain() {
  const seconds = Number(document.querySelector("[data-again]")?.dataset.again);
  if (!seconds) return;
  setInterval(async () => {
    const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
    if (answer && answer.status !== 503) location.reload();
  }, seconds * 1000);
}
