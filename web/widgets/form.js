// <sym-form intent="…"> submits an intent, <sym-form approval="…"> decides what waits for a person.

import { make, unique } from "./dom.js";
import { SymElement } from "./element.js";
import { fieldOf } from "./fields.js";

const FORM_STYLE = `
h2 { margin-bottom: 0.9em; }
form { display: flex; flex-direction: column; gap: 1em; }
.field { display: flex; flex-direction: column; gap: 0.3em; }
.fields { gap: 1.15em; }
.field > label { font-weight: 550; }
.hint { font-size: 0.88em; color: var(--muted); }
.error { font-size: 0.88em; color: var(--bad); }
.error:empty { display: none; }
.star { color: var(--bad); }
input:not([type="checkbox"], [type="radio"]), textarea, select {
  width: 100%; min-height: 2.6em; padding: 0.45em 0.75em; border: 1px solid var(--edge); border-radius: var(--small);
  background: var(--background);
}
textarea { min-height: 5em; resize: vertical; }
[aria-invalid="true"] { border-color: var(--bad) !important; }
input[type="checkbox"], input[type="radio"] { width: 1.15em; height: 1.15em; margin: 0; accent-color: var(--accent); flex: none; }
.field > .option { font-weight: 400; }
.option { display: flex; align-items: center; gap: 0.6em; min-height: 2em; cursor: pointer; }
fieldset { min-width: 0; }
fieldset.nested { padding: 0.9em 1em; border: 1px solid var(--border); border-radius: var(--small); display: flex; flex-direction: column; gap: 1em; }
legend { font-weight: 550; padding: 0; }
fieldset.nested > legend { padding: 0 0.4em; }
.actions { display: flex; gap: 0.7em; flex-wrap: wrap; }
.reason { margin-bottom: 1em; white-space: pre-wrap; }
.result { font-weight: 550; }
`;

class SymForm extends SymElement {
  static observedAttributes = ["token", "intent", "approval"];
  #key = "";

  constructor() {
    super(FORM_STYLE);
  }

  async begin(signal) {
    const intent = this.getAttribute("intent");
    const approval = this.getAttribute("approval");
    if (!intent && !approval) return this.show();
    this.#key = unique();
    this.show(make("p", { class: "card muted", role: "status" }, this.say("loading")));
    try {
      if (approval) this.#decision(await this.link.ask(`approvals/${encodeURIComponent(approval)}`, { signal }));
      else this.#form(await this.link.ask(`forms/${encodeURIComponent(intent)}`, { signal }));
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    }
  }

  #form({ intent, title, schema }) {
    const heading = this.getAttribute("heading") || title;
    const field = fieldOf(schema, "", { name: null, required: true, say: (...of) => this.say(...of) });
    const note = make("p", { class: "note", role: "status" });
    const button = make("button", { class: "main" }, this.getAttribute("action") || this.say("submit"));
    const submit = (event) => {
      event.preventDefault();
      this.#submit(intent, field, button, note);
    };
    const form = make("form", { novalidate: true, onsubmit: submit }, field.element, make("div", { class: "actions" }, button), note);
    this.show(make("section", { class: "card", "aria-label": heading }, make("h2", {}, heading), form));
  }

  async #submit(intent, field, button, note) {
    const wrong = field.check();
    if (wrong) return wrong.focus();
    button.disabled = true;
    tellNote(note, this.say("submitting"), "muted");
    try {
      const body = { ...this.#fixed(), ...field.value() };
      const done = await this.link.ask(`forms/${encodeURIComponent(intent)}`, { method: "POST", body, key: this.#key });
      this.#done(this.getAttribute("thanks") || this.say("submitted"));
      this.tell("sym-submitted", { run: done.run });
    } catch (error) {
      button.disabled = false;
      // What is refused is another request once it is mended.
      if (error.status) this.#key = unique();
      const at = error.pointer === undefined ? null : field.blame(error.pointer, this.say("wrong"));
      tellNote(note, at ? "" : this.say("failedSubmit"), "bad");
      at?.focus();
    }
  }

  /** What the page submits beside what is filled in: the attribute `data`, a JSON object. */
  #fixed() {
    try {
      return JSON.parse(this.getAttribute("data") || "{}");
    } catch {
      return {};
    }
  }

  #decision(question) {
    const heading = this.getAttribute("heading") || this.say("decide");
    const reason = make("p", { class: "reason" }, question.reason ?? "");
    const section = make("section", { class: "card", "aria-label": heading }, make("h2", {}, heading), reason);
    this.show(section);
    if (question.state !== "pending") return section.append(this.#result(question.state));
    const text = make("textarea", { id: "note", maxlength: 2000 });
    const note = make("p", { class: "note", role: "status" });
    const buttons = [
      make("button", { class: "main", type: "button", onclick: () => decide(true) }, this.say("approve")),
      make("button", { type: "button", onclick: () => decide(false) }, this.say("decline")),
    ];
    const decide = async (granted) => {
      for (const one of buttons) one.disabled = true;
      tellNote(note, this.say("submitting"), "muted");
      try {
        const body = { granted, note: text.value.trim() || null };
        const path = `approvals/${encodeURIComponent(question.approval)}`;
        const decided = await this.link.ask(path, { method: "POST", body });
        this.#decision(decided);
        this.tell("sym-decided", { approval: decided.approval, state: decided.state });
      } catch (error) {
        for (const one of buttons) one.disabled = false;
        tellNote(note, this.say("failedSubmit"), "bad");
        this.tell("sym-error", { code: error.code ?? "", message: error.message });
      }
    };
    const label = make("label", { for: "note" }, this.say("note"), " ", make("span", { class: "hint" }, `(${this.say("optional")})`));
    const form = make("form", {}, make("div", { class: "field" }, label, text), make("div", { class: "actions" }, buttons), note);
    form.addEventListener("submit", (event) => event.preventDefault());
    section.append(form);
  }

  #result(state) {
    const colour = { approved: "good", rejected: "bad" }[state] ?? "muted";
    return make("p", { class: `result ${colour}`, role: "status", tabindex: "-1" }, this.say(state));
  }

  #done(text) {
    const result = make("p", { class: "result good", role: "status", tabindex: "-1" }, text);
    this.show(make("section", { class: "card" }, result));
    result.focus();
  }
}

function tellNote(note, text, colour) {
  note.className = `note ${colour}`;
  note.textContent = text;
}

export { SymForm };
