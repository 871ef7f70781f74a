// Fields out of a JSON Schema. A field has an `element`, gives its `value`, can `check` itself and
// be told what is wrong with it: both give the element to go to.

import { inWords, make } from "./dom.js";

const INPUTS = { date: "date", time: "time", "date-time": "datetime-local", email: "email", uri: "url" };
const LONG = 200; // characters from which a text is written on several lines
const FEW = 4; // choices that are shown side by side
let count = 0;

/** The field that asks for what `schema` describes; `at` is its JSON pointer. */
export function fieldOf(schema, at, about) {
  const kind = [schema.type].flat().find((one) => one !== "null");
  if (kind === "object" || schema.properties) return objectField(schema, at, about);
  if (schema.enum) return choiceField(schema, at, about);
  if (kind === "boolean") return checkField(schema, at, about);
  if (kind === "array") return manyField(schema, at, about);
  return textField(schema, kind, at, about);
}

function objectField(schema, at, { name, required, say }) {
  const wanted = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {})
    .filter(([, one]) => one.const === undefined && one.readOnly !== true)
    .map(([key, one]) => {
      const pointer = `${at}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      return [key, fieldOf(one, pointer, { name: key, required: wanted.has(key), say })];
    });
  const elements = fields.map(([, one]) => one.element);
  const fixed = Object.entries(schema.properties ?? {}).filter(([, one]) => one.const !== undefined);
  return {
    element: name === null
      ? make("div", { class: "fields field" }, elements)
      : make("fieldset", { class: "nested" }, make("legend", {}, schema.title || inWords(name)), elements),
    value() {
      const given = fields.map(([key, one]) => [key, one.value()]).filter(([, one]) => one !== undefined);
      if (given.length === 0 && name !== null && !required) return undefined;
      return Object.fromEntries([...fixed.map(([key, one]) => [key, one.const]), ...given]);
    },
    check() {
      const filled = name === null || required || this.value() !== undefined;
      const wrong = fields.map(([, one]) => (filled ? one.check() : null));
      return wrong.find((one) => one !== null) ?? null;
    },
    blame(pointer, text) {
      return fields.map(([, one]) => one.blame(pointer, text)).find((one) => one !== null) ?? null;
    },
  };
}

function textField(schema, kind, at, about) {
  const numeric = kind === "number" || kind === "integer";
  const long = !numeric && !schema.format && (schema.maxLength === undefined || schema.maxLength > LONG) && schema["x-lines"] !== 1;
  const multiline = schema.format === "textarea" || (long && schema.maxLength > LONG);
  const type = numeric ? "number" : INPUTS[schema.format] ?? "text";
  const control = make(multiline ? "textarea" : "input", {
    type: multiline ? null : type,
    min: schema.minimum,
    max: schema.maximum,
    step: kind === "integer" ? 1 : numeric ? "any" : null,
    minlength: schema.minLength,
    maxlength: schema.maxLength,
    pattern: multiline ? null : schema.pattern,
    placeholder: schema.examples?.[0],
    autocomplete: AUTOCOMPLETE[about.name],
  });
  if (schema.default !== undefined) control.value = String(schema.default);
  return labelled(control, schema, at, about, () => {
    if (control.value.trim() === "") return undefined;
    if (numeric) return Number(control.value);
    return schema.format === "date-time" ? new Date(control.value).toISOString() : control.value;
  });
}

const AUTOCOMPLETE = { name: "name", email: "email", phone: "tel", street: "street-address", city: "address-level2", zip: "postal-code", country: "country-name" };

function choiceField(schema, at, about) {
  const titles = schema["x-titles"] ?? {};
  const named = (one) => titles[one] ?? asTitle(one);
  if (schema.enum.length <= FEW) return radioField(schema, named, at, about);
  const options = schema.enum.map((one, n) => make("option", { value: n, selected: one === schema.default }, named(one)));
  const control = make("select", {}, make("option", { value: "" }, about.say("choose")), options);
  return labelled(control, schema, at, about, () => (control.value === "" ? undefined : schema.enum[Number(control.value)]));
}

/** A value as a choice: `large_box` is `Large box`, and whatever else it is, it stays. */
function asTitle(value) {
  const text = String(value).replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function radioField(schema, named, at, about) {
  const group = `field-${(count += 1)}`;
  const inputs = schema.enum.map((one) => make("input", { type: "radio", name: group, checked: one === schema.default }));
  const options = schema.enum.map((one, n) => make("label", { class: "option" }, inputs[n], named(one)));
  return grouped(inputs, options, "radiogroup", schema, at, about, () => {
    const taken = inputs.findIndex((one) => one.checked);
    return taken < 0 ? undefined : schema.enum[taken];
  });
}

function manyField(schema, at, about) {
  const items = schema.items ?? {};
  if (!items.enum) return linesField(schema, items, at, about);
  const inputs = items.enum.map(() => make("input", { type: "checkbox" }));
  const options = items.enum.map((one, n) => make("label", { class: "option" }, inputs[n], asTitle(one)));
  return grouped(inputs, options, "group", schema, at, about, () => {
    const taken = items.enum.filter((_, n) => inputs[n].checked);
    return taken.length === 0 && !about.required ? undefined : taken;
  });
}

function linesField(schema, items, at, about) {
  const numeric = items.type === "number" || items.type === "integer";
  const control = make("textarea", {});
  const hint = { ...schema, description: [schema.description, about.say("perLine")].filter(Boolean).join(" ") };
  return labelled(control, hint, at, about, () => {
    const lines = control.value.split("\n").map((one) => one.trim()).filter((one) => one !== "");
    if (lines.length === 0) return about.required ? [] : undefined;
    return numeric ? lines.map(Number) : lines;
  });
}

function checkField(schema, at, about) {
  const input = make("input", { type: "checkbox", checked: schema.default === true });
  const label = make("label", { class: "option" }, input, schema.title || inWords(about.name));
  const must = schema.const === true;
  const { hint, error, describe } = notes(schema, input);
  return {
    element: make("div", { class: "field" }, label, hint, error),
    value: () => (must ? true : input.checked),
    check: () => describe(must && !input.checked ? about.say("missing") : ""),
    blame: (pointer, text) => (pointer === at ? describe(text) : null),
  };
}

function labelled(control, schema, at, about, value) {
  control.id = `field-${(count += 1)}`;
  if (about.required) control.setAttribute("aria-required", "true");
  const { hint, error, describe } = notes(schema, control);
  const label = make("label", { for: control.id }, ...title(schema, about));
  return {
    element: make("div", { class: "field" }, label, hint, control, error),
    value,
    check() {
      if (value() === undefined) return describe(about.required || control.validity.badInput ? about.say(control.validity.badInput ? "wrong" : "missing") : "");
      return describe(control.validity.valid ? "" : about.say("wrong"));
    },
    blame: (pointer, text) => (pointer === at ? describe(text) : null),
  };
}

function grouped(inputs, options, role, schema, at, about, value) {
  const { hint, error, describe } = notes(schema, inputs[0]);
  const legend = make("legend", {}, ...title(schema, about));
  const required = about.required && role === "radiogroup" ? "true" : null;
  return {
    element: make("fieldset", { class: "field", role, "aria-required": required }, legend, hint, options, error),
    value,
    check: () => describe(about.required && value() === undefined ? about.say("missing") : ""),
    blame: (pointer, text) => (pointer === at ? describe(text) : null),
  };
}

function title(schema, about) {
  const text = schema.title || inWords(about.name ?? "");
  if (!about.required) return [text];
  return [text, " ", make("span", { class: "star", title: about.say("required"), "aria-hidden": "true" }, "*")];
}

/** A hint and a place for errors, tied to `control`; `describe` gives it if there is an error. */
function notes(schema, control) {
  const id = `note-${(count += 1)}`;
  const hint = schema.description ? make("span", { class: "hint", id: `${id}-hint` }, schema.description) : null;
  const error = make("span", { class: "error", id: `${id}-error`, role: "alert" });
  control.setAttribute("aria-describedby", `${hint ? `${id}-hint ` : ""}${id}-error`);
  const describe = (text) => {
    error.textContent = text;
    if (text) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
    return text ? control : null;
  };
  return { hint, error, describe };
}
