// What all widgets share: a closed root, styles, words, the way to the platform.

import { make, sheet } from "./dom.js";
import { Link } from "./link.js";
import { SHARED } from "./style.js";
import { say } from "./words.js";

const HOME = new URL(import.meta.url).origin;
let shared;

/** A widget. `token` and `token-url` say who looks at it, `platform` where the platform is. */
export class SymElement extends HTMLElement {
  static observedAttributes = ["token"];
  #root;
  #life = null;
  // What comes with its text is not told to who cannot see: only what changes is.
  #live = make("p", { class: "hidden", role: "status" });

  constructor(style) {
    super();
    shared ??= sheet(SHARED);
    this.#root = this.attachShadow({ mode: "closed", delegatesFocus: true });
    this.#root.adoptedStyleSheets = [shared, sheet(style)];
    this.#root.append(this.#live);
    this.link = new Link(this);
  }

  /** Another token, for pages that fetch tokens by themselves. */
  set token(value) {
    this.link.use(value);
    if (this.#life !== null) this.#begin();
  }

  /** The URL that the platform is reached at. */
  get platform() {
    return (this.getAttribute("platform") || HOME).replace(/\/+$/, "");
  }

  connectedCallback() {
    this.#begin();
  }

  disconnectedCallback() {
    this.#life?.abort();
    this.#life = null;
  }

  attributeChangedCallback(name, before, value) {
    if (before === value) return;
    if (name === "token") this.link.use(value);
    // Before it has begun, attributes are only being read.
    if (this.#life !== null) this.#begin();
  }

  /** What to say for `key`. */
  say(key, values) {
    return say(this, key, values);
  }

  /** Show these instead of whatever was shown. */
  show(...children) {
    for (const one of [...this.#root.childNodes]) if (one !== this.#live) one.remove();
    this.#root.prepend(...children);
  }

  /** Have screen readers say this, once. */
  announce(text) {
    if (this.#live.textContent !== text) this.#live.textContent = text;
  }

  /** The element that has the focus in here. */
  get focused() {
    return this.#root.activeElement;
  }

  /** Tell the page that something happened. */
  tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** Show that there is nothing to show, and tell the page why. */
  fail(error) {
    this.tell("sym-error", { code: error.code ?? "", message: error.message });
    this.show(make("p", { class: "card muted" }, this.say("unavailable")));
    this.announce(this.say("unavailable"));
  }

  #begin() {
    this.#life?.abort();
    this.#life = new AbortController();
    this.begin(this.#life.signal);
  }
}
