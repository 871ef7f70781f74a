"""What expressions may read where, and what it looks like."""

import pytest

from symphainy.catalog import Catalog
from tests.runtime.platform import Platform
from tests.runtime.test_long_runs import HEAD
from workflows.compiler import check


async def test_the_descriptors_say_what_the_specification_wants(platform: Platform) -> None:
    run = await platform.run(
        HEAD
        + """
input: {from: "${ {x: .x, start: $workflow.startedAt} }"}
output: {as: "{first: ., again: $workflow.input, runtime: $runtime.name}"}
do:
  - look:
      metadata: {note: "seen"}
      input: {from: "{x, start}"}
      set:
        task: "${ $task | del(.startedAt) }"
        started: "${ $task.startedAt }"
        workflow: "${ $workflow | del(.definition) }"
        version: "${ $workflow.definition.document.version }"
        runtime: "${ $runtime }"
        same: "${ .start == $workflow.startedAt }"
      output: {as: ". + {raw: ($task.output | keys | length)}"}
""",
        {"x": 1, "y": 2},
    )
    given = run.output

    assert isinstance(given, dict), run.problem
    first = given.pop("first")
    assert given == {"again": {"x": 1, "y": 2}, "runtime": "symphainy"}
    assert isinstance(first, dict)
    started, workflow = first.pop("started"), first.pop("workflow")
    assert isinstance(workflow, dict)
    began = workflow.pop("startedAt")
    assert first == {
        "task": {
            "name": "look",
            "reference": "/do/0/look",
            "definition": {
                "metadata": {"note": "seen"},
                "input": {"from": "{x, start}"},
                "set": {
                    "task": "${ $task | del(.startedAt) }",
                    "started": "${ $task.startedAt }",
                    "workflow": "${ $workflow | del(.definition) }",
                    "version": "${ $workflow.definition.document.version }",
                    "runtime": "${ $runtime }",
                    "same": "${ .start == $workflow.startedAt }",
                },
                "output": {"as": ". + {raw: ($task.output | keys | length)}"},
            },
            "input": {"x": 1, "start": began},
            "output": None,
        },
        "version": "1.0.0",
        "runtime": {
            "name": "symphainy",
            "version": "plan/1",
            "metadata": {"tenant": "acme", "environment": "production"},
        },
        "same": True,
        "raw": 6,
    }
    assert workflow == {"id": run.run, "input": {"x": 1, "y": 2}}
    for moment in (started, began):
        assert isinstance(moment, dict)
        assert isinstance(moment["epoch"], dict)
        assert moment["epoch"]["milliseconds"] // 1_000 == moment["epoch"]["seconds"]
        assert isinstance(moment["iso8601"], str)
        assert moment["iso8601"].endswith("Z")


async def test_a_task_has_begun_when_it_began(skipping: Platform) -> None:
    given = await skipping.output(
        HEAD
        + """
do:
  - rest:
      wait: {hours: 1}
      output: {as: "(now - $task.startedAt.epoch.seconds) >= 3600"}
"""
    )

    assert given is True


async def test_the_run_began_in_its_first_history(short: Platform) -> None:
    given = await short.output(
        HEAD
        + """
do:
  - first: {set: {began: "${ $workflow.startedAt }"}}
  - many:
      for: {in: "${ [range(20)] }"}
      do: [{work: {call: content.render, with: {template: x, data: {}}, output: {as: $input}}}]
  - same: {set: "${ .began == $workflow.startedAt }"}
"""
    )

    assert given is True


def found(text: str) -> list[tuple[str, str]]:
    """Code and pointer of each error."""
    compiled = check(HEAD.replace("{{n}}", "1") + text, Catalog())
    return [(one.code, one.pointer) for one in compiled.findings if one.severity == "error"]


NOT_GRANTED = [
    (
        'input: {from: "$NAME"}\ndo: [{a: {set: {x: 1}}}]',
        "/input/from",
        "context input output task",
    ),
    ('output: {as: "$NAME"}\ndo: [{a: {set: {x: 1}}}]', "/output/as", "input output task"),
    ('do: [{a: {if: "$NAME", set: {x: 1}}}]', "/do/0/a/if", "input output"),
    ('do: [{a: {input: {from: "$NAME"}, set: {x: 1}}}]', "/do/0/a/input/from", "input output"),
    ('do: [{a: {set: {x: "${ $NAME }"}}}]', "/do/0/a/set/x", "output"),
    ('do: [{a: {output: {as: "$NAME"}, set: {x: 1}}}]', "/do/0/a/output/as", "output"),
    ('do: [{a: {export: {as: "$NAME"}, set: {x: 1}}}]', "/do/0/a/export/as", ""),
]
ALL = ("context", "input", "output", "task", "workflow", "runtime")


@pytest.mark.parametrize(("text", "pointer", "refused"), NOT_GRANTED, ids=lambda one: one[:30])
def test_arguments_are_granted_exactly_where_the_specification_says(
    text: str, pointer: str, refused: str
) -> None:
    for name in ALL:
        codes = found(text.replace("NAME", name))
        expected = [("expression.variable", pointer)] if name in refused.split() else []
        assert codes == expected, name


async def test_in_loose_mode_text_may_be_an_expression(platform: Platform) -> None:
    given = await platform.output(
        HEAD
        + """
evaluate: {mode: loose}
do:
  - go:
      set:
        value: .x + 1
        marked: "${ .x + 2 }"
        text: hello
        sentence: it's "quoted", isn't it?
        failing: .x.y
        marked-failing: "${ .x.y }"
        comment: .x # the number
        number: 5
      export: {as: .value}
      output: {as: ". + {exported: false}"}
  - tell: {set: {same: $input, context: $context}}
""",
        {"x": 1},
    )

    assert given == {
        "same": {
            "value": 2,
            "marked": 3,
            "text": "hello",
            "sentence": "it's \"quoted\", isn't it?",
            "failing": ".x.y",
            "marked-failing": "${ .x.y }",
            "comment": 1,
            "number": 5,
            "exported": False,
        },
        "context": 2,
    }


async def test_data_is_never_evaluated_in_either_mode(platform: Platform) -> None:
    for mode in ("strict", "loose"):
        given = await platform.output(
            HEAD + f"\nevaluate: {{mode: {mode}}}\n" + 'do: [{go: {set: {got: "${ .x }"}}}]\n',
            {"x": "${ 1 + 1 }"},
        )

        assert given == {"got": "${ 1 + 1 }"}


def test_other_languages_are_refused() -> None:
    text = "evaluate: {language: cel}\ndo: [{a: {set: {x: 1}}}]\n"

    assert found(text) == [("compile.expression-language", "/evaluate/language")]


def test_other_schema_formats_are_refused() -> None:
    text = "input: {schema: {format: avro, document: {}}}\ndo: [{a: {set: {x: 1}}}]\n"

    assert found(text) == [("compile.schema-format", "/input/schema/format")]
