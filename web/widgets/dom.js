// Elements out of data. Texts become text nodes, never markup, so nothing that anybody writes runs.

/** An element with attributes and listeners (`on…`), and its children: elements or texts. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((one) => one !== undefined && one !== null));
  return element;
}

/** A picture of one path, for the eye only. */
export function icon(path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const drawn = document.createElementNS(space, "path");
  drawn.setAttribute("d", path);
  svg.append(drawn);
  return svg;
}

/** A style sheet that a strict policy for styles does not stop: it is made, not written. */
export function sheet(text) {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}

/** An id that nobody else has; `randomUUID` is only there on encrypted pages. */
export function unique() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}

/** `firstName` or `first_name` in words. */
export function inWords(name) {
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [name];
  const text = words.map((one) => (/^[A-Z]{2,}$/.test(one) ? one : one.toLowerCase())).join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
