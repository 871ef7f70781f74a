"""Codes of the compiler: a document that reads well and still cannot run."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "compile.process-forbidden",
        "No code of a definition runs on the platform's workers",
        "Start a worker pool of your own whose package publishes `run.script`, `run.shell` or "
        "`run.container`; it is then called with what is written here.",
    ),
    Code(
        "compile.function",
        "A function of a catalog is not what the specification wants there",
        "See that the URL leads to a `function.yaml` that holds one task.",
    ),
    Code(
        "compile.function-cycle",
        "Functions call each other without end",
        "Let one of them do its part without the others; use `for` to repeat something.",
    ),
    Code(
        "compile.expression-language",
        "Expressions of another language than jq are not read",
        "Leave `evaluate.language` out and write the expressions in jq, which every runtime has "
        "to support.",
    ),
    Code(
        "compile.schema-format",
        "A schema of another format than JSON Schema is not read",
        "Write a JSON Schema and leave `format` out, or `json`.",
    ),
    Code(
        "compile.unknown-function",
        "A call names nothing that can be called",
        "Call an experience of this solution, or a capability of the catalog "
        "(`GET /v1/capabilities`) as `realm.capability`.",
    ),
    Code(
        "compile.resource",
        "A document that the definition names cannot be had",
        "Name an https address that the platform reaches; a private one has to be listed in "
        "SYMPHAINY_EGRESS_ALLOW.",
    ),
    Code(
        "compile.resource-computed",
        "The address of a document that the check needs depends on the run",
        "Write the address as it is: what it leads to is fetched once, when the version is "
        "registered.",
    ),
    Code(
        "compile.intent",
        "An intent neither starts a run nor says which one it is for",
        "Let it start runs (`starts: true`), or give it `event` and `correlate`.",
    ),
    Code(
        "compile.event-attribute",
        "An event has no such attribute, or not like this",
        "Name attributes of CloudEvents with a-z and 0-9 only; `type` is text, `specversion` is "
        "always 1.0, and data goes under `data`.",
    ),
    Code(
        "compile.secret-as-data",
        "A secret is used where it would become data",
        "Use `${ $secrets.name }` as a whole value of `with` or of an authentication, or inside "
        'one string: `${ "Bearer \\($secrets.name)" }`. It is put in where the step is done.',
    ),
    Code(
        "compile.authentication",
        "An authentication cannot work",
        "Give the scheme the properties that the message names.",
    ),
    Code(
        "compile.credential-in-clear",
        "A credential stands in the definition for all to read",
        "Declare a secret in `use.secrets` and write `${ $secrets.name }` here.",
        severity="warning",
    ),
    Code(
        "compile.unknown-reference",
        "A name refers to nothing in `use`",
        "Define it under `use`, or write it in place.",
    ),
    Code(
        "compile.unknown-adapter",
        "No worker has the adapter an experience is bound to",
        "Choose one of `GET /v1/adapters`, or start a worker pool that has it.",
    ),
    Code(
        "compile.unknown-template",
        "A message names a template that its experience does not have",
        "Add it under `experiences.<name>.templates`, or correct the name.",
    ),
    Code(
        "compile.channel",
        "An experience and its adapter do not agree on a channel",
        "Give the experience a `channel` that its adapter serves.",
    ),
    Code(
        "compile.feature",
        "An adapter cannot do what a step asks for",
        "Bind the experience to an adapter that can, or leave it out of the step.",
    ),
    Code(
        "compile.settings",
        "The settings of a binding are not what its adapter takes",
        "Correct `settings` as the adapter's page says.",
    ),
    Code(
        "compile.care",
        "What an experience says about time cannot be kept",
        "Give `expires` and `digest.every` fixed durations, `expires` longer than `digest.every`, "
        "and name a template of the experience in `digest.template`.",
    ),
    Code(
        "compile.arguments",
        "The arguments of a call do not fit what it takes",
        "Correct `with` as the schema of the capability says (`GET /v1/capabilities`).",
    ),
    Code(
        "compile.schema",
        "A JSON Schema in the document cannot be used",
        "Write a self-contained schema of draft 2020-12, without remote references and with "
        "patterns that need no look-around.",
    ),
    Code(
        "compile.then-unknown",
        "`then` leads to a task that is not in the same list",
        "Name a task of the same list, or use continue, exit or end.",
    ),
    Code(
        "compile.unreachable",
        "Nothing leads to a task",
        "Remove the task, or let a `then` lead to it.",
        severity="warning",
    ),
    Code(
        "compile.loop-without-wait",
        "The flow goes back without waiting or calling anything",
        "Add a `wait` to the loop, or use `for` with a bound.",
        severity="warning",
    ),
    Code(
        "compile.unbounded-retry",
        "A retry has no limit",
        "Give it `limit.attempt.count` or `limit.duration`.",
        severity="warning",
    ),
    Code(
        "compile.duplicate-name",
        "Two tasks of one list have the same name",
        "Give each a name of its own: `then`, policies and everybody who looks at a run tell tasks "
        "apart by it.",
        severity="warning",
    ),
    Code(
        "compile.lifecycle",
        "What lifecycle events are wanted of cannot be read",
        "Write `lifecycle: [workflow]`, `[task]` or `[workflow, task]`, or leave it out.",
    ),
    Code(
        "compile.migrates",
        "Whose runs may go on by this version cannot be read",
        "Write the versions before: `migrates: [1.0.0]`, `[1.0.*]`, `[1.*]` or `['*']`.",
    ),
    Code(
        "compile.cron",
        "A cron expression cannot be read",
        "Write minute, hour, day of the month, month and day of the week, such as `0 9 * * 1-5`, "
        "or a short form such as `@daily`.",
    ),
    Code(
        "compile.schedule",
        "A schedule says no length of time that can be kept",
        "Write a duration of at least a second, without expressions.",
    ),
    Code(
        "compile.zone",
        "There is no such time zone",
        "Write a name of the IANA database, such as `Europe/Vienna`.",
    ),
    Code(
        "compile.zone-idle",
        "A time zone that nothing looks at",
        "Put `zone` on the intent that starts runs, beside a `schedule` with `cron`, or leave it "
        "out.",
        severity="warning",
    ),
    Code(
        "compile.endless-loop",
        "A loop never ends and never waits",
        "Let a `switch` lead out of the loop, put a `wait` into it, or give it a `timeout`.",
    ),
    Code(
        "compile.listen-timeout",
        "Nothing ends a `listen` if no event comes",
        "Give the task, one around it or the workflow a `timeout`, or let a `fork` with "
        "`compete: true` race it with a `wait`.",
        severity="warning",
    ),
    Code(
        "compile.condition",
        "A condition always holds, or never does",
        'Compare what it gives with something: `(.items | length) > 0`, `.name != ""`.',
        severity="warning",
    ),
    Code(
        "compile.event-unknown",
        "A `listen` waits for an event that no message ever has",
        "Write one of the events of messages: `com.symphainy.delivery.<event>.v1`.",
    ),
    Code(
        "compile.event-untold",
        "A `listen` waits for what no adapter of the solution tells",
        "Listen for what they tell, as their pages say, or bind an experience to an adapter that "
        "tells it.",
        severity="warning",
    ),
    Code(
        "compile.unbounded-fan-out",
        "Work is multiplied by data that nothing bounds",
        "Bound the list, such as `in: ${ .items[:100] }`, give the loop a `while`, or wait for "
        "the runs it starts.",
        severity="warning",
    ),
    Code(
        "compile.too-many-items",
        "A loop goes through more items than are allowed",
        "Go through at most 10,000 items at a time.",
    ),
    Code(
        "compile.unknown-path",
        "An expression reads what nothing can have given",
        "Correct the path, or add the member to the schema or the task that gives the data.",
        severity="warning",
    ),
    Code(
        "compile.lost-output",
        "What a task gives is replaced before anyone reads it",
        "Keep it with `export`, join it to the data with `output.as`, read it in the next task, "
        "or leave the task out.",
        severity="warning",
    ),
    Code(
        "compile.unused",
        "Something in `use` is used nowhere",
        "Remove it, or name it where it is meant.",
        severity="warning",
    ),
    Code(
        "compile.policy-task",
        "A policy speaks of a task that does not exist",
        "Name a task of this solution under `before`.",
    ),
    Code(
        "compile.policy-class",
        "A policy speaks of a class of data that no schema has",
        "Write `x-data-class` in the schema of the solution's input, or correct the class.",
    ),
    Code(
        "compile.fallback",
        "A fallback is no other experience of the solution",
        "Name experiences of this solution, each once, and not the one that falls back.",
    ),
    Code(
        "compile.policy-idle",
        "A policy can never apply",
        "Name a channel that an experience of this solution uses, or remove the policy.",
        severity="warning",
    ),
    Code(
        "compile.too-many-branches",
        "A fork has more branches than are allowed",
        "Use `for`, or several forks one after another.",
    ),
    Code(
        "compile.too-many-tasks",
        "The definition has more tasks than are allowed",
        "Split it into several solutions that start each other with `solution.start`.",
    ),
)
