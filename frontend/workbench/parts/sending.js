// One file on its way to the project. Large ones go in parts and are gone on with after
// a lost connection, and after a reload when the same file is chosen again.

import { addressOf, forgetUpload, offsetOf, Problem } from "./api.js";

const PART = 8 * 1024 * 1024;
const LONGEST_PAUSE_MS = 15_000;
const GIVE_UP_MS = 10 * 60_000;
const MOST_DISAGREEMENTS = 4;

/** Returns 106 bits of a text: enough that no two files of a folder share a name. */
function digest(text) {
  const half = (seed) => {
    let [one, other] = [0xdeadbeef ^ seed, 0x41c6ce57 ^ seed];
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      one = Math.imul(one ^ code, 2654435761);
      other = Math.imul(other ^ code, 1597334677);
    }
    one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909);
    other =
      Math.imul(other ^ (other >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
    return (4294967296 * (2097151 & other) + (one >>> 0)).toString(36);
  };
  return `${half(0)}-${half(1)}`;
}

export class Sending {
  /** `onChange(sending)` is told of each step. */
  constructor(file, way, { replace, onChange }) {
    this.file = file;
    this.way = way;
    this.replace = replace;
    this.onChange = onChange;
    this.state = "waiting"; // sending, broken, done, failed, cancelled
    this.sent = 0;
    this.words = "";
    this.name = digest(`${way} ${file.name} ${file.size} ${file.lastModified}`);
  }

  get over() {
    return ["done", "failed", "cancelled"].includes(this.state);
  }

  get inParts() {
    return this.file.size > PART;
  }

  #now(state, words = "") {
    this.state = state;
    this.words = words;
    this.onChange(this);
  }

  /** Sends it; comes back when it is over, however it ended. */
  async run() {
    this.#now("sending");
    try {
      await (this.inParts
        ? this.#sendParts()
        : this.#patiently(() => this.#send(0, this.file.size)));
      if (this.state !== "cancelled") this.#now("done");
    } catch (error) {
      if (this.state === "cancelled") return;
      this.problem = error;
      this.#now("failed", error.message);
    }
  }

  async cancel() {
    if (this.over && this.state !== "failed") return;
    this.#now("cancelled");
    this.request?.abort();
    this.wake?.();
    if (this.inParts) await forgetUpload(this.way, this.name).catch(() => null);
  }

  async #sendParts() {
    this.sent = await this.#patiently(() => offsetOf(this.way, this.name));
    let disagreed = 0;
    while (this.sent < this.file.size && this.state !== "cancelled") {
      const until = Math.min(this.sent + PART, this.file.size);
      try {
        await this.#send(this.sent, until);
        this.sent = until;
        disagreed = 0;
        continue;
      } catch (error) {
        // What a lost connection has left is still being written, or another window
        // sends it too: the server says 409, and how far it is.
        const other = error.status === 409 && (disagreed += 1) <= MOST_DISAGREEMENTS;
        if (!error.passing && !other) throw error;
        await this.#rest(error);
      }
      if (this.state === "cancelled") return;
      const last = until === this.file.size;
      this.sent = await this.#patiently(() => offsetOf(this.way, this.name));
      // The last part was taken and only its answer was lost: it is whole.
      if (last && this.sent === 0 && (await this.#isThere())) return;
      this.#now("sending");
    }
  }

  /** Whether a file as long as ours is in its place. */
  async #isThere() {
    const answer = await fetch(addressOf(this.way), { method: "HEAD", cache: "no-store" }).catch(
      () => null,
    );
    return answer?.ok && Number(answer.headers.get("Content-Length")) === this.file.size;
  }

  /** Does it again for as long as it fails by the connection alone. */
  async #patiently(work) {
    for (;;) {
      try {
        const found = await work();
        this.since = 0;
        return found;
      } catch (error) {
        if (!error.passing || this.state === "cancelled") throw error;
        await this.#rest(error);
        if (this.state === "cancelled") throw error;
        this.#now("sending");
      }
    }
  }

  /** Waits a little longer each time; hurries when the network is back. */
  async #rest(error) {
    const now = performance.now();
    this.since ||= now;
    if (now - this.since > GIVE_UP_MS) throw error;
    this.#now("broken", "The connection is lost; it goes on by itself.");
    const pause = Math.min(LONGEST_PAUSE_MS, 1000 + (now - this.since) / 2);
    await new Promise((done) => {
      this.wake = done;
      addEventListener("online", done, { once: true });
      setTimeout(done, pause);
    });
  }

  #send(from, until) {
    const { file, inParts } = this;
    const request = new XMLHttpRequest();
    this.request = request;
    const query = inParts ? { upload: this.name } : {};
    request.open("PUT", addressOf(this.way, { query }));
    request.setRequestHeader("Accept", "application/json");
    if (inParts)
      request.setRequestHeader("Content-Range", `bytes ${from}-${until - 1}/${file.size}`);
    if (!this.replace) request.setRequestHeader("If-None-Match", "*");
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded }) => {
      this.sent = from + loaded;
      this.onChange(this);
    });
    return new Promise((resolve, reject) => {
      request.addEventListener("load", () => {
        this.since = 0;
        const { status, response } = request;
        if (status >= 200 && status < 300) {
          resolve();
          return;
        }
        const passing = [502, 503, 504].includes(status);
        const said = response?.error?.message;
        reject(new Problem(status, said && !passing ? said : `It was not taken (${status}).`));
      });
      request.addEventListener("error", () => reject(new Problem(0, "The connection is lost.")));
      request.addEventListener("abort", () => reject(new Problem(499, "It was cancelled.")));
      request.send(file.slice(from, until));
    });
  }
}
