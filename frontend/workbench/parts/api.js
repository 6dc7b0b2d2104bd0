// The files app, as the page speaks to it. Failures are `Problem`s, said in words.

import { encode } from "./ways.js";

const FILES = new URL("files/", document.baseURI).pathname;
const OWN = `${FILES}.aen-app/`;
const AWAY = new Set([0, 502, 503, 504]);
const PAUSES = [700, 2000, 4000];

const SAID = {
  0: "The connection is lost. Try again when it is back.",
  401: "You are signed out. Sign in again in another tab, then try again here: nothing on this page is lost.",
  502: "The Workbench does not answer at the moment. Try again.",
  503: "The Workbench is starting. Try again in a moment.",
  504: "The Workbench does not answer at the moment. Try again.",
};

/** Why something was not done. */
export class Problem extends Error {
  constructor(status, message, code = "") {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** Whether it may go well a little later. */
  get passing() {
    return AWAY.has(this.status);
  }
}

/** Loads a part of the page: `load` imports it. */
export async function later(load) {
  try {
    return await load();
  } catch {
    throw new Problem(0, "A part of this page could not be loaded. Try again, or reload the page.");
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Returns the problem that an answer tells of. */
export async function problemOf(answer) {
  let said = null;
  try {
    said = (await answer.json()).error;
  } catch {
    // It is not the files app that has answered.
  }
  const words = said?.message ?? SAID[answer.status] ?? `It was not done (${answer.status}).`;
  return new Problem(
    answer.status,
    SAID[answer.status] && !said ? SAID[answer.status] : words,
    said?.code,
  );
}

/** Returns the address of what is at `way`; folders end with a slash. */
export function addressOf(way, { folder = false, query = {} } = {}) {
  const words = new URLSearchParams(query).toString();
  return FILES + way + (folder && way ? "/" : "") + (words ? `?${words}` : "");
}

async function once(method, address, options) {
  let answer;
  try {
    answer = await fetch(address, {
      method,
      cache: "no-store",
      headers: { Accept: "application/json", ...options.headers },
      body: options.body ?? null,
      signal: options.signal ?? null,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, SAID[0]);
  }
  const fine = answer.ok || options.also?.includes(answer.status);
  if (!fine) throw await problemOf(answer);
  return answer;
}

/** Asks; what only looks is asked again for a while when nobody answers. */
async function ask(method, address, options = {}) {
  const pauses = method === "GET" || method === "HEAD" ? PAUSES : [];
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await once(method, address, options);
    } catch (error) {
      if (!error.passing || attempt >= pauses.length) throw error;
      await pause(pauses[attempt]);
    }
  }
}

const json = async (...asked) => (await ask(...asked)).json();

// What names another place travels as a way: escaped bytes, which `?move=` takes as such.
const to = (word, way, more = "") => `?${word}=${way}${more}`;

export const list = (way, after = "") =>
  json("GET", addressOf(way, { folder: true, query: after ? { after } : {} }));

/** Returns whether `way`, a link, leads to a folder. */
export async function leadsToFolder(way) {
  const answer = await ask("HEAD", addressOf(way));
  return new URL(answer.url).pathname.endsWith("/");
}

/**
 * Reads a file: {bytes, etag, size}; without `bytes` when it is larger than `most`.
 */
export async function read(way, most) {
  const answer = await ask("GET", addressOf(way), { headers: { Accept: "*/*" } });
  if (new URL(answer.url).pathname.endsWith("/")) {
    await answer.body?.cancel();
    throw new Problem(409, "It is a folder.", "folder");
  }
  const size = Number(answer.headers.get("Content-Length") ?? 0);
  const about = { etag: answer.headers.get("ETag"), size, mode: answer.headers.get("AEN-Mode") };
  if (size > most) {
    await answer.body?.cancel();
    return about;
  }
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return { ...about, bytes, size: bytes.length };
}

/** Returns the tag a file has now; null where there is none any more. */
export async function tagOf(way) {
  const answer = await ask("HEAD", addressOf(way), { also: [404] });
  return answer.status === 404 ? null : answer.headers.get("ETag");
}

/** Whether something answers at an address: another app of the project, say. */
export async function answers(address) {
  const answer = await fetch(address, { method: "HEAD", cache: "no-store" }).catch(() => null);
  return answer?.status !== 404;
}

/** Writes a file and returns its new tag: over `match`, or only where nothing is. */
export async function write(way, body, match = null) {
  const condition = match === null ? { "If-None-Match": "*" } : { "If-Match": match };
  const answer = await ask("PUT", addressOf(way), { body, headers: condition });
  return answer.headers.get("ETag");
}

export const makeFolder = (way, { parents = false } = {}) =>
  ask("PUT", addressOf(way, { folder: true, query: parents ? { parents: 1 } : {} }), {
    headers: parents ? {} : { "If-None-Match": "*" },
  });

const over = (replace) => (replace ? "&replace=1" : "");

export const move = (way, target, replace = false) =>
  json("POST", addressOf(way) + to("move", target, over(replace)));
export const copy = (way, target, replace = false) =>
  json("POST", addressOf(way) + to("copy", target, over(replace)));
export const trash = (way) => json("DELETE", `${addressOf(way)}?trash=1`);

export const trashed = (after = "") =>
  json("GET", `${OWN}trash${after ? `?after=${encode(after)}` : ""}`);
export const restore = (id, target = "") =>
  json("POST", `${OWN}trash/${encode(id)}${target ? to("to", target) : ""}`);
export const forget = (id) => ask("DELETE", `${OWN}trash/${encode(id)}`);
export const emptyTrash = () => json("DELETE", `${OWN}trash`);

export const search = (way, query, signal) =>
  json("GET", addressOf(way, { folder: true, query }), { signal });

export const rights = (way) => json("GET", `${addressOf(way)}?rights=1`);
export const setRights = (way, wanted) =>
  json("PUT", `${addressOf(way)}?rights=1`, {
    body: JSON.stringify(wanted),
    headers: { "Content-Type": "application/json" },
  });

/** Returns how far a named upload has come; 0 where there is none. */
export async function offsetOf(way, name) {
  const answer = await ask("GET", `${addressOf(way)}?upload=${name}`, { also: [404] });
  return answer.status === 404 ? 0 : (await answer.json()).offset;
}

export const forgetUpload = (way, name) =>
  ask("DELETE", `${addressOf(way)}?upload=${name}`, { also: [404] });
