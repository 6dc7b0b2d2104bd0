// The editor: CodeMirror, loaded when the first text is opened.

import {
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  autocompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import {
  highlightSelectionMatches,
  openSearchPanel,
  search,
  searchKeymap,
} from "@codemirror/search";
import { Compartment, EditorSelection, EditorState } from "@codemirror/state";
import {
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from "@codemirror/view";

import { colours, theme } from "./colours.js";
import { make } from "./dom.js";
import { languageOf } from "./languages.js";
import { count } from "./ways.js";

const nonce = document.querySelector("link[rel=stylesheet]").nonce;
const LONGEST_WRAPPED = 5_000_000;
const WRAPPED = new Set(["Markdown", "Text"]);

/** What every editor of the page has, that of a comparison too. */
export const common = (name) => [
  EditorView.cspNonce.of(nonce),
  theme,
  syntaxHighlighting(colours),
  lineNumbers(),
  highlightSpecialChars(),
  EditorView.contentAttributes.of({ "aria-label": `Text of ${name}`, tabindex: "0" }),
];

const WORDS = {
  next: "Next",
  previous: "Previous",
  all: "Select all",
  replace: "Replace",
  "replace all": "Replace all",
  "match case": "Match case",
  regexp: "Pattern",
  "by word": "Whole words",
  close: "Close the search",
};

const extensions = [
  EditorState.phrases.of(WORDS),
  foldGutter({
    markerDOM: (open) =>
      make("span", {
        class: `fold ${open ? "open" : "shut"}`,
        text: open ? "⌄" : "›",
        title: open ? "Fold" : "Unfold",
      }),
  }),
  history(),
  drawSelection(),
  dropCursor(),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  autocompletion({ activateOnTyping: false }),
  rectangularSelection(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  highlightSelectionMatches(),
  search({ top: true }),
];

/** Returns what one step of indentation is in a text. */
function indentOf(text, language) {
  const found = /^(\t| {2,8})\S/m.exec(text);
  if (found) return found[1][0] === "\t" ? "\t" : found[1];
  return language === "Python" ? "    " : "  ";
}

/** `text` is what `decode` has found: {text, lines}. */
export async function makeEditor({ name, text, readOnly, onChange, onPlace, onSave }) {
  const made = new Editor({ onChange, onPlace });
  await made.start(name, text, readOnly, onSave);
  return made;
}

class Editor {
  #language = new Compartment();
  #label = new Compartment();

  constructor(told) {
    this.told = told;
    this.element = make("div", { class: "editor" });
  }

  async start(name, text, readOnly, onSave) {
    const language = await languageOf(name);
    this.languageName = language.name;
    const save = { key: "Mod-s", preventDefault: true, run: () => (onSave(), true) };
    const state = EditorState.create({
      doc: text.text,
      extensions: [
        // What ends lines in the file ends them here: other returns stay what they are.
        EditorState.lineSeparator.of(text.lines),
        this.#label.of(common(name)),
        ...extensions,
        keymap.of([
          save,
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...completionKeymap,
          indentWithTab,
        ]),
        this.#language.of(language.support),
        indentUnit.of(indentOf(text.text.slice(0, 100_000), language.name)),
        EditorState.readOnly.of(readOnly),
        WRAPPED.has(language.name) && text.text.length < LONGEST_WRAPPED
          ? EditorView.lineWrapping
          : [],
        EditorView.updateListener.of((update) => this.#updated(update)),
      ],
    });
    this.view = new EditorView({ state, parent: this.element });
    this.kept = this.view.state.doc;
    this.unsaved = false;
    this.#sayPlace();
  }

  get state() {
    return this.view.state.doc;
  }

  /** What is to be written to the file. */
  text() {
    return this.view.state.sliceDoc();
  }

  #updated(update) {
    if (update.docChanged) {
      const unsaved = !update.state.doc.eq(this.kept);
      if (unsaved !== this.unsaved || unsaved) this.told.onChange((this.unsaved = unsaved));
    }
    if (update.docChanged || update.selectionSet) this.#sayPlace();
  }

  #sayPlace() {
    const { doc, selection } = this.view.state;
    const { head, from, to } = selection.main;
    const line = doc.lineAt(head);
    const chosen = to > from ? ` · ${count(to - from, "character")} selected` : "";
    this.told.onPlace(
      `Line ${line.number}, column ${head - line.from + 1}${chosen} · ${count(doc.lines, "line")} · ${this.languageName}`,
    );
  }

  /** Notes that `doc` is what the file holds. */
  saved(doc = this.view.state.doc) {
    this.kept = doc;
    this.unsaved = !this.view.state.doc.eq(doc);
    this.told.onChange(this.unsaved);
  }

  /** Puts another text in its place; undo leads back. */
  replace(text) {
    const { state } = this.view;
    const insert = state.toText(state.lineBreak === "\r\n" ? text.replace(/\r?\n/g, "\r\n") : text);
    if (insert.eq(state.doc)) return;
    const at = Math.min(state.selection.main.head, insert.length);
    const top = this.view.scrollDOM.scrollTop;
    this.view.dispatch({
      changes: { from: 0, to: state.doc.length, insert },
      selection: EditorSelection.cursor(at),
    });
    this.view.scrollDOM.scrollTop = top;
  }

  async setName(name) {
    const language = await languageOf(name);
    this.languageName = language.name;
    this.view.dispatch({
      effects: [
        this.#language.reconfigure(language.support),
        this.#label.reconfigure(common(name)),
      ],
    });
    this.#sayPlace();
  }

  /** Was hidden, and has a size again. */
  refresh() {
    this.view.requestMeasure();
  }

  goTo(number) {
    const line = this.view.state.doc.line(Math.min(Math.max(1, number), this.view.state.doc.lines));
    this.view.dispatch({
      selection: { anchor: line.from },
      effects: EditorView.scrollIntoView(line.from, { y: "center" }),
    });
    this.view.focus();
  }

  find() {
    openSearchPanel(this.view);
  }

  focus() {
    this.view.focus();
  }

  destroy() {
    this.view.destroy();
  }
}
