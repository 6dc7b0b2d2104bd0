// One open file: its text in an editor, a preview of it, or words why it has neither.

import * as api from "./api.js";
import { settle } from "./conflict.js";
import { DocumentView } from "./document_view.js";
import { button, make } from "./dom.js";
import { draftOf, keepDraft } from "./drafts.js";
import { tell, tellProblem } from "./telling.js";
import { decode, encodeText } from "./texts.js";
import { endingOf, isNoText, isPreviewed, lastOf, nameOf, sizeWords } from "./ways.js";

const MOST_TEXT = 4 * 1024 * 1024;
const DRAFT_MS = 600;
const LOOKED_AT_FIRST = new Set(["csv", "tsv", "ipynb", "svg"]);

export class Document {
  /** `page` has may, viewerOf(way), jupyterOf(way), onDocument(document), actions, dropOn, project. */
  constructor(page, way, panel) {
    this.page = page;
    this.way = way;
    this.view = new DocumentView(page, panel, {
      turn: () => this.#turn(),
      save: () => this.save(),
      saveAs: () => this.saveAs(),
      find: () => this.editor.find(),
      entry: () => this.#entry,
    });
    this.view.showWay(way);
    this.etag = null;
    this.editor = null;
    this.unsaved = false;
    this.saving = false;
    this.mode = null; // text, preview, none
  }

  get name() {
    return nameOf(this.way);
  }

  get #entry() {
    const { way, name } = this;
    return this.page.folders.entry(way) ?? { way, name, kind: "file", folder: false };
  }

  // Opening.

  /** Opens it, once; `line` is gone to. */
  async open({ line = null, focus = false } = {}) {
    this.opening ??= this.#load();
    await this.opening;
    if (line && this.mode !== "text" && this.text) await this.#showText();
    if (line) this.editor?.goTo(line);
    else if (focus && this.view.shown) this.focus();
  }

  async #load() {
    this.view.say("Opening…");
    if (isNoText(this.name)) {
      await this.#open(
        () => api.tagOf(this.way),
        (tag) => {
          if (tag === null) throw new api.Problem(404, `There is no ${this.name}.`);
          this.etag = tag;
          return this.#showPreview();
        },
      );
      return;
    }
    await this.#open(
      () => api.read(this.way, MOST_TEXT),
      (found) => this.#take(found),
    );
  }

  async #open(look, then) {
    try {
      await then(await look());
      if (this.mode !== "text") this.view.say("");
    } catch (error) {
      if (error.status === 404 && (await this.#bringBackGone())) return;
      if (error.status === undefined) console.error(error);
      this.view.say("");
      this.opening = null;
      if (error.code === "folder") {
        this.page.isFolder(this);
        return;
      }
      const again = button("Try again", () => this.open(), { look: "button first" });
      this.#showWords(error.message, "It could not be opened", [again]);
    }
  }

  async #take({ bytes, etag, size }) {
    this.etag = etag;
    this.text = bytes && decode(bytes);
    this.size = size;
    if (!this.text) {
      const why = bytes
        ? "It is no text (or none in UTF-8), so it cannot be edited here."
        : `It has ${sizeWords(size)}: too much to edit here.`;
      this.#showWords(why);
      return;
    }
    const draft = this.#draft();
    const look =
      isPreviewed(this.name) && (LOOKED_AT_FIRST.has(endingOf(this.name)) || !this.page.may);
    if (look && !draft) await this.#showPreview();
    else await this.#showText();
    if (draft) this.#bringBack(draft);
  }

  async #showPreview() {
    const address = this.page.viewerOf(this.way, true);
    if (!(await api.answers(address))) {
      // A node need not have the Viewer.
      const why = "There is no preview of it on this node.";
      if (this.mode === "text") tell(why);
      else if (this.text) await this.#showText();
      else this.#showWords(why);
      return;
    }
    this.mode = "preview";
    const of = `${this.way} ${this.etag}`;
    if (this.frame?.dataset.of !== of) {
      this.frame?.remove(); // another address in it would be a step in the window's history
      const title = `Preview of ${this.name}`;
      this.frame = make("iframe", { class: "preview", title, src: address, data: { of } });
    }
    this.#show(this.frame);
  }

  #showWords(why, head = this.name, buttons = []) {
    this.mode = "none";
    this.view.showWords(head, why, buttons);
  }

  async #showText() {
    if (!this.editor) {
      const { makeEditor } = await api.later(() => import("./editor.js"));
      this.editor = await makeEditor({
        name: this.name,
        text: this.text,
        readOnly: !this.page.may,
        onChange: (unsaved) => this.#changed(unsaved),
        onPlace: (words) => this.view.place(words),
        onSave: () => this.save(),
      });
    }
    this.mode = "text";
    this.#show(this.editor.element);
    this.editor.refresh();
  }

  #show(element) {
    const { name, frame, editor } = this;
    const text = this.mode === "text";
    this.view.show(element, { name, text, others: [frame, editor?.element] });
    this.#sayState();
  }

  #sayState() {
    if (this.mode === "text") this.view.showState(this);
  }

  async #turn() {
    if (this.mode !== "text") {
      await this.#showText().catch(tellProblem);
      this.editor?.focus();
    } else if (!this.unsaved || (await this.save())) await this.#showPreview();
  }

  focus() {
    if (this.mode === "text") this.editor.focus();
    else this.view.focus();
  }

  // What was typed.

  #changed(unsaved) {
    this.unsaved = unsaved;
    clearTimeout(this.drafting);
    this.drafting = setTimeout(() => this.#keepDraft(), DRAFT_MS);
    this.#sayState();
    this.page.onDocument(this);
  }

  #keepDraft() {
    keepDraft(this.way, this.unsaved ? { text: this.editor.text(), etag: this.etag } : null);
  }

  #draft() {
    const draft = this.page.may ? draftOf(this.way) : null;
    return draft && draft.text !== this.text.text ? draft : null;
  }

  #bringBack({ text, etag }) {
    this.etag = etag; // if it has changed since then, saving finds a conflict
    this.editor.replace(text);
    this.view.warn("What you had typed and not saved is here again.", [
      button("Discard it", () => this.#takeTheirs(), { look: "button" }),
    ]);
  }

  /** Shows what was typed into a file that is gone; returns whether there was anything. */
  async #bringBackGone() {
    const draft = this.page.may ? draftOf(this.way) : null;
    if (!draft) return false;
    const lines = draft.text.includes("\r\n") ? "\r\n" : "\n";
    this.text = { text: "", mark: false, lines };
    await this.#showText();
    this.editor.replace(draft.text);
    this.#hasGone();
    return true;
  }

  // Saving.

  /** Saves it; returns whether all of it is saved now. */
  async save() {
    if (!this.editor || !this.page.may || this.saving) return false;
    if (!this.unsaved && !this.gone) return true;
    return this.#write(this.gone ? null : this.etag);
  }

  async #write(match) {
    this.saving = true;
    this.#sayState();
    const kept = this.editor.state;
    try {
      this.etag = await api.write(this.way, encodeText(this.editor.text(), this.text), match);
    } catch (error) {
      this.saving = false;
      this.#sayState();
      return error.status === 412 ? this.#settle() : this.#failed(error);
    }
    this.saving = false;
    this.gone = false;
    this.editor.saved(kept);
    this.#keepDraft();
    this.view.quiet();
    this.#sayState();
    this.page.hasSaved(this);
    return !this.unsaved;
  }

  #failed(error) {
    if (error.status === undefined) console.error(error);
    this.view.warn(
      `It was not saved: ${error.message}`,
      [
        button("Try again", () => this.save(), { look: "button" }),
        button("Save as…", () => this.saveAs(), { look: "button" }),
      ],
      true,
    );
    return false;
  }

  /** Somebody else has changed it: people choose. */
  async #settle() {
    let theirs;
    try {
      theirs = await api.read(this.way, MOST_TEXT);
    } catch (error) {
      if (error.status !== 404) return this.#failed(error);
      theirs = { gone: true };
    }
    const text = theirs.bytes ? decode(theirs.bytes) : null;
    const answer = await settle(this.name, {
      gone: theirs.gone,
      theirs: text?.text ?? null,
      mine: this.editor.text(),
    });
    if (answer.how === "mine") {
      if (answer.text !== undefined) this.editor.replace(answer.text);
      return this.#write(theirs.gone ? null : theirs.etag);
    }
    if (answer.how === "theirs") {
      this.#put(text, theirs.etag);
      tell("You see theirs now. Undo (Ctrl+Z) brings back what you had.");
    } else if (answer.how === "as") return this.saveAs();
    return false;
  }

  async saveAs() {
    const way = await this.page.actions.saveAs(this.way, encodeText(this.editor.text(), this.text));
    if (way === null) return false;
    keepDraft(this.way, null);
    this.unsaved = false;
    this.page.replaceDocument(this, way);
    return true;
  }

  /** Shows what is on the disk in place of what is here; the editor's undo leads back. */
  #put(text, etag) {
    this.etag = etag;
    this.text = text;
    this.gone = false;
    this.editor.replace(text.text);
    this.editor.saved();
    this.#keepDraft();
    this.view.quiet();
    this.#sayState();
  }

  async #takeTheirs() {
    try {
      const { bytes, etag } = await api.read(this.way, MOST_TEXT);
      const text = bytes ? decode(bytes) : null;
      if (text) this.#put(text, etag);
      else tell("It is no text any more: download it to see it.", { bad: true });
    } catch (error) {
      tellProblem(error);
    }
  }

  // What others do.

  /** Looks whether somebody has changed it; shows that where nothing was typed. */
  async check() {
    if (!this.etag || this.saving || this.checking) return;
    this.checking = true;
    try {
      const known = this.etag;
      const tag = await api.tagOf(this.way);
      if (this.saving || this.etag !== known) return; // saved meanwhile: older news
      if (tag === null) this.#hasGone();
      else if (tag !== this.etag) await this.#isOther(tag);
      else if (this.gone) this.#isBack();
    } catch {
      // Whoever saves or opens something is told why it fails.
    } finally {
      this.checking = false;
    }
  }

  #hasGone() {
    if (this.gone) return;
    this.gone = true;
    this.view.warn(
      "It is no longer there: it was moved or removed meanwhile.",
      this.editor && this.page.may
        ? [button("Save it again", () => this.save(), { look: "button" })]
        : [],
    );
    this.#sayState();
  }

  /** It was only away for a moment; what was typed stays. */
  #isBack() {
    this.gone = false;
    this.view.quiet();
    this.#sayState();
  }

  async #isOther(tag) {
    if (this.unsaved) {
      if (this.warned === tag) return;
      this.warned = tag;
      this.view.warn("It was changed on the disk meanwhile.", [
        button("Compare", () => this.#settle(), { look: "button" }),
        button("Take theirs", () => this.#takeTheirs(), { look: "button" }),
      ]);
      return;
    }
    if (this.editor) {
      await this.#takeTheirs();
      tell(`“${this.name}” was changed: you see it as it is now.`);
      if (this.mode === "preview") this.#showPreview();
      return;
    }
    if (this.mode === "preview") {
      const found = isNoText(this.name) ? { etag: tag } : await api.read(this.way, MOST_TEXT);
      this.etag = found.etag;
      if (found.bytes) this.text = decode(found.bytes) ?? this.text;
      this.#showPreview();
      this.view.quiet();
    } else {
      this.opening = null;
      await this.open();
    }
  }

  /** It is called something else now. */
  moved(way) {
    keepDraft(this.way, null);
    const renamed = lastOf(way) !== lastOf(this.way);
    this.way = way;
    this.view.showWay(way);
    if (renamed) this.editor?.setName(this.name);
    if (this.unsaved) this.#keepDraft();
    if (this.mode === "preview") this.#showPreview();
  }

  close() {
    clearTimeout(this.drafting);
    keepDraft(this.way, null);
    this.editor?.destroy();
  }
}
