// What can be done to files and folders, and how people are asked about it.

import * as api from "./api.js";
import { ask, askText, confirmed } from "./dialogs.js";
import { make } from "./dom.js";
import { pickFolder } from "./picking.js";
import { tell, tellProblem } from "./telling.js";
import {
  count,
  encode,
  freeName,
  isBelow,
  join,
  lastOf,
  nameOf,
  parentOf,
  wrongName,
} from "./ways.js";

/** Names for a message: “one”, or how many. */
const called = (entries) =>
  entries.length === 1 ? `“${entries[0].name}”` : count(entries.length, "thing");

export class Actions {
  /** `page` has folders, documents, open(entry), goFolder(way), clipboard. */
  constructor(page) {
    this.page = page;
  }

  /** Asks for a name until `work(name)` has gone well; returns the way, or null. */
  async #named(question, folder, work) {
    let made = null;
    await askText({
      ...question,
      check: async (name) => {
        const wrong = wrongName(name);
        if (wrong) return wrong;
        try {
          await work(join(folder, encode(name)));
        } catch (error) {
          return error.status === 412 ? `“${name}” is there already.` : error.message;
        }
        made = join(folder, encode(name));
        return "";
      },
    });
    if (made !== null) await this.page.folders.renew(folder);
    return made;
  }

  async newFile(folder) {
    const question = {
      title: "New file",
      label: "Name",
      value: "untitled.txt",
      ok: "Create",
      stem: true,
    };
    const way = await this.#named(question, folder, (at) => api.write(at, ""));
    if (way !== null) await this.page.documents.open(way, { focus: true });
  }

  /** Writes `bytes` to a new file beside `way`; returns the way to it, or null. */
  saveAs(way, bytes) {
    const value = freeName(nameOf(way), new Set([nameOf(way)]));
    const question = {
      title: `Save “${nameOf(way)}” as`,
      label: "New name",
      value,
      ok: "Save",
      stem: true,
    };
    return this.#named(question, parentOf(way), (at) => api.write(at, bytes));
  }

  async newFolder(folder) {
    const question = { title: "New folder", label: "Name", ok: "Create" };
    const way = await this.#named(question, folder, (at) => api.makeFolder(at));
    if (way !== null) this.page.goFolder(way);
  }

  async rename(entry) {
    const question = {
      title: `Rename “${entry.name}”`,
      label: "New name",
      value: entry.name,
      ok: "Rename",
      stem: !entry.folder,
    };
    const folder = parentOf(entry.way);
    const way = await this.#named(question, folder, async (to) => {
      if (to !== entry.way) await api.move(entry.way, to);
    });
    if (way !== null && way !== entry.way) this.#hasMoved(entry.way, way);
  }

  #hasMoved(from, to) {
    this.page.folders.gone(from);
    this.page.hasMoved(from, to);
  }

  /** Asks for a folder and moves or copies there. */
  async transfer(entries, how) {
    const verb = how === "move" ? "Move" : "Copy";
    const start = parentOf(entries[0].way);
    const folder = await pickFolder(this.page, {
      title: `${verb} ${called(entries)} to`,
      ok: `${verb} here`,
      start,
      check: (to) => this.#wrongPlace(entries, to, how),
    });
    if (folder !== null) await this.put(entries, folder, how);
  }

  #wrongPlace(entries, folder, how) {
    const inside = entries.find(
      ({ way, folder: is }) => is && isBelow(folder, way) && folder !== parentOf(way),
    );
    if (inside) return `“${inside.name}” cannot be put inside of itself.`;
    if (how === "move" && entries.every(({ way }) => parentOf(way) === folder))
      return "It is there already.";
    return "";
  }

  /** Moves or copies into a folder; what is in the way is asked about. */
  async put(entries, folder, how) {
    const wrong = this.#wrongPlace(entries, folder, how);
    if (wrong) {
      tellProblem({ status: 0, message: wrong });
      return;
    }
    const done = [];
    try {
      const taken = await this.page.folders.names(folder);
      for (const entry of entries) {
        const segment = await this.#segmentFor(entry, folder, how, taken);
        if (segment === null) continue;
        const target = join(folder, segment.name);
        await api[how](entry.way, target, segment.replace);
        taken.add(entry.name);
        done.push(entry);
        if (how === "move") this.#hasMoved(entry.way, target);
      }
    } catch (error) {
      tellProblem(error);
    }
    const folders = new Set([folder, ...entries.map(({ way }) => parentOf(way))]);
    await Promise.all([...folders].map((way) => this.page.folders.renew(way)));
    if (done.length) {
      const where = folder ? `“${nameOf(folder)}”` : "the project’s folder";
      tell(`${called(done)} ${how === "move" ? "moved" : "copied"} to ${where}.`);
    }
  }

  /** Returns what an entry is to be called in a folder, or null to leave it out. */
  async #segmentFor(entry, folder, how, taken) {
    if (!taken.has(entry.name)) return { name: lastOf(entry.way), replace: false };
    const other = { name: encode(freeName(entry.name, taken)), replace: false };
    if (how === "copy" && parentOf(entry.way) === folder) return other;
    const answers = [["both", "Keep both", "first"]];
    if (!entry.folder) answers.push(["replace", "Replace", "bad"]);
    const answer = await ask({
      title: `“${entry.name}” is there already`,
      answers,
      dismiss: "Leave it out",
      fill: (body) => body.append(make("p", { text: "What is to be done?" })),
    });
    if (answer === "replace") return { name: lastOf(entry.way), replace: true };
    return answer === "both" ? other : null;
  }

  /** Keeps in mind what Ctrl+V is to put somewhere. */
  carry(entries, cut) {
    this.page.clipboard = { entries, cut };
    tell(`${called(entries)} ${cut ? "cut" : "copied"}: go to a folder and press Ctrl+V.`);
  }

  async paste(folder) {
    if (!this.page.clipboard) return;
    const { entries, cut } = this.page.clipboard;
    if (cut) this.page.clipboard = null;
    await this.put(entries, folder, cut ? "move" : "copy");
  }

  async trash(entries) {
    const unsaved = this.page.documents.unsavedBelow(entries.map(({ way }) => way));
    if (unsaved.length) {
      const sure = await confirmed({
        title: `Delete ${called(entries)}?`,
        text: `${count(unsaved.length, "open file has", "open files have")} changes that are not saved.`,
        ok: "Delete all the same",
        bad: true,
      });
      if (!sure) return;
    }
    const gone = [];
    try {
      for (const entry of entries) {
        const { id } = await api.trash(entry.way);
        gone.push({ id, entry });
      }
    } catch (error) {
      tellProblem(error);
    }
    for (const { entry } of gone) {
      this.page.folders.gone(entry.way);
      this.page.hasGone(entry.way);
    }
    await this.#renewAbove(entries);
    if (gone.length) {
      const some = gone.map(({ entry }) => entry);
      tell(`${called(some)} moved to the trash.`, {
        words: "Undo",
        act: () => this.#restore(gone),
      });
    }
  }

  async #restore(gone) {
    try {
      for (const { id } of gone) await api.restore(id);
    } catch (error) {
      tellProblem(error);
    }
    await this.#renewAbove(gone.map(({ entry }) => entry));
    this.page.trashChanged();
  }

  async #renewAbove(entries) {
    const folders = new Set(entries.map(({ way }) => parentOf(way)));
    await Promise.all([...folders].map((way) => this.page.folders.renew(way)));
  }

  download(entries) {
    for (const { way, folder } of entries) {
      const query = folder ? { archive: "zip" } : {};
      const link = make("a", { href: api.addressOf(way, { folder, query }), download: "" });
      document.body.append(link);
      link.click();
      link.remove();
    }
  }

  async rights(entry) {
    try {
      const { askRights } = await api.later(() => import("./rights.js"));
      await askRights(entry, this.page.may);
    } catch (error) {
      tellProblem(error);
    }
    this.page.folders.refresh(entry.folder ? entry.way : parentOf(entry.way));
  }

  /** Returns what a menu offers for some entries. */
  choices(entries) {
    const { page } = this;
    const [first] = entries;
    const one = entries.length === 1;
    const file = one && first.kind === "file";
    const open = one
      ? [{ words: "Open", sign: first.folder ? "folder" : "edit", act: () => page.open(first) }]
      : [];
    if (file)
      open.push({
        words: "Open in the Viewer",
        sign: "eye",
        act: () => window.open(page.viewerOf(first.way), "_blank", "noopener"),
      });
    if (file && first.name.endsWith(".ipynb")) {
      open.push({
        words: "Open in JupyterLab",
        sign: "notebook",
        act: () => window.open(page.jupyterOf(first.way), "_blank", "noopener"),
      });
    }
    const known = [
      ...open,
      {
        words: first.folder ? "Download as .zip" : "Download",
        sign: "download",
        act: () => this.download(entries),
      },
    ];
    if (one) known.push({ words: "Permissions", sign: "people", act: () => this.rights(first) });
    if (!page.may) return known;
    return [
      ...known,
      null,
      ...(one
        ? [{ words: "Rename", sign: "edit", keys: "F2", act: () => this.rename(first) }]
        : []),
      { words: "Move to…", sign: "move", act: () => this.transfer(entries, "move") },
      { words: "Copy to…", sign: "copy", act: () => this.transfer(entries, "copy") },
      { words: "Delete", sign: "trash", keys: "Del", bad: true, act: () => this.trash(entries) },
    ];
  }

  /** Does what a key asks for some entries; returns whether it asked for anything. */
  key(event, entries) {
    const held = event.ctrlKey || event.metaKey;
    const name = held ? `Ctrl+${event.key.toLowerCase()}` : event.key;
    const folder = entries[0].folder ? entries[0].way : parentOf(entries[0].way);
    const act =
      this.page.may &&
      {
        F2: () => this.rename(entries[0]),
        Delete: () => this.trash(entries),
        "Ctrl+c": () => this.carry(entries, false),
        "Ctrl+x": () => this.carry(entries, true),
        "Ctrl+v": () => this.paste(folder),
      }[name];
    if (!act) return false;
    event.preventDefault();
    act();
    return true;
  }
}
