"""What would run, and still not do what its author wants."""

import pytest

from tests.compiler.finding import found, messages
from workflows.compiler.context import nearest

LISTEN = "{listen: {to: {one: {with: {type: com.acme.paid.v1}}}}%s}"


@pytest.mark.parametrize(
    "flow",
    [
        f"timeout: {{after: P1D}}\ndo:\n  - a: {LISTEN % ''}\n",
        f"do:\n  - a: {LISTEN % ', timeout: {after: P1D}'}\n",
        f"do:\n  - a:\n      timeout: {{after: P1D}}\n      do:\n        - b: {LISTEN % ''}\n",
        "do:\n  - a:\n      fork:\n        compete: true\n        branches:\n"
        f"          - late: {{wait: P1D}}\n          - paid: {LISTEN % ''}\n",
    ],
)
def test_a_listen_that_something_ends_is_fine(flow: str) -> None:
    assert found(flow) == []


def test_a_race_of_nothing_but_listens_may_never_end() -> None:
    body = (
        "do:\n  - a:\n      fork:\n        compete: true\n        branches:\n"
        f"          - one: {LISTEN % ''}\n          - two: {LISTEN % ''}\n"
    )

    assert [code for code, _ in found(body)] == ["compile.listen-timeout"] * 2


@pytest.mark.parametrize(
    ("loops", "fans"),
    [
        ("{for: {in: .all}, do: [{b: {for: {in: .more}, do: [%s]}}]}", True),
        ("{fork: {branches: [{b: {for: {in: .more}, do: [%s]}}]}}", True),
        ("{for: {in: .all}, do: [%s]}", False),
        ('{for: {in: .all}, do: [{b: {for: {in: ".more[:9]"}, do: [%s]}}]}', False),
        ("{for: {in: .all}, do: [{b: {for: {in: .more}, while: .go, do: [%s]}}]}", False),
        ('{for: {in: .all}, do: [{b: {for: {in: "[limit(5; .[])]"}, do: [%s]}}]}', False),
    ],
)
def test_calls_multiplied_by_unbounded_data_are_a_fan_out(loops: str, fans: bool) -> None:
    call = "{c: {call: insights.score, with: {model: m, features: {}}}}"
    codes = [code for code, _ in found(f"do:\n  - a: {loops % call}\n")]

    assert ("compile.unbounded-fan-out" in codes) is fans


def test_whatever_use_defines_is_to_be_used() -> None:
    body = """\
use:
  authentications: {office: {basic: {use: login}}}
  errors: {broke: {type: https://acme.example/e, status: 400}}
  retries: {often: {delay: PT1S, limit: {attempt: {count: 2}}}}
  secrets: [login, spare]
  timeouts: {soon: {after: PT1S}, late: {after: P1D}}
do:
  - a: {wait: PT1S, timeout: soon}
"""

    assert [one for one in found(body) if one[0] == "compile.unused"] == [
        ("compile.unused", "/use/authentications/office"),
        ("compile.unused", "/use/errors/broke"),
        ("compile.unused", "/use/retries/often"),
        ("compile.unused", "/use/secrets/1"),
        ("compile.unused", "/use/timeouts/late"),
    ]


@pytest.mark.parametrize(
    "following",
    [
        '{set: {x: "${ .a }"}}',
        '{set: {x: "${ $input.a }"}}',
        "{if: .a, set: {x: 1}}",
        "{wait: PT1S}",
        "{switch: [{a: {when: .a, then: end}}]}",
        "{do: [{b: {set: {x: 1}}}]}",
    ],
)
def test_data_that_the_next_task_may_read_is_not_lost(following: str) -> None:
    assert found(f"do:\n  - a: {{set: {{a: 1}}}}\n  - b: {following}\n") == []


def test_data_that_is_replaced_unread_is_lost() -> None:
    body = "do:\n  - a: {set: {a: 1}}\n  - b: {set: {b: 1}}\n  - c: {wait: PT1S}\n"

    assert found(body) == [("compile.lost-output", "/do/0/a")]


def test_arguments_that_are_written_out_are_checked_beside_those_that_are_computed() -> None:
    body = """\
do:
  - a: {call: insights.score, with: {modle: payment-risk, model: 7, features: "${ .all }"}}
"""

    assert [one for one, _ in messages(body)] == [
        "insights.score: there is no `modle`; did you mean `model`?",
        "insights.score: `model` has to be string or null",
    ]


@pytest.mark.parametrize("text", ["Hello ${ .name }", "${ .name", "${ .a } and ${ .b } too"])
def test_a_text_with_an_expression_inside_is_told_to_stay_a_text(text: str) -> None:
    assert found(f"do:\n  - a: {{set: {{a: '{text}'}}}}\n") == [
        ("expression.embedded", "/do/0/a/set/a")
    ]


def test_a_time_zone_that_is_not_there_names_one_that_was_meant_and_never_the_first_of_all() -> (
    None
):
    flow = (
        "schedule: {cron: '@daily'}\ndo: [{a: {wait: PT1S}}]\nintents:\n  go: {starts: true, zone: "
    )

    assert [one for one, _ in messages(f"{flow}Europe/Viena}}\n")] == [
        "'Europe/Viena' is no IANA time zone; did you mean `Europe/Vienna`?"
    ]
    assert [one for one, _ in messages(f"{flow}Mars/Base}}\n")] == [
        "'Mars/Base' is no IANA time zone"
    ]


def test_a_tab_is_called_a_tab() -> None:
    assert [one for one, _ in messages("do:\n\t- a: {wait: PT1S}\n")] == [
        "Not YAML: a tab; indent with spaces."
    ]


@pytest.mark.parametrize(("border", "known"), [("output", False), ("export", True)])
def test_only_the_export_of_an_item_knows_its_output(border: str, known: bool) -> None:
    each = f'{{do: [{{a: {{set: {{n: 1}}}}}}], {border}: {{as: "${{ $output }}"}}}}'
    body = f"timeout: {{after: P1D}}\ndo:\n  - a: {LISTEN % f', foreach: {each}'}\n"

    refused = [("expression.variable", f"/do/0/a/foreach/{border}/as")]
    assert found(body) == ([] if known else refused)


def test_the_nearest_name_is_found_among_very_many() -> None:
    names = [f"task{i}" for i in range(10_000)]

    assert nearest("task500O", names) == "did you mean `task500`?"
