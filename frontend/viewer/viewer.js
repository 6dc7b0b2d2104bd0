// Several lines by one address: #L3-L9, and a click with Shift that makes one.

const RANGE = /^#L(\d{1,7})(?:-L?(\d{1,7}))?$/;

function chosen() {
  const found = RANGE.exec(location.hash);
  if (!found) return null;
  const ends = [Number(found[1]), Number(found[2] ?? found[1])];
  return { first: Math.min(...ends), last: Math.max(...ends) };
}

function show() {
  for (const line of document.querySelectorAll(".line.chosen")) line.classList.remove("chosen");
  const range = chosen();
  if (!range) return;
  let line = document.getElementById(`L${range.first}`);
  line?.scrollIntoView({ block: "center" });
  for (let number = range.first; line && number <= range.last; number += 1) {
    line.classList.add("chosen");
    line = line.nextElementSibling;
  }
}

document.addEventListener("click", (event) => {
  const number = event.target.closest?.(".line > a")?.textContent;
  const range = chosen();
  if (!number || !event.shiftKey || !range) return;
  event.preventDefault();
  const [first, last] = [range.first, Number(number)].sort((one, other) => one - other);
  location.hash = `#L${first}-L${last}`;
});
addEventListener("hashchange", show);
show();
