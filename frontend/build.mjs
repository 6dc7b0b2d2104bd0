// Bundles each area of the front end into content-hashed, minified, compressed files.
//
// Entry points are the .js and .css files at the top of an area's folder; what lies in
// its `files/` folder is taken as it is. Each output folder gets manifest.json, which
// leads from a logical name (`app.js`) to the file that holds it (`app-5LQW3XGN.js`).

import { createHash } from "node:crypto";
import { promises as fs } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import zlib from "node:zlib";

import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);

// Where the bundles of each area go; tools/assets.py reads it, too.
const AREAS = JSON.parse(await fs.readFile(path.join(here, "areas.json")));

// Areas of which parts are loaded when they are needed (`import("./part.js")`).
const SPLIT = new Set(["workbench"]);

const COMPRESSED = /\.(css|js|svg|txt|json|html|webmanifest)$/;
const PICTURES = [".svg", ".png", ".ico", ".woff2", ".webmanifest"];

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

/** Lists the names in a folder, none when there is no such folder. */
async function names(folder) {
  try {
    return (await fs.readdir(folder)).sort();
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

async function entryPoints(area) {
  const folder = path.join(here, area);
  const own = (await names(folder)).filter((name) => /\.(js|css)$/.test(name));
  return own.map((name) => path.join(folder, name));
}

/** Bundles an area in memory: {files: Map(name -> bytes), manifest, inputs}. */
async function bundle(area) {
  const outdir = path.join(root, AREAS[area]);
  const result = await esbuild.build({
    absWorkingDir: here,
    entryPoints: await entryPoints(area),
    outdir,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    splitting: SPLIT.has(area),
    target: ["es2022", "chrome109", "firefox115", "safari16"],
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    chunkNames: "part-[hash]",
    loader: Object.fromEntries(PICTURES.map((ending) => [ending, "file"])),
    legalComments: "none",
    logLevel: "warning",
  });
  // It has said what it could not make sense of: that is a mistake of ours.
  if (result.warnings.length) throw new Error(`${area}: ${result.warnings.length} warnings`);
  const files = new Map();
  const manifest = {};
  for (const output of result.outputFiles) {
    files.set(path.basename(output.path), output.contents);
  }
  for (const [output, about] of Object.entries(result.metafile.outputs)) {
    if (about.entryPoint && path.dirname(about.entryPoint) === area) {
      manifest[path.basename(about.entryPoint)] = path.basename(output);
    } else if (SPLIT.has(area) && output.endsWith(".js")) {
      manifest[path.basename(output)] = path.basename(output);
    } else {
      const [only] = Object.keys(about.inputs);
      manifest[path.basename(only)] = path.basename(output);
    }
  }
  return { files, manifest, inputs: Object.keys(result.metafile.inputs) };
}

function addHashed(built, name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8);
  const { name: stem, ext } = path.parse(name);
  const hashed = `${stem}-${hash.toUpperCase()}${ext}`;
  built.files.set(hashed, content);
  built.manifest[name] = hashed;
}

/** Returns the licence texts of the packages that went into a bundle. */
async function licences(inputs) {
  const found = new Set();
  for (const input of inputs) {
    const match = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) found.add(match[1]);
  }
  const texts = [];
  for (const name of [...found].sort()) {
    const folder = path.join(here, "node_modules", name);
    const about = JSON.parse(await fs.readFile(path.join(folder, "package.json")));
    const file = (await names(folder)).find((one) => /^licen[cs]e/i.test(one));
    const text = file ? await fs.readFile(path.join(folder, file), "utf8") : "";
    texts.push(`${name} ${about.version} (${about.license})\n\n${text.trim()}\n`);
  }
  return texts.join(`\n${"-".repeat(72)}\n\n`);
}

/** Returns the compressed neighbours of a file that are smaller than the file. */
async function compressed(name, content) {
  if (!COMPRESSED.test(name)) return [];
  const quality = { [zlib.constants.BROTLI_PARAM_QUALITY]: 11 };
  const neighbours = [
    [`${name}.br`, await brotli(content, { params: quality })],
    [`${name}.gz`, await gzip(content, { level: 9 })],
  ];
  return neighbours.filter(([, bytes]) => bytes.length < content.length);
}

/** Writes files first, the manifest last, then removes what it no longer names. */
async function write(area, { files, manifest }) {
  const folder = path.join(root, AREAS[area]);
  await fs.mkdir(folder, { recursive: true });
  const kept = new Set(["manifest.json"]);
  for (const [name, content] of files) {
    for (const [each, bytes] of [[name, content], ...(await compressed(name, content))]) {
      await fs.writeFile(path.join(folder, each), bytes);
      kept.add(each);
    }
  }
  const beside = path.join(folder, ".manifest.json");
  const sorted = Object.fromEntries(Object.entries(manifest).sort());
  await fs.writeFile(beside, `${JSON.stringify(sorted, null, 2)}\n`);
  await fs.rename(beside, path.join(folder, "manifest.json"));
  for (const name of await names(folder)) {
    if (!kept.has(name)) await fs.rm(path.join(folder, name), { recursive: true });
  }
}

for (const area of Object.keys(AREAS)) {
  const built = await bundle(area);
  const folder = path.join(here, area, "files");
  for (const name of await names(folder)) {
    addHashed(built, name, await fs.readFile(path.join(folder, name)));
  }
  const texts = await licences(built.inputs);
  if (texts) addHashed(built, "licenses.txt", Buffer.from(texts));
  await write(area, built);
  console.log(`${area}: ${built.files.size} files in ${AREAS[area]}`);
}
