// The buttons above a folder: for the folder, or for what is chosen in it.

import { button, make } from "./dom.js";
import { openMenu } from "./menu.js";

/** Returns the buttons of a folder in which nothing is chosen. */
export function folderTools(page, way) {
  const made = (words, sign, act, look = "button") =>
    button(words, act, { sign, shown: true, look });
  const change = [
    made("New file", "new-file", () => page.actions.newFile(way)),
    made("New folder", "new-folder", () => page.actions.newFolder(way)),
    made("Upload", "upload", () => page.uploads.pick(way), "button first"),
  ];
  const open = ({ currentTarget }) => openMenu(choices(page, way), currentTarget, "More");
  const more = button("More", open, {
    sign: "dots",
    look: "button round",
    "aria-haspopup": "menu",
    "aria-expanded": "false",
  });
  return page.may ? [...change, more] : [more];
}

function choices(page, way) {
  const here = { way, name: page.project, folder: true, kind: "folder" };
  const upload = {
    words: "Upload a folder",
    sign: "upload",
    act: () => page.uploads.pick(way, true),
  };
  const paste = {
    words: "Paste here",
    sign: "paste",
    keys: "Ctrl+V",
    act: () => page.actions.paste(way),
  };
  const hidden = {
    words: page.hidden ? "Leave out hidden files" : "Show hidden files",
    sign: "eye",
    act: () => page.setHidden(!page.hidden),
  };
  return [
    ...(page.may ? [upload] : []),
    ...(page.may && page.clipboard ? [paste] : []),
    { words: "Download this folder", sign: "download", act: () => page.actions.download([here]) },
    { words: "Search below here", sign: "search", act: () => page.search(way) },
    { words: "Permissions", sign: "people", act: () => page.actions.rights(here) },
    { words: "Trash", sign: "trash", act: () => page.showTrash() },
    null,
    hidden,
  ];
}

/** Returns the buttons for what is chosen: {count, get(), nothing()}. */
export function chosenTools(page, chosen) {
  const { actions } = page;
  const act = (words, sign, work, look = "button") =>
    button(words, () => work(chosen.get()), { sign, shown: true, look });
  const change = [
    act("Move", "move", (entries) => actions.transfer(entries, "move")),
    act("Copy", "copy", (entries) => actions.transfer(entries, "copy")),
    act("Delete", "trash", (entries) => actions.trash(entries), "button bad"),
  ];
  const words = `${chosen.count.toLocaleString()} selected`;
  return [
    make("p", { class: "chosen-words", role: "status", text: words }),
    act("Download", "download", (entries) => actions.download(entries)),
    ...(page.may ? change : []),
    button("Select nothing", chosen.nothing, { sign: "cross", look: "button round" }),
  ];
}
