"""Durations in parts, in ISO 8601, or as expressions."""

import pytest

from symphainy.definition import Duration, WaitTask
from tests.definition.writing import accepted, codes


def wait(text: str) -> Duration:
    task = accepted(f"do: [{{a: {{wait: {text}}}}}]").do[0].task
    assert isinstance(task, WaitTask)
    return task.wait


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("{seconds: 10}", 10_000),
        ("{days: 1, hours: 2, minutes: 3, seconds: 4, milliseconds: 5}", 93_784_005),
        ("{seconds: 0}", 0),
        ("PT10S", 10_000),
        ("P2DT3H4M5S", 183_845_000),
        ("P1W", 604_800_000),
        ("PT0.25S", 250),
        ("P1.5D", 129_600_000),
        ("P1Y2M", (365 + 60) * 86_400_000),
    ],
)
def test_a_literal_duration_has_milliseconds(text: str, milliseconds: int) -> None:
    assert wait(text).milliseconds == milliseconds
    assert wait(text).expression is None


def test_an_expression_is_kept_as_written() -> None:
    assert wait("'${ .promise.within // \"P2D\" }'") == Duration(
        None, '${ .promise.within // "P2D" }', '${ .promise.within // "P2D" }'
    )


def test_parts_are_kept_as_written() -> None:
    assert wait("{minutes: 1, days: 0}") == Duration(60_000, None, {"minutes": 1, "days": 0})


@pytest.mark.parametrize(
    "text",
    ["P", "PT", "P1DT", "10s", "1D", "PT1H1D", "P1S", "'PT1S '", "-P1D", "PT٣S", "{}", "''",
     "{days: -1}", "{days: 36501}", "P101Y", "P999999999999Y", "'${ }x'"],
)  # fmt: skip
def test_what_is_no_duration_is_refused(text: str) -> None:
    assert codes(f"do: [{{a: {{wait: {text}}}}}]") == [("schema.duration", "/do/0/a/wait")]
