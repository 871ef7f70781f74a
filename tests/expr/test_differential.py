"""The engine beside the C jq, which runs in a process that may hang or die."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.expr.differential import difference
from tests.expr.oracle import Oracle
from tests.expr.programs import documents, programs
from tests.expr.test_suite import described

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits of processes are POSIX")

DIFFERENT = [
    ("first(. as [$p] ?// $p | $p)", [1], "what follows `?//`"),
    ("reduce .[] as $r ((1, 2); [., $r])", [7], "several starts"),
    ("path(.a |= 1)", {"a": 0}, "paths inside paths"),
    ("test(.)", "[]", "wording of patterns"),
]


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    with Oracle() as asked:
        yield asked


@settings(
    max_examples=400,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
@given(program=programs(), data=documents)
def test_both_engines_do_the_same(oracle: Oracle, program: str, data: Any) -> None:
    theirs = oracle.ask(program, data)
    if theirs is not None:
        found = difference(program, data, theirs)
        assert found is None or not found.startswith("unknown")


@pytest.mark.parametrize(("program", "data", "why"), DIFFERENT)
def test_a_difference_that_is_known_is_still_one(
    oracle: Oracle, program: str, data: Any, why: str
) -> None:
    theirs = oracle.ask(program, data)

    assert theirs is not None
    assert difference(program, data, theirs) == why
    assert why.replace("`", "") in {name.replace("`", "") for name in described("What differs")}


def test_a_program_that_never_ends_only_costs_the_oracle_its_process(oracle: Oracle) -> None:
    assert oracle.ask("reduce range(1e9) as $i ([1]; . + .) | length", None) is None
    assert oracle.ask(". + 1", 1) == {"values": [2]}
