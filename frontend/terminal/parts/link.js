// A WebSocket that comes back: one connection to one terminal, for as long as it lives.

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;
const CONNECT_WITHIN = 10_000;
const LISTEN_FOR = 15_000;
const ANSWER_WITHIN = 6_000;
const REFUSED = new Set([401, 403, 404]);

/** Returns what the app answers to a question over HTTP: its status, 0 for none. */
export async function askStatus() {
  try {
    const answer = await fetch("terminals", {
      headers: { Accept: "application/json" },
      cache: "no-store",
      redirect: "manual",
    });
    return answer.type === "opaqueredirect" ? 401 : answer.status;
  } catch {
    return 0;
  }
}

/** Returns the pause before try number `attempt` (from 0), in milliseconds. */
export function pauseBefore(attempt, random = Math.random()) {
  const pause = Math.min(FIRST_PAUSE * 2 ** attempt, LONGEST_PAUSE);
  return pause * (0.75 + random / 2);
}

export class Link {
  /**
   * `owner` has hello() -> the first message, probe() -> a message that is answered,
   * onMessage(message), onOutput(bytes) and onState("connecting" | "connected" |
   * "reconnecting" | "refused", status).
   */
  constructor(owner) {
    this.owner = owner;
    this.attempt = 0;
    this.socket = null;
    this.over = false;
    this.heard = 0;
    this.retry = 0;
    this.watch = setInterval(() => this.#listen(), ANSWER_WITHIN / 2);
    this.wake = () => this.#hurry();
    addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
    owner.onState("connecting");
    this.#open();
  }

  get connected() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  send(message) {
    if (this.connected) this.socket.send(JSON.stringify(message));
  }

  type(bytes) {
    if (this.connected) this.socket.send(bytes);
  }

  /** Ends it for good. */
  end() {
    this.over = true;
    clearInterval(this.watch);
    clearTimeout(this.retry);
    removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    this.socket?.close();
  }

  #open() {
    clearTimeout(this.retry);
    const address = new URL("socket", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    address.hash = "";
    address.search = "";
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.tried = performance.now();
    socket.onopen = () => {
      this.attempt = 0;
      this.#hear();
      this.send(this.owner.hello());
      this.owner.onState("connected");
    };
    socket.onmessage = ({ data }) => {
      this.#hear();
      if (typeof data === "string") this.owner.onMessage(JSON.parse(data));
      else this.owner.onOutput(new Uint8Array(data));
    };
    socket.onclose = () => {
      if (this.socket === socket && !this.over) this.#lost();
    };
  }

  #hear() {
    this.heard = performance.now();
    this.asked = false;
  }

  async #lost() {
    this.socket = null;
    const attempt = this.attempt++;
    this.owner.onState("reconnecting");
    // A handshake that fails does not say why; a plain question does.
    const status = attempt > 0 ? await askStatus() : 0;
    if (this.over || this.socket) return;
    if (REFUSED.has(status)) this.owner.onState("refused", status);
    this.retry = setTimeout(() => this.#open(), pauseBefore(attempt));
  }

  /** Notices a connection that is silent because its path is gone. */
  #listen() {
    if (!this.socket) return;
    const now = performance.now();
    if (!this.connected) {
      if (now - this.tried > CONNECT_WITHIN) this.#drop();
    } else if (this.asked && now - this.asked > ANSWER_WITHIN) {
      this.#drop();
    } else if (!this.asked && now - this.heard > LISTEN_FOR && !document.hidden) {
      this.#ask();
    }
  }

  #ask() {
    this.asked = performance.now();
    this.send(this.owner.probe());
  }

  #drop() {
    const socket = this.socket;
    socket.onclose = socket.onmessage = null;
    socket.close();
    this.asked = false;
    this.#lost();
  }

  /** The network or the person came back: try now. */
  #hurry() {
    if (this.over || document.hidden) return;
    if (this.connected) {
      if (!this.asked) this.#ask();
    } else if (!this.socket) {
      this.attempt = 0;
      this.#open();
    }
  }
}
