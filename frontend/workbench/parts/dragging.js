// Things that are dragged: rows of the page to other folders, files from outside.

import { parentOf } from "./ways.js";

const OURS = "application/x-aen-ways";
let carried = [];

export function drag(event, entries) {
  carried = entries;
  event.dataTransfer.setData(OURS, JSON.stringify(entries.map(({ way }) => way)));
  event.dataTransfer.setData("text/plain", entries.map(({ name }) => name).join("\n"));
  event.dataTransfer.effectAllowed = "move";
  event.stopPropagation();
}

const holds = (event, kind) => event.dataTransfer?.types.includes(kind);

/** Whether what is dragged may be dropped in a folder. */
function fits(event, folder) {
  if (holds(event, "Files")) return true;
  if (!holds(event, OURS)) return false;
  return carried.some(
    ({ way }) => parentOf(way) !== folder && way !== folder && !folder.startsWith(`${way}/`),
  );
}

/**
 * Lets `element` take what is dropped: `take.entries(entries, folder)` or
 * `take.files(transfer, folder)`. `folder` is a way or a function that gives one.
 */
export function dropOn(element, folder, take) {
  const where = () => (typeof folder === "function" ? folder() : folder);
  const leave = () => element.classList.remove("over");
  element.addEventListener("dragover", (event) => {
    if (!fits(event, where()) || !take.may()) return;
    event.preventDefault();
    event.stopPropagation();
    event.dataTransfer.dropEffect = holds(event, "Files") ? "copy" : "move";
    for (const other of document.querySelectorAll(".over"))
      if (other !== element) other.classList.remove("over");
    element.classList.add("over");
  });
  element.addEventListener("dragleave", (event) => {
    if (!element.contains(event.relatedTarget)) leave();
  });
  element.addEventListener("drop", (event) => {
    leave();
    if (!fits(event, where()) || !take.may()) return;
    event.preventDefault();
    event.stopPropagation();
    if (holds(event, "Files")) take.files(event.dataTransfer, where());
    else take.entries(carried, where());
  });
}

async function below(entry, path, found) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    found.files.push({ file, folders: path });
    return;
  }
  const here = [...path, entry.name];
  found.folders.push(here);
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (some.length === 0) return;
    for (const one of some) await below(one, here, found);
  }
}

/** Returns what was dropped: {files: [{file, folders}], folders: [names…]}. */
export async function dropped(transfer) {
  const found = { files: [], folders: [] };
  // All are asked for before the first is waited for: the event forgets them then.
  const entries = [...transfer.items]
    .filter(({ kind }) => kind === "file")
    .map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  for (const entry of entries) {
    if (entry instanceof File) found.files.push({ file: entry, folders: [] });
    else if (entry) await below(entry, [], found);
  }
  return found;
}

/** Returns what was chosen in a field for a whole folder, in the same form. */
export function picked(files) {
  const list = [...files].map((file) => ({
    file,
    folders: file.webkitRelativePath.split("/").slice(0, -1),
  }));
  const folders = new Map();
  for (const one of list) {
    one.folders.forEach((_, at) =>
      folders.set(one.folders.slice(0, at + 1).join("/"), one.folders.slice(0, at + 1)),
    );
  }
  return { files: list, folders: [...folders.values()] };
}
