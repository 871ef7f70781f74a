// The way to the platform: tokens that are renewed, requests, and streams that go on where they
// broke.

const LEEWAY = 20_000; // ms before its end in which a token is renewed
const SILENCE = 40_000; // ms without a sign of life after which a stream is taken for dead
const FIRST = 500; // ms before a stream is opened again, doubled each time
const LONGEST_PAUSE = 30_000;

/** What the platform refused: its HTTP status and its problem document. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? `HTTP ${status}`);
    this.status = status;
    this.code = problem.code ?? "";
    this.pointer = problem.pointer;
  }
}

/** One element's connection; `element` names the token, where to renew it, and the platform. */
export class Link {
  #element;
  #token = null;
  #renewing = null;

  constructor(element) {
    this.#element = element;
  }

  /** Take another token. */
  use(token) {
    this.#token = token;
  }

  /** The JSON that the platform answers; a Refusal if it refuses, a TypeError if it is away. */
  async ask(path, { method = "GET", body, key, signal } = {}) {
    const answer = await this.#fetch(path, { method, body, key, signal });
    return answer.status === 204 ? null : answer.json();
  }

  /**
   * Tell `told(event)` of everything on the stream at `path`, until `signal` aborts or the stream
   * says `end`. It is opened again when it breaks, behind the last id; `state(up)` tells of that.
   */
  async follow(path, told, { signal, after = null, state = () => {}, ends = () => false }) {
    let last = after;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const ended = await this.#stream(path, last, signal, (event) => {
          if (event.id !== null) last = event.id;
          failures = 0;
          state(true);
          told(event);
          return ends(event);
        });
        if (ended) return;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Refusal && error.status < 500 && error.status !== 429) throw error;
        failures += 1;
      }
      state(false);
      await pause(failures, signal);
    }
  }

  async #stream(path, last, signal, told) {
    const own = new AbortController();
    const stop = () => own.abort();
    signal.addEventListener("abort", stop);
    let watch = setTimeout(stop, SILENCE);
    try {
      const answer = await this.#fetch(path, { last, signal: own.signal });
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      const lines = new Lines();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return false;
        clearTimeout(watch);
        watch = setTimeout(stop, SILENCE);
        for (const event of lines.take(value)) if (told(event)) return true;
      }
    } finally {
      clearTimeout(watch);
      signal.removeEventListener("abort", stop);
      own.abort();
    }
  }

  async #fetch(path, { method = "GET", body, key, last = null, signal }) {
    for (let again = false; ; again = true) {
      const headers = { Authorization: `Bearer ${await this.#valid(again)}` };
      if (body !== undefined) headers["Content-Type"] = "application/json";
      if (key !== undefined) headers["Idempotency-Key"] = key;
      if (last !== null) headers["Last-Event-ID"] = last;
      const answer = await fetch(`${this.#element.platform}/v1/widgets/${path}`, {
        method,
        headers,
        signal,
        body: body === undefined ? undefined : JSON.stringify(body),
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      if (answer.ok) return answer;
      if (answer.status === 401 && !again && this.#element.getAttribute("token-url")) continue;
      throw new Refusal(answer.status, await problemOf(answer));
    }
  }

  /** A token that is not about to end; `renew` asks for one in any case. */
  async #valid(renew) {
    this.#token ??= this.#element.getAttribute("token");
    const due = this.#token === null || endOf(this.#token) - Date.now() < LEEWAY;
    const url = this.#element.getAttribute("token-url");
    if (url && (renew || due)) {
      this.#renewing ??= renewed(url).finally(() => (this.#renewing = null));
      this.#token = await this.#renewing;
    }
    if (!this.#token) throw new Refusal(401, { code: "widget.token", detail: "no token" });
    return this.#token;
  }
}

/** Events out of the lines of a stream, however it is cut up. */
class Lines {
  #rest = "";
  #event = fresh();

  *take(text) {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (this.#event.data !== "" || this.#event.id !== null) yield this.#event;
        this.#event = fresh();
        continue;
      }
      const [, name, value] = /^([^:]*):? ?(.*?)\r?$/.exec(line);
      if (name === "data") this.#event.data += value;
      else if (name === "event") this.#event.type = value;
      else if (name === "id") this.#event.id = value;
    }
  }
}

function fresh() {
  return { id: null, type: "message", data: "" };
}

async function renewed(url) {
  const answer = await fetch(url, { method: "POST", cache: "no-store", credentials: "same-origin" });
  if (!answer.ok) {
    if (answer.status >= 500) throw new TypeError("the page's own server has no token just now");
    throw new Refusal(answer.status, { code: "widget.token", detail: "the page gives no token" });
  }
  return (await answer.json()).token;
}

/** When a token ends, in ms; the platform decides, this only saves asking in vain. */
function endOf(token) {
  try {
    const body = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(atob(body)).exp * 1000;
  } catch {
    return Infinity;
  }
}

async function problemOf(answer) {
  try {
    return await answer.json();
  } catch {
    return {};
  }
}

/** Wait before another attempt: longer each time, never all pages at once. */
export function pause(failures, signal) {
  const most = Math.min(LONGEST_PAUSE, FIRST * 2 ** Math.min(failures, 10));
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, most * (0.5 + Math.random() / 2));
    addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}
