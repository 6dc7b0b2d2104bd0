// An archive dropped on the page, and how far it is. Without this the form works as well.

const form = document.querySelector("#form");

if (form) {
  const file = form.querySelector("#file");
  const drop = form.querySelector("#drop");
  const said = form.querySelector("#said");
  const bar = form.querySelector("#progress");
  const button = form.querySelector("#send");
  const cancel = form.querySelector("#cancel");
  let sending = null;

  const say = (text, wrong = false) => {
    if (said.textContent !== text) said.textContent = text;
    said.className = wrong ? "problem" : "";
  };

  // A file that misses the field would take the place of the page.
  for (const kind of ["dragover", "drop"]) {
    window.addEventListener(kind, (event) => event.preventDefault());
  }
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    drop.addEventListener(kind, () => {
      drop.classList.toggle("over", kind === "dragenter" || kind === "dragover");
    });
  }

  drop.addEventListener("drop", ({ dataTransfer }) => {
    const { files, items } = dataTransfer;
    if (sending || !files.length) return;
    const folder = [...items].some((one) => one.webkitGetAsEntry?.()?.isDirectory);
    if (folder || files.length > 1) {
      say("One archive at a time: pack a folder, or several files, into one first.", true);
      return;
    }
    file.files = files;
    say("");
  });
  file.addEventListener("change", () => say(""));

  const busy = (is) => {
    bar.hidden = !is;
    cancel.hidden = !is;
    button.disabled = is;
    file.disabled = is;
  };

  const ended = (text) => {
    sending = null;
    busy(false);
    say(text, true);
    button.focus();
  };

  const finished = ({ entries }) => {
    sending = null;
    const done = document.querySelector("#done");
    document.querySelector("#made").textContent =
      entries === 1
        ? "1 entry was unpacked into the project."
        : `${entries} entries were unpacked into the project.`;
    document.querySelector("#asking").hidden = true;
    done.hidden = false;
    done.querySelector("h1").focus();
  };

  const send = (archive) => {
    sending = new XMLHttpRequest();
    sending.open("POST", form.action);
    sending.setRequestHeader("Accept", "application/json");
    sending.responseType = "json";
    sending.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.value = total ? (100 * loaded) / total : 0;
      // In steps: each is read aloud to those who listen.
      say(`Sending: ${10 * Math.floor(bar.value / 10)} %`);
    });
    sending.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      cancel.hidden = true;
      say("Unpacking…");
    });
    sending.addEventListener("error", () => ended("The connection broke. Try again."));
    sending.addEventListener("abort", () => ended("Nothing was unpacked."));
    sending.addEventListener("load", ({ target }) => {
      if (target.status === 200 && target.response) finished(target.response);
      else ended(target.response?.error?.message ?? "It was not taken. Try again.");
    });
    sending.send(archive);
  };

  form.addEventListener("submit", (event) => {
    if (!file.files.length) return;
    event.preventDefault();
    bar.value = 0;
    say("Sending…");
    send(file.files[0]);
    busy(true);
  });
  cancel.addEventListener("click", () => sending?.abort());
  window.addEventListener("beforeunload", (event) => {
    if (sending) event.preventDefault();
  });
}
