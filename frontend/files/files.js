// An archive dropped on the page, and how far it is. Without this the form works as well.

const form = document.querySelector("#form");

if (form) {
  const file = form.querySelector("#file");
  const drop = form.querySelector("#drop");
  const said = form.querySelector("#said");
  const bar = form.querySelector("#progress");
  const button = form.querySelector("#send");

  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", kind === "dragenter" || kind === "dragover");
    });
  }
  drop.addEventListener("drop", (event) => {
    if (event.dataTransfer.files.length) file.files = event.dataTransfer.files;
  });

  const ended = (text) => {
    said.textContent = text;
    said.className = "problem";
    bar.hidden = true;
    button.disabled = false;
  };

  form.addEventListener("submit", (event) => {
    if (!file.files.length) return;
    event.preventDefault();
    const sending = new XMLHttpRequest();
    sending.open("POST", form.action);
    sending.setRequestHeader("Accept", "application/json");
    sending.responseType = "json";
    sending.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.value = total ? (100 * loaded) / total : 0;
      said.textContent = `Sending: ${Math.floor(bar.value)} %`;
    });
    sending.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      said.textContent = "Unpacking…";
    });
    sending.addEventListener("error", () => ended("The connection broke. Try again."));
    sending.addEventListener("load", () => {
      const answer = sending.response;
      if (sending.status !== 200) {
        ended(answer?.error?.message ?? "It was not taken. Try again.");
        return;
      }
      bar.hidden = true;
      said.textContent = `${answer.entries} entries are unpacked. They are in the project now.`;
    });
    said.className = "";
    said.textContent = "Sending…";
    bar.hidden = false;
    button.disabled = true;
    sending.send(file.files[0]);
  });
}
