// What was typed and not saved, kept for this window: it survives a reload.

import { remember, remembered } from "./dom.js";

const MOST = 400_000;

const keyOf = (way) => `aen.workbench.draft:${location.pathname}:${way}`;

/** Keeps {text, etag} of a file; null, or too much text: nothing is kept. */
export function keepDraft(way, draft) {
  const kept = draft && draft.text.length < MOST ? JSON.stringify(draft) : null;
  remember("session", keyOf(way), kept);
}

export function draftOf(way) {
  return JSON.parse(remembered("session", keyOf(way)) ?? "null");
}
