// Where things are and what they are: names, addresses, sizes and times. No I/O.
//
// A “way” leads from the project's folder to a file: names, each encoded as one segment
// of an address, with slashes between them and none at the end; "" is the project itself.
// It is exact, also for names that are no UTF-8.

const LOSSY = new TextDecoder();
const COLLATOR = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** Returns a name as one segment of a way, just as the server writes it. */
export function encode(name) {
  const escape = (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(name).replace(/[!'()*]/g, escape);
}

/** Returns the way to what people write as `path`. */
export function wayOf(path) {
  return path
    .split("/")
    .filter((name) => name && name !== ".")
    .map(encode)
    .join("/");
}

/** Returns a segment or a way as people read it. */
export function shown(way) {
  try {
    return decodeURIComponent(way);
  } catch {
    const bytes = [];
    for (let at = 0; at < way.length; at += 1) {
      const escaped = way[at] === "%" ? Number.parseInt(way.slice(at + 1, at + 3), 16) : NaN;
      bytes.push(Number.isNaN(escaped) ? way.charCodeAt(at) : escaped);
      if (!Number.isNaN(escaped)) at += 2;
    }
    return LOSSY.decode(Uint8Array.from(bytes));
  }
}

export const join = (folder, segment) => (folder ? `${folder}/${segment}` : segment);
export const parentOf = (way) => way.slice(0, Math.max(0, way.lastIndexOf("/")));
export const lastOf = (way) => way.slice(way.lastIndexOf("/") + 1);
export const nameOf = (way) => shown(lastOf(way));

/** Whether `way` is `folder` or something below it. */
export function isBelow(way, folder) {
  return folder === "" || way === folder || way.startsWith(`${folder}/`);
}

/** Returns where `way` is once `from` has become `to`. */
export function moved(way, from, to) {
  return isBelow(way, from) && from !== "" ? to + way.slice(from.length) : way;
}

/** Returns the ways to all folders above, the project's first. */
export function foldersAbove(way) {
  const above = [""];
  for (const segment of way.split("/").slice(0, -1)) above.push(join(above.at(-1), segment));
  return above;
}

/** Says why nothing can be called `name`; "" if something can. */
export function wrongName(name) {
  if (!name.trim()) return "Give it a name.";
  if (name === "." || name === "..") return `“${name}” is no name of a file.`;
  if (name.includes("/")) return "A name has no slash in it.";
  if (name.startsWith(".aen-")) return "Names that begin with “.aen-” are the platform’s.";
  if (new TextEncoder().encode(name).length > 255) return "The name is too long.";
  return "";
}

/** Returns `name` with a number in it that none of `taken` has. */
export function freeName(name, taken) {
  if (!taken.has(name)) return name;
  const dot = name.lastIndexOf(".");
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  for (let number = 2; ; number += 1) {
    const other = `${stem} ${number}${ending}`;
    if (!taken.has(other)) return other;
  }
}

export function endingOf(name) {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : "";
}

const PICTURES = new Set("png jpg jpeg gif webp bmp ico avif svg".split(" "));
const TEXTS = new Set("md markdown rst txt".split(" "));
const TABLES = new Set("csv tsv parquet xlsx xls ods".split(" "));
const PACKED = new Set("zip gz tgz bz2 xz tar 7z whl".split(" "));
const CODE = new Set(
  "py js mjs ts jsx tsx r jl sh bash sql html css json yaml yml toml c h cpp hpp rs go java lua rb pl m f90 xml ini cfg".split(
    " ",
  ),
);
const PREVIEWED = new Set([...PICTURES, "md", "markdown", "csv", "tsv", "ipynb", "pdf"]);
const NO_TEXT = new Set([...PICTURES, "pdf"]);
NO_TEXT.delete("svg");

/** Whether the Viewer has more to show of it than its text. */
export const isPreviewed = (name) => PREVIEWED.has(endingOf(name));
/** Whether it can only be looked at. */
export const isNoText = (name) => NO_TEXT.has(endingOf(name));

/** Returns the icon of an entry. */
export function signOf({ name, kind }) {
  if (kind === "folder") return "folder";
  if (kind === "link") return "link";
  const ending = endingOf(name);
  if (ending === "ipynb") return "notebook";
  if (PICTURES.has(ending)) return "picture";
  if (TABLES.has(ending)) return "table";
  if (PACKED.has(ending)) return "packed";
  if (CODE.has(ending)) return "code";
  return TEXTS.has(ending) ? "text" : "file";
}

export function byName(one, other) {
  return other.folder - one.folder || COLLATOR.compare(one.name, other.name);
}

const UNITS = ["B", "KB", "MB", "GB", "TB"];

/** Returns a size for people: 1.4 MB. */
export function sizeWords(bytes) {
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < UNITS.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${unit && value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

const TODAY = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const THIS_YEAR = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const EVER = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  year: "numeric",
});

/** Returns a time for people, shorter the nearer it is. */
export function whenWords(text, now = new Date()) {
  const when = new Date(text);
  if (Number.isNaN(when.getTime())) return "";
  if (when.toDateString() === now.toDateString()) return TODAY.format(when);
  return (when.getFullYear() === now.getFullYear() ? THIS_YEAR : EVER).format(when);
}

export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString()} ${number === 1 ? one : many}`;
}
