// <sym-chat>: the customer's conversation with the solution.

import { CHAT } from "./chat-style.js";
import { icon, make, unique } from "./dom.js";
import { SymElement } from "./element.js";
import { pause, Refusal } from "./link.js";
import { rows, update } from "./transcript.js";
import { languageOf } from "./words.js";

const SEND = "M3.4 20.4 21 12 3.4 3.6 3.4 10l11 2-11 2z";
const TALK = "M4 4h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H9l-5 4v-4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z";
const CLOSE = "M6.4 5 5 6.4 10.6 12 5 17.6 6.4 19 12 13.4 17.6 19 19 17.6 13.4 12 19 6.4 17.6 5 12 10.6z";
const LONGEST = 12_000;
const NEAR_END = 80; // px from the end within which the list follows what is new
const SETTLE = 400; // ms in which receipts are gathered
const PATIENCE = 90_000; // ms after which nobody is said to be answering any more

class SymChat extends SymElement {
  #messages = new Map(); // by place
  #unsent = new Map(); // by id, in the order they were written
  #state = { unread: 0, waiting_for: null };
  #seen = { delivered: 0, read: 0 };
  #parts = null;
  #signal = null;
  #sending = false;
  #open = false;
  #visible = false;
  #settling = 0;
  #asleep = 0;

  constructor() {
    super(CHAT);
  }

  async begin(signal) {
    this.#signal = signal;
    this.#open = !this.hasAttribute("floating");
    this.#messages.clear();
    this.#draw();
    this.#watch(signal);
    this.#announce("connecting");
    try {
      const after = await this.#history(signal);
      await this.link.follow("session/events", (event) => this.#hear(event), {
        signal,
        after,
        state: (up) => this.#announce(up ? "" : "offline"),
      });
    } catch (error) {
      if (!signal.aborted) this.#refused(error);
    }
  }

  /** Show what was said before, and give the place behind which to listen; null for the present. */
  async #history(signal) {
    for (let failures = 1; ; failures += 1) {
      try {
        const before = await this.link.ask("session/messages?limit=100", { signal });
        for (const message of before) this.#keep(message);
        this.#render();
        return String(before.at(-1)?.seq ?? 0);
      } catch (error) {
        if (signal.aborted || error.status === 401) throw error;
        // Nobody shows a history to somebody unknown.
        if (error.code === "widget.scope") return this.#known();
        if (error instanceof Refusal && error.status < 500) throw error;
        this.#announce("offline");
        await pause(failures, signal);
      }
    }
  }

  #known() {
    const last = Math.max(0, ...this.#messages.keys());
    return last > 0 ? String(last) : null;
  }

  #hear(event) {
    if (event.type === "message") {
      const message = JSON.parse(event.data);
      const news = !this.#messages.has(message.seq);
      this.#keep(message);
      if (news && message.direction === "out") this.tell("sym-message", { text: message.text, run: message.run });
    } else if (event.type === "state") {
      this.#state = JSON.parse(event.data);
      this.#awake();
    }
    this.#render();
    this.#acknowledge();
  }

  #keep(message) {
    this.#messages.set(message.seq, message);
    if (message.direction === "in") this.#unsent.delete(message.id);
  }

  /* Sending: one after the other, in the order they were written, until each is taken. */

  #write(text, choice) {
    const trimmed = text.trim();
    if (trimmed === "" || trimmed.length > LONGEST) return;
    const id = unique();
    this.#unsent.set(id, { id, text: trimmed, choice, at: new Date().toISOString(), refused: false });
    this.#render(true);
    this.#send();
  }

  async #send() {
    if (this.#sending) return;
    this.#sending = true;
    const signal = this.#signal;
    try {
      for (let failures = 0; !signal.aborted; ) {
        const next = [...this.#unsent.values()].find((one) => !one.refused && !one.taken);
        if (next === undefined) return;
        try {
          const body = { id: next.id, text: next.text };
          if (next.choice !== undefined) body.choice = next.choice;
          await this.link.ask("session/messages", { method: "POST", body, signal });
          next.taken = true;
          failures = 0;
        } catch (error) {
          const final = error instanceof Refusal && error.status < 500 && error.status !== 429;
          if (final) next.refused = true;
          else await pause((failures += 1), signal);
        }
        this.#render();
      }
    } finally {
      this.#sending = false;
    }
  }

  #retry(one) {
    one.refused = false;
    this.#render();
    this.#send();
  }

  /* Receipts: what arrived, and what somebody can see. */

  #watch(signal) {
    const seen = new IntersectionObserver((entries) => {
      this.#visible = entries.at(-1).isIntersecting;
      this.#acknowledge();
    });
    seen.observe(this);
    const look = () => this.#acknowledge();
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", () => {
      seen.disconnect();
      document.removeEventListener("visibilitychange", look);
      clearTimeout(this.#settling);
      clearTimeout(this.#asleep);
      this.#settling = 0;
    });
  }

  #acknowledge() {
    if (this.#settling || this.#due() === null) return;
    this.#settling = setTimeout(async () => {
      const due = this.#due();
      this.#settling = 0;
      if (due === null) return;
      const before = this.#seen;
      this.#seen = due;
      try {
        await this.link.ask("session/seen", { method: "POST", body: due, signal: this.#signal });
      } catch {
        // Told again with the next message; a receipt is not worth a retry of its own.
        this.#seen = before;
      }
    }, SETTLE);
  }

  /** What has to be told, or null. */
  #due() {
    const last = Math.max(0, ...[...this.#messages.values()].filter(isOut).map((one) => one.seq));
    const looking = this.#open && this.#visible && document.visibilityState === "visible";
    const read = looking ? last : this.#seen.read;
    const more = last > this.#seen.delivered || read > this.#seen.read;
    return more ? { delivered: last, read } : null;
  }

  /* What is shown. */

  #draw() {
    const heading = this.getAttribute("heading") || this.say("chat");
    const log = make("div", {
      class: "log",
      role: "log",
      "aria-label": this.say("conversation"),
      tabindex: "0",
    });
    const text = make("textarea", {
      rows: 1,
      maxlength: LONGEST,
      "aria-label": this.say("write"),
      placeholder: this.say("write"),
      enterkeyhint: "send",
      onkeydown: (event) => this.#key(event),
    });
    const button = make("button", { class: "main", "aria-label": this.say("send") }, icon(SEND));
    const form = make("form", { onsubmit: (event) => this.#submit(event) }, text, button);
    const list = make("ol");
    const empty = make("p", { class: "empty muted" }, this.getAttribute("greeting") || this.say("empty"));
    log.append(empty, list);
    this.#parts = {
      log,
      list,
      empty,
      text,
      choices: make("div", { class: "choices", role: "group", "aria-label": this.say("suggestions") }),
      answering: make(
        "p",
        { class: "answering muted", role: "status" },
        make("i"),
        make("i"),
        make("i"),
        this.say("answering"),
      ),
      state: make("p", { class: "state muted", role: "status" }),
      form,
      badge: make("span", { class: "badge", "aria-hidden": "true" }),
    };
    const { choices, answering, state, badge } = this.#parts;
    const top = make("header", {}, make("h2", {}, heading));
    const floating = this.hasAttribute("floating");
    if (floating) {
      const close = { "aria-label": this.say("close"), type: "button", onclick: () => this.toggle(false) };
      top.append(make("button", close, icon(CLOSE)));
    }
    const notice = this.getAttribute("notice");
    this.#parts.chat = make(
      "section",
      { class: "card chat", role: floating ? "dialog" : "region", "aria-label": heading,
        onkeydown: (event) => floating && event.key === "Escape" && this.toggle(false) },
      top,
      notice ? make("p", { class: "notice" }, notice) : null,
      log,
      answering,
      choices,
      state,
      form,
    );
    this.#parts.launch = make(
      "button",
      { class: "main launch", type: "button", "aria-haspopup": "dialog", onclick: () => this.toggle(true) },
      icon(TALK),
      badge,
    );
    this.show(this.#parts.launch, this.#parts.chat);
    this.#render();
  }

  /** Open or close a floating chat. */
  toggle(open) {
    if (!this.hasAttribute("floating")) return;
    this.#open = open;
    this.#render(open);
    (open ? this.#parts.text : this.#parts.launch).focus();
    this.#acknowledge();
  }

  #render(follow = false) {
    const { chat, launch, log, list, empty } = this.#parts;
    launch.hidden = this.#open;
    chat.hidden = !this.#open;
    this.#badge();
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
    const messages = [...this.#messages.values()].sort((one, other) => one.seq - other.seq);
    const waiting = [...this.#unsent.values()].map((one) => ({ ...one, direction: "in", own: one }));
    const shown = [...messages, ...waiting];
    empty.hidden = shown.length > 0;
    update(list, rows(shown), (row) => this.#row(row));
    this.#offer(shown.at(-1));
    this.#answering(waiting.length > 0);
    if (follow || atEnd) log.scrollTop = log.scrollHeight;
  }

  #row(row) {
    if (row.day) return make("li", { class: "day meta" }, this.#date(row.day));
    const { message, first, last } = row;
    const own = message.direction === "in";
    const who = own ? this.say("you") : this.getAttribute("name") || this.say("them");
    return make(
      "li",
      { class: `${message.direction}${first ? " first" : ""}${message.own ? " unsent" : ""}` },
      make("span", { class: "hidden" }, `${who}: `),
      make("span", { class: "bubble", dir: "auto" }, message.text),
      message.own || last ? this.#meta(message) : null,
    );
  }

  #meta(message) {
    if (!message.own) return make("span", { class: "meta" }, this.#time(message.at));
    if (!message.own.refused) return make("span", { class: "meta" }, this.say("sending"));
    const again = { type: "button", onclick: () => this.#retry(message.own) };
    return make("span", { class: "meta bad" }, `${this.say("unsent")} `, make("button", again, this.say("again")));
  }

  #offer(last) {
    const offered = last && last.direction === "out" ? last.choices : [];
    const kept = this.#parts.choices;
    kept.hidden = offered.length === 0;
    const key = `${last?.seq}`;
    if (kept.dataset.of === key) return;
    kept.dataset.of = key;
    kept.replaceChildren(
      ...offered.map(({ title, value }) => {
        const take = () => {
          this.#write(title, value);
          this.#parts.text.focus();
        };
        return make("button", { type: "button", onclick: take }, title);
      }),
    );
  }

  #answering(unsent) {
    const due = this.#state.waiting_for === "solution" && !this.#dozing && !unsent;
    this.#parts.answering.hidden = !due;
  }

  #dozing = false;

  #awake() {
    clearTimeout(this.#asleep);
    this.#dozing = false;
    this.#asleep = setTimeout(() => {
      this.#dozing = true;
      this.#render();
    }, PATIENCE);
  }

  #badge() {
    const unread = this.#open ? 0 : this.#state.unread;
    const { launch, badge } = this.#parts;
    badge.hidden = unread === 0;
    badge.textContent = unread > 99 ? "99+" : String(unread);
    launch.setAttribute("aria-label", this.say(unread ? "openUnread" : "open", { n: unread }));
  }

  #announce(key) {
    const text = key ? this.say(key) : "";
    if (this.#parts.state.textContent !== text) this.#parts.state.textContent = text;
  }

  #refused(error) {
    this.#announce("refused");
    this.#parts.text.disabled = true;
    this.#parts.form.querySelector("button").disabled = true;
    this.tell("sym-error", { code: error.code ?? "", message: error.message });
  }

  #submit(event) {
    event.preventDefault();
    const { text } = this.#parts;
    this.#write(text.value);
    text.value = "";
    text.focus();
  }

  #key(event) {
    // While an input method composes, Enter takes its suggestion.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#parts.form.requestSubmit();
  }

  #time(at) {
    const format = { hour: "numeric", minute: "2-digit" };
    return new Intl.DateTimeFormat(languageOf(this), format).format(new Date(at));
  }

  #date(at) {
    const format = { weekday: "long", day: "numeric", month: "long" };
    return new Intl.DateTimeFormat(languageOf(this), format).format(at);
  }
}

function isOut(message) {
  return message.direction === "out";
}

export { SymChat };
