// What is being sent to the project: a list at the edge, with progress and cancel.

import * as api from "./api.js";
import { ask } from "./dialogs.js";
import { button, byId, make, write } from "./dom.js";
import { dropped, picked } from "./dragging.js";
import { Sending } from "./sending.js";
import { tellProblem } from "./telling.js";
import { count, encode, freeName, join, parentOf, sizeWords } from "./ways.js";

const AT_A_TIME = 2;
const SHOWN = 200;
const STAYS_MS = 8_000;

export class Uploads {
  /** `page` has folders. */
  constructor(page) {
    this.page = page;
    this.all = [];
    this.rows = new Map();
    this.place = byId("uploads");
    this.list = make("ul");
    this.words = make("h2", { text: "Uploads" });
    this.said = make("p", { class: "unseen", role: "status" });
    const end = button("Close the list", () => this.#clear(), { sign: "cross", look: "quiet" });
    this.end = end;
    this.place.append(
      make("div", { class: "uploads-head" }, this.words, end),
      this.list,
      this.said,
    );
  }

  get active() {
    return this.all.some(({ over }) => !over);
  }

  /** Lets people choose files, or a folder, for a folder of the project. */
  pick(folder, whole = false) {
    const field = byId(whole ? "pick-folder" : "pick-files");
    field.value = "";
    field.onchange = () => this.add(picked(field.files), folder);
    field.click();
  }

  async drop(transfer, folder) {
    try {
      await this.add(await dropped(transfer), folder);
    } catch (error) {
      tellProblem(
        error.status === undefined
          ? new Error(`What was dropped could not be read: ${error.message}`)
          : error,
      );
    }
  }

  /** Takes {files, folders} and sends all of it. */
  async add({ files, folders }, folder) {
    try {
      for (const names of folders)
        await api.makeFolder(join(folder, names.map(encode).join("/")), { parents: true });
      if (folders.length) await this.page.folders.renew(folder);
      const wanted = await this.#placed(files, folder);
      for (const { file, way, replace } of wanted) {
        this.all.push(new Sending(file, way, { replace, onChange: (one) => this.#changed(one) }));
      }
    } catch (error) {
      tellProblem(error);
    }
    this.#render();
    this.#next();
  }

  /** Returns where each file goes; people are asked once about all that is taken. */
  async #placed(files, folder) {
    const taken = new Map();
    const places = [];
    for (const { file, folders } of files) {
      const into = [folder, ...folders.map(encode)].filter(Boolean).join("/");
      if (!taken.has(into)) taken.set(into, await this.page.folders.names(into));
      places.push({ file, into, there: taken.get(into).has(file.name) });
    }
    const there = places.filter((one) => one.there);
    const how = there.length ? await this.#askAbout(there) : "replace";
    if (how === "") return [];
    const kept = places.filter((one) => how !== "skip" || !one.there);
    return kept.map(({ file, into, there: is }) => {
      const name = is && how === "both" ? freeName(file.name, taken.get(into)) : file.name;
      taken.get(into).add(name);
      return { file, way: join(into, encode(name)), replace: is && how === "replace" };
    });
  }

  #askAbout(there) {
    const title =
      there.length === 1
        ? `“${there[0].file.name}” is there already`
        : `${there.length} of the files are there already`;
    return ask({
      title,
      answers: [
        ["both", "Keep both", "first"],
        ["replace", "Replace", "bad"],
        ["skip", "Leave out", ""],
      ],
      fill: (body) =>
        body.append(make("p", { text: "What is to be done with what has the same name?" })),
    });
  }

  #next() {
    const running = this.all.filter(
      ({ state }) => state === "sending" || state === "broken",
    ).length;
    const waiting = this.all
      .filter(({ state }) => state === "waiting")
      .slice(0, AT_A_TIME - running);
    for (const one of waiting) {
      one.run().then(() => {
        this.#next();
        if (one.state === "done") this.#arrived(one);
        this.#leave();
      });
    }
  }

  #arrived(one) {
    const folder = parentOf(one.way);
    const more = this.all.some((other) => !other.over && parentOf(other.way) === folder);
    if (!more) this.page.folders.renew(folder);
    this.page.documents.check(one.way);
  }

  /** Where all went well the list goes away by itself. */
  #leave() {
    clearTimeout(this.leaving);
    if (this.all.some(({ state }) => state !== "done")) return;
    this.leaving = setTimeout(
      () => (this.place.matches(":hover, :focus-within") ? this.#leave() : this.#clear()),
      STAYS_MS,
    );
  }

  #changed(one) {
    if (one.over || !this.drawn) this.#render();
    else this.#row(one);
    if (!this.framed) {
      this.framed = requestAnimationFrame(() => {
        this.framed = 0;
        this.#renderHead();
      });
    }
  }

  #clear() {
    this.all = this.all.filter(({ over }) => !over);
    this.#render();
  }

  #render() {
    this.drawn = this.all.length > 0;
    this.place.hidden = !this.drawn;
    // Those that need somebody come first, then what is sent, then the rest.
    const rank = { failed: 0, sending: 1, broken: 1, waiting: 2, done: 3, cancelled: 4 };
    const sorted = [...this.all]
      .sort((one, other) => rank[one.state] - rank[other.state])
      .slice(0, SHOWN);
    this.list.replaceChildren(...sorted.map((one) => this.#row(one)));
    this.#renderHead();
  }

  #renderHead() {
    const left = this.all.filter(({ over }) => !over);
    const failed = this.all.filter(({ state }) => state === "failed").length;
    const done = this.all.filter(({ state }) => state === "done").length;
    let words = failed ? `${count(failed, "upload")} failed` : `${count(done, "file")} uploaded`;
    if (left.length) {
      const bytes = left.reduce((sum, { file, sent }) => sum + file.size - sent, 0);
      write(this.words, `Uploading ${count(left.length, "file")}: ${sizeWords(bytes)} left`);
      words = `Uploading ${count(left.length, "file")}`;
    } else write(this.words, words);
    write(this.said, words);
    this.end.hidden = left.length > 0;
  }

  #row(one) {
    let row = this.rows.get(one);
    if (!row) {
      const words = make("span", { class: "how" });
      const bar = make("progress", {
        max: 1,
        value: 0,
        "aria-label": `Upload of ${one.file.name}`,
      });
      const act = make("button", { type: "button", class: "quiet" });
      act.addEventListener("click", () => this.#act(one));
      row = make(
        "li",
        {},
        make("span", { class: "what", text: one.file.name, title: one.file.name }),
        words,
        act,
        bar,
      );
      Object.assign(row, { words, bar, act });
      this.rows.set(one, row);
    }
    const { file, state, sent } = one;
    row.className = state;
    row.bar.hidden = one.over;
    row.bar.value = file.size ? sent / file.size : 0;
    const percent = file.size ? Math.floor((100 * sent) / file.size) : 0;
    write(
      row.words,
      {
        waiting: "waiting",
        sending: `${percent} % of ${sizeWords(file.size)}`,
        broken: one.words,
        done: "done",
        failed: one.words,
        cancelled: "cancelled",
      }[state],
    );
    const label = { failed: "Try again", done: "", cancelled: "" }[state] ?? "Cancel";
    row.act.hidden = !label;
    write(row.act, label);
    row.act.setAttribute("aria-label", `${label} ${file.name}`);
    return row;
  }

  async #act(one) {
    if (one.state !== "failed") {
      await one.cancel();
      this.#next();
      return;
    }
    if (one.problem?.status === 412) {
      const how = await this.#askAbout([one]);
      if (how === "" || how === "skip") return;
      if (how === "replace") one.replace = true;
      else
        one.way = join(
          parentOf(one.way),
          encode(freeName(one.file.name, await this.page.folders.names(parentOf(one.way)))),
        );
    }
    one.state = "waiting";
    this.#render();
    this.#next();
  }
}
