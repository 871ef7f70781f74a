"""Codes of the area `document`: the text, its shape, and the grammar of definitions."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

TEXT = (
    Code(
        "document.too-large",
        "The document is larger than 1 MiB",
        "Split it into several solutions, or move large data out of the definition.",
        status=413,
    ),
    Code(
        "document.encoding",
        "The document is not valid UTF-8",
        "Save the document as UTF-8.",
    ),
    Code(
        "document.character",
        "The document holds a character that is not text",
        "Remove the control character, or write it as an escape if it is meant.",
    ),
    Code(
        "document.syntax",
        "The document is neither YAML nor JSON",
        "Mend the syntax at this place; values with `: `, `#` or `${` are safest in quotes.",
        status=400,
    ),
    Code("document.empty", "The document is empty", "Send a solution definition."),
    Code(
        "document.several",
        "There is more than one document",
        "Send one document at a time; `---` begins another.",
    ),
    Code(
        "document.anchor",
        "YAML anchors are not read",
        "Remove the anchor and write the value out where it is needed.",
    ),
    Code(
        "document.alias",
        "YAML aliases are not read",
        "Write the value out, or share it by name in the section `use`.",
    ),
    Code(
        "document.merge-key",
        "YAML merge keys are not read",
        'Write the merged keys out; quote the key as "<<" if a plain key is meant.',
    ),
    Code(
        "document.tag",
        "The YAML tag is not allowed",
        "Remove the tag; quote a value to make it a string.",
    ),
    Code(
        "document.duplicate-key",
        "A key stands twice in one mapping",
        "Keep one of the two, or rename the other.",
    ),
    Code(
        "document.key-type",
        "A key is not a string",
        'Put the key in quotes, such as "1" or "true".',
    ),
    Code("document.key-too-long", "A key is longer than 1,024 characters", "Shorten the key."),
    Code(
        "document.too-deep",
        "The document is nested deeper than 64 levels",
        "Flatten it: move inner tasks into functions or solutions of their own.",
    ),
    Code(
        "document.too-many-nodes",
        "The document holds more than 50,000 values and keys",
        "Split it into several solutions, or move large data out of the definition.",
    ),
    Code(
        "document.number",
        "A number is not finite or too large",
        "Write a number below 1e308, or put it in quotes to keep it as text.",
    ),
)

GRAMMAR = (
    Code(
        "document.unknown-section",
        "A top-level section is not known",
        "Rename or remove the section; nothing reads it.",
        severity="warning",
    ),
    Code(
        "document.dsl",
        "The version of the DSL is not supported",
        "Set `document.dsl` to 1.0.3.",
    ),
    Code(
        "schema.too-many",
        "There are more problems than are reported",
        "Mend those reported first, then check again.",
    ),
    Code("schema.required", "Something required is missing", "Add what is missing."),
    Code("schema.type", "A value is of another type than expected", "Write a value of that type."),
    Code("schema.unknown-key", "A key is not known here", "Rename or remove the key."),
    Code(
        "schema.ignored-key",
        "A key has no meaning here",
        "Remove the key; the specification tolerates it and nothing reads it.",
        severity="warning",
    ),
    Code("schema.value", "A value is not one of those allowed", "Write one of the allowed values."),
    Code(
        "schema.exclusive",
        "Keys that exclude each other, or none of them",
        "Keep exactly one of the keys.",
    ),
    Code(
        "schema.duration",
        "A duration is not one",
        "Write an ISO 8601 duration such as `PT15M`, or parts such as `{minutes: 15}`.",
    ),
    Code(
        "schema.uri",
        "An address is not a URI",
        'Write a URI without spaces, with {name} for variables, or one expression: ${ "..." }.',
    ),
    Code(
        "schema.name",
        "A name does not follow the rules for names",
        "Use 1 to 63 letters, digits and hyphens, beginning and ending with a letter or digit.",
    ),
    Code(
        "schema.reserved-name",
        "A name is taken by the language itself",
        "Choose another name; `call` would never reach this one.",
    ),
    Code(
        "schema.version",
        "A version is not a semantic version",
        "Write three numbers such as 1.0.0, in quotes where there are only two dots or fewer.",
    ),
    Code(
        "task.unknown",
        "A task has no keyword",
        "Give the task one of: call, do, emit, for, fork, listen, raise, run, set, switch, "
        "try, wait.",
    ),
    Code(
        "task.ambiguous",
        "A task has several keywords",
        "Make it several tasks; a task does one thing.",
    ),
    Code(
        "task.item",
        "An entry of a task list is not one named task",
        "Write each entry as a mapping of one name to its task, such as `- remind: {...}`.",
    ),
    Code(
        "task.name",
        "A task name is empty, too long or holds a control character",
        "Name the task in 1 to 128 printable characters.",
    ),
    Code(
        "task.reserved-name",
        "A task is named like a flow directive",
        "Rename the task; `then` takes `continue`, `exit` and `end` as directives.",
        severity="warning",
    ),
    Code(
        "task.default-cases",
        "A switch has several cases without a condition",
        "Keep one default case and give each other case a `when`.",
    ),
)

CODES: tuple[Code, ...] = TEXT + GRAMMAR
