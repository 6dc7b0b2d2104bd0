// How the editor looks: the page's own colours, in light and dark.

import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const theme = EditorView.theme({
  "&": {
    height: "100%",
    color: "var(--ink)",
    backgroundColor: "var(--sheet)",
    fontSize: "0.875rem",
  },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--accent)", paddingBottom: "30vh" },
  ".cm-content:focus-visible": {
    outline: "2px solid color-mix(in srgb, var(--accent) 30%, transparent)",
    outlineOffset: "-2px",
    borderRadius: "0",
  },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  ".cm-gutters": { color: "var(--faint)", backgroundColor: "var(--sheet)", border: "0" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 4px 0 14px" },
  ".cm-foldGutter .cm-gutterElement": {
    cursor: "pointer",
    padding: "0 4px",
    color: "var(--faint)",
  },
  ".cm-activeLine": { backgroundColor: "var(--code-line)" },
  ".cm-activeLineGutter": { color: "var(--ink)", backgroundColor: "var(--code-line)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, ::selection":
    { backgroundColor: "var(--code-chosen) !important" },
  ".cm-selectionMatch": { backgroundColor: "var(--code-match)" },
  ".cm-searchMatch": { backgroundColor: "var(--code-found)" },
  ".cm-searchMatch.cm-searchMatch-selected": { backgroundColor: "var(--code-found-now)" },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--code-match)",
    outline: "1px solid var(--edge)",
  },
  ".cm-foldPlaceholder": {
    backgroundColor: "var(--sunk)",
    borderColor: "var(--line)",
    color: "var(--soft)",
    padding: "0 6px",
  },
  ".cm-panels": { color: "var(--ink)", backgroundColor: "var(--paper)" },
  ".cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-tooltip": {
    color: "var(--ink)",
    backgroundColor: "var(--sheet)",
    border: "1px solid var(--edge)",
    borderRadius: "var(--radius-small)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    color: "var(--on-accent)",
    backgroundColor: "var(--accent)",
  },
});

export const colours = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.self],
    color: "var(--code-keyword)",
  },
  {
    tag: [tags.controlKeyword, tags.moduleKeyword],
    color: "var(--code-keyword)",
    fontWeight: "600",
  },
  {
    tag: [tags.string, tags.special(tags.string), tags.regexp, tags.character],
    color: "var(--code-string)",
  },
  {
    tag: [tags.number, tags.bool, tags.null, tags.atom, tags.literal],
    color: "var(--code-number)",
  },
  {
    tag: [tags.comment, tags.meta, tags.documentMeta],
    color: "var(--code-comment)",
    fontStyle: "italic",
  },
  {
    tag: [
      tags.function(tags.variableName),
      tags.function(tags.propertyName),
      tags.function(tags.definition(tags.variableName)),
    ],
    color: "var(--code-name)",
  },
  {
    tag: [tags.definition(tags.variableName), tags.definition(tags.propertyName)],
    color: "var(--code-name)",
  },
  {
    tag: [tags.className, tags.typeName, tags.namespace, tags.standard(tags.variableName)],
    color: "var(--code-type)",
  },
  { tag: [tags.propertyName, tags.attributeName, tags.labelName], color: "var(--code-property)" },
  { tag: [tags.tagName, tags.angleBracket], color: "var(--code-keyword)" },
  { tag: tags.heading, color: "var(--code-keyword)", fontWeight: "700" },
  { tag: [tags.link, tags.url], color: "var(--code-string)", textDecoration: "underline" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strikethrough, textDecoration: "line-through" },
  { tag: tags.monospace, color: "var(--code-string)" },
  { tag: tags.inserted, color: "var(--good)" },
  { tag: [tags.deleted, tags.invalid], color: "var(--bad)" },
]);
