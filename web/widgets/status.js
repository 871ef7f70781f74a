// <sym-status run="…">: how far a run has come, step by step, in words.

import { make } from "./dom.js";
import { SymElement } from "./element.js";

const OVER = new Set(["completed", "faulted", "cancelled", "terminated"]);

const STATUS_STYLE = `
.top { display: flex; align-items: baseline; gap: 1em; justify-content: space-between; flex-wrap: wrap; }
.state { font-weight: 600; font-size: 0.92em; }
progress { appearance: none; width: 100%; height: 0.45em; margin: 0.7em 0 1em; border: 0; border-radius: 1em; overflow: hidden; background: var(--surface); display: block; }
progress::-webkit-progress-bar { background: var(--surface); }
progress::-webkit-progress-value { background: var(--accent); border-radius: 1em; transition: inline-size 0.4s; }
progress::-moz-progress-bar { background: var(--accent); }
li { position: relative; display: flex; gap: 0.8em; align-items: baseline; padding: 0 0 0.9em 1.9em; }
li:last-child { padding-bottom: 0; }
li::before {
  content: ""; position: absolute; inset-inline-start: 0; inset-block-start: 0.28em; width: 1em; height: 1em;
  border: 2px solid var(--border); border-radius: 50%; background: var(--background);
}
li:not(:last-child)::after {
  content: ""; position: absolute; inset-inline-start: calc(0.5em - 1px); inset-block: 1.5em -0.1em; width: 2px; background: var(--border);
}
li.done::before { border-color: var(--good); background: var(--good); }
li.done:not(:last-child)::after { background: var(--good); }
li.running::before, li.waiting::before { border-color: var(--accent); box-shadow: 0 0 0 3px color-mix(in srgb, var(--accent) 22%, transparent); }
li.failed::before { border-color: var(--bad); background: var(--bad); }
li .title { flex: 1; }
li.running .title, li.waiting .title { font-weight: 600; }
li.skipped .title, li.cancelled .title { text-decoration: line-through; color: var(--muted); }
li .how { font-size: 0.88em; color: var(--muted); white-space: nowrap; }
li.failed .how { color: var(--bad); }
`;

class SymStatus extends SymElement {
  static observedAttributes = ["token", "run"];

  constructor() {
    super(STATUS_STYLE);
  }

  async begin(signal) {
    const run = this.getAttribute("run");
    if (!run) return this.show();
    this.show(make("p", { class: "card muted" }, this.say("loading")));
    const path = `runs/${encodeURIComponent(run)}/events`;
    const ends = (event) => event.type === "status" && OVER.has(JSON.parse(event.data).status);
    try {
      await this.link.follow(path, (event) => this.#hear(event), { signal, ends });
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    }
  }

  #hear(event) {
    if (event.type !== "status") return;
    const progress = JSON.parse(event.data);
    const steps = this.#named(progress.steps);
    const over = steps.filter((one) => one.state === "done" || one.state === "skipped");
    const done = over.length;
    const all = steps.length;
    const heading = this.getAttribute("heading") || progress.title;
    this.show(
      make(
        "section",
        { class: "card", "aria-label": heading },
        make(
          "div",
          { class: "top" },
          make("h2", {}, heading),
          make("span", { class: `state ${colour(progress.status)}` }, this.#state(progress)),
        ),
        make("progress", { max: all || 1, value: done, "aria-label": this.say("progress"),
          "aria-valuetext": this.say("stepOf", { done, all }) }),
        make("ol", { "aria-label": this.say("steps") }, steps.map((one) => this.#step(one))),
      ),
    );
    const now = steps.filter((one) => one.state === "running" || one.state === "waiting").map((one) => one.title);
    this.announce([heading, this.#state(progress), ...now].join(": "));
    this.tell("sym-status", { run: progress.run, status: progress.status });
  }

  /** The steps as the page calls them: its attribute `labels` has titles, or null for none. */
  #named(steps) {
    let labels = {};
    try {
      labels = JSON.parse(this.getAttribute("labels") || "{}");
    } catch {
      // Their own names are as good as any.
    }
    const named = steps.map((one) => ({ ...one, title: Object.hasOwn(labels, one.name) ? labels[one.name] : one.title }));
    return named.filter((one) => one.title !== null);
  }

  #state(progress) {
    const stage = progress.stage === "running" ? null : progress.stage;
    return this.say(progress.status === "running" ? stage || "running" : progress.status);
  }

  #step(step) {
    const now = step.state === "running" || step.state === "waiting";
    return make(
      "li",
      { class: step.state === "to come" ? "" : step.state, "aria-current": now ? "step" : null },
      make("span", { class: "title" }, step.title),
      make("span", { class: "how" }, this.say(step.state)),
    );
  }
}

function colour(status) {
  if (status === "completed") return "good";
  return OVER.has(status) ? "bad" : "";
}

export { SymStatus };
