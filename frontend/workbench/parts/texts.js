// Bytes of files and the text that is in them, so that saving changes nothing else.

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const MARK = "\uFEFF";

/**
 * Returns {text, mark, lines}: what is edited, whether a byte order mark was before it,
 * and how its lines end; null when the bytes are no text.
 */
export function decode(bytes) {
  if (bytes.includes(0)) return null;
  let text;
  try {
    text = STRICT.decode(bytes);
  } catch {
    return null;
  }
  const mark = text.startsWith(MARK);
  if (mark) text = text.slice(1);
  const ends = text.match(/\r\n|\r|\n/g) ?? [];
  const windows = ends.length > 0 && ends.every((end) => end === "\r\n");
  return { text, mark, lines: windows ? "\r\n" : "\n" };
}

/** Returns the bytes of an edited text: with the mark it had. */
export function encodeText(text, { mark }) {
  return new TextEncoder().encode(mark ? MARK + text : text);
}
