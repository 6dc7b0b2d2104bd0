// The waiting page: shows how far an app is, and moves on when it is there.

const opening = document.getElementById("opening");
const step = document.getElementById("step");
const bar = document.getElementById("progress");

function showProgress({ step: text, done, total }) {
  const percent = total > 0 ? Math.floor((100 * done) / total) : null;
  step.textContent = percent === null ? text : `${text}: ${percent} %`;
  if (percent === null) {
    bar.removeAttribute("value");
  } else {
    bar.max = total;
    bar.value = done;
  }
}

function showProblem({ message, log }) {
  opening.hidden = true;
  document.getElementById("message").textContent = message;
  document.getElementById("log").textContent = log.join("\n");
  document.getElementById("output").hidden = log.length === 0;
  document.getElementById("problem").hidden = false;
  document.title = document.querySelector("#problem h1").textContent;
}

if (opening) {
  const events = new EventSource(opening.dataset.events);
  events.addEventListener("progress", (event) => showProgress(JSON.parse(event.data)));
  events.addEventListener("ready", () => {
    events.close();
    location.reload();
  });
  events.addEventListener("problem", (event) => {
    events.close();
    showProblem(JSON.parse(event.data));
  });
  events.addEventListener("error", () => {
    // The browser reconnects by itself while the connection is merely lost; a refusal
    // (signed out, no right any more) is shown by the page itself.
    if (events.readyState === EventSource.CLOSED) location.reload();
    else step.textContent = "The connection is lost; trying again…";
  });
}
