// <sym-preferences>: what the customer wants to hear about, and by which channel.

import { inWords, make } from "./dom.js";
import { SymElement } from "./element.js";

const PREFERENCES_STYLE = `
h2 { margin-bottom: 0.8em; }
fieldset { padding: 0.85em 0; border-top: 1px solid var(--border); min-width: 0; }
legend { float: inline-start; width: 100%; font-weight: 600; margin-bottom: 0.35em; }
label { clear: both; display: flex; align-items: center; gap: 0.75em; min-height: 2.4em; cursor: pointer; }
label span { flex: 1; }
input {
  appearance: none; flex: none; width: 2.7em; height: 1.5em; margin: 0; border: 2px solid var(--muted); cursor: pointer;
  border-radius: 1em; background: var(--surface); position: relative; transition: background 0.15s, border-color 0.15s;
}
input::before {
  content: ""; position: absolute; inset-block-start: 0.15em; inset-inline-start: 0.18em; width: 0.95em; height: 0.95em;
  border-radius: 50%; background: var(--muted); transition: translate 0.15s, background 0.15s;
}
input:checked { background: var(--accent); border-color: var(--accent); }
input:checked::before { background: var(--on-accent); translate: 1.15em 0; }
:host(:dir(rtl)) input:checked::before { translate: -1.15em 0; }
@media (forced-colors: active) { input:checked::before { background: Highlight; } }
`;

class SymPreferences extends SymElement {
  #note = null;
  #saves = Promise.resolve();

  constructor() {
    super(PREFERENCES_STYLE);
  }

  async begin(signal) {
    this.show(make("p", { class: "card muted", role: "status" }, this.say("loading")));
    try {
      const found = await this.link.ask("preferences", { signal });
      this.#draw(found.choices);
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    }
  }

  #draw(choices) {
    const heading = this.getAttribute("heading") || this.say("preferences");
    const topics = byTopic(choices);
    this.#note = make("p", { class: "note muted", role: "status" });
    const empty = make("p", { class: "muted" }, this.say("nothing"));
    this.show(
      make(
        "section",
        { class: "card", "aria-label": heading },
        make("h2", {}, heading),
        choices.length === 0 ? empty : null,
        [...topics].map(([topic, each]) => this.#topic(topic, each)),
        this.#note,
      ),
    );
  }

  #topic(topic, choices) {
    const title = topic === null ? this.say("otherwise") : choices[0].title || inWords(topic);
    return make("fieldset", {}, make("legend", {}, title), choices.map((one) => this.#choice(one)));
  }

  #choice(choice) {
    const name = this.say(choice.channel === "chat" ? "chatChannel" : choice.channel);
    const input = make("input", { type: "checkbox", role: "switch", checked: choice.wanted });
    input.addEventListener("change", () => this.#save(choice, input));
    return make("label", {}, make("span", {}, name), input);
  }

  /** One after the other, so that the last word is the last that is said. */
  #save(choice, input) {
    const wanted = input.checked;
    this.#tell("saving", "muted");
    this.#saves = this.#saves.then(async () => {
      const body = { choices: [{ topic: choice.topic, channel: choice.channel, wanted }] };
      try {
        await this.link.ask("preferences", { method: "PUT", body });
        this.#tell("saved", "good");
        this.tell("sym-preferences", body.choices[0]);
      } catch {
        input.checked = !wanted;
        this.#tell("unsaved", "bad");
      }
    });
  }

  #tell(key, colour) {
    this.#note.className = `note ${colour}`;
    this.#note.textContent = this.say(key);
  }
}

function byTopic(choices) {
  const found = new Map();
  for (const one of choices) found.set(one.topic, [...(found.get(one.topic) ?? []), one]);
  return found;
}

export { SymPreferences };
