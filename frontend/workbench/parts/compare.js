// Two texts side by side, loaded when somebody compares.

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { MergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";

import { common } from "./editor.js";
import { make } from "./dom.js";

/** Shows theirs (left, as it is) and mine (right, to be edited) in `parent`. */
export function compareView(parent, { theirs, mine, name }) {
  const place = make("div", { class: "compare" });
  parent.append(place);
  const view = new MergeView({
    parent: place,
    a: {
      doc: theirs,
      extensions: [
        common(`${name}, theirs`),
        EditorView.lineWrapping,
        EditorState.readOnly.of(true),
      ],
    },
    b: {
      doc: mine,
      extensions: [
        common(`${name}, yours`),
        EditorView.lineWrapping,
        history(),
        keymap.of([...defaultKeymap, ...historyKeymap]),
      ],
    },
    revertControls: "a-to-b",
    renderRevertControl: () =>
      make("button", {
        type: "button",
        text: "→",
        title: "Take this over",
        "aria-label": "Take this over",
      }),
    collapseUnchanged: { margin: 4 },
    gutter: true,
  });
  return { text: () => view.b.state.sliceDoc(), destroy: () => view.destroy() };
}
