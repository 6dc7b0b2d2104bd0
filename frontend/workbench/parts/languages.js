// Which language a file is in; what knows it is loaded when the first such file is opened.

import { StreamLanguage } from "@codemirror/language";

import { endingOf } from "./ways.js";

const old = async (module, name) => StreamLanguage.define((await module)[name]);

// name, endings (or whole names), what loads it
const LANGUAGES = [
  [
    "Python",
    "py pyi pyw pyx wscript sconstruct snakefile",
    async () => (await import("@codemirror/lang-python")).python(),
  ],
  ["Markdown", "md markdown mkd qmd rmd", async () => (await import("./markdown.js")).markdown()],
  ["Notebook", "ipynb", async () => (await import("@codemirror/lang-json")).json()],
  [
    "JSON",
    "json jsonl geojson webmanifest lock",
    async () => (await import("@codemirror/lang-json")).json(),
  ],
  ["YAML", "yaml yml", async () => (await import("@codemirror/lang-yaml")).yaml()],
  [
    "JavaScript",
    "js mjs cjs jsx",
    async () => (await import("@codemirror/lang-javascript")).javascript({ jsx: true }),
  ],
  [
    "TypeScript",
    "ts tsx mts",
    async () =>
      (await import("@codemirror/lang-javascript")).javascript({ jsx: true, typescript: true }),
  ],
  ["HTML", "html htm xhtml vue", async () => (await import("@codemirror/lang-html")).html()],
  ["CSS", "css scss less", async () => (await import("@codemirror/lang-css")).css()],
  ["XML", "xml svg xsd xsl rss kml gpx", async () => (await import("@codemirror/lang-xml")).xml()],
  ["SQL", "sql", async () => (await import("@codemirror/lang-sql")).sql()],
  [
    "C++",
    "c h cc cpp cxx hpp hxx cu ino",
    async () => (await import("@codemirror/lang-cpp")).cpp(),
  ],
  ["Rust", "rs", async () => (await import("@codemirror/lang-rust")).rust()],
  ["Java", "java", async () => (await import("@codemirror/lang-java")).java()],
  ["Go", "go", async () => (await import("@codemirror/lang-go")).go()],
  ["R", "r rprofile", () => old(import("@codemirror/legacy-modes/mode/r"), "r")],
  ["Julia", "jl", () => old(import("@codemirror/legacy-modes/mode/julia"), "julia")],
  [
    "Shell",
    "sh bash zsh ksh bashrc bash_profile profile zshrc",
    () => old(import("@codemirror/legacy-modes/mode/shell"), "shell"),
  ],
  ["TOML", "toml", () => old(import("@codemirror/legacy-modes/mode/toml"), "toml")],
  [
    "Settings",
    "ini cfg conf properties env editorconfig gitconfig condarc",
    () => old(import("@codemirror/legacy-modes/mode/properties"), "properties"),
  ],
  [
    "Dockerfile",
    "dockerfile containerfile",
    () => old(import("@codemirror/legacy-modes/mode/dockerfile"), "dockerFile"),
  ],
  ["Diff", "diff patch", () => old(import("@codemirror/legacy-modes/mode/diff"), "diff")],
  ["Ruby", "rb gemfile rakefile", () => old(import("@codemirror/legacy-modes/mode/ruby"), "ruby")],
  ["Perl", "pl pm", () => old(import("@codemirror/legacy-modes/mode/perl"), "perl")],
  ["Lua", "lua", () => old(import("@codemirror/legacy-modes/mode/lua"), "lua")],
  [
    "Fortran",
    "f f77 f90 f95 f03 for",
    () => old(import("@codemirror/legacy-modes/mode/fortran"), "fortran"),
  ],
  ["MATLAB", "m", () => old(import("@codemirror/legacy-modes/mode/octave"), "octave")],
  ["LaTeX", "tex sty cls bib", () => old(import("@codemirror/legacy-modes/mode/stex"), "stex")],
  ["CMake", "cmake", () => old(import("@codemirror/legacy-modes/mode/cmake"), "cmake")],
];

const BY_ENDING = new Map(
  LANGUAGES.flatMap((one) => one[1].split(" ").map((ending) => [ending, one])),
);

/** Returns {name, support} for a file; of plain text where nothing knows it. */
export async function languageOf(name) {
  const bare = name.toLowerCase().replace(/^\./, "");
  const found = BY_ENDING.get(endingOf(name)) ?? BY_ENDING.get(bare);
  if (!found) return { name: "Text", support: [] };
  try {
    return { name: found[0], support: await found[2]() };
  } catch {
    return { name: found[0], support: [] }; // without colours, until the network is back
  }
}
