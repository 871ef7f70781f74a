from typing import Any

import pytest

from activities.data import process
from activities.data.transform import BOUNDS, Asked, transform
from symphainy import expr
from symphainy.capability import Call
from symphainy.errors import Refused


async def values(call: Call, program: str, data: Any = None, **variables: Any) -> list[Any]:
    asked = Asked(program=program, data=data, variables=variables)
    return (await transform(call, asked)).values


async def refusal(call: Call, program: str, data: Any = None) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        await values(call, program, data)
    return caught.value.code, caught.value.message


async def test_it_does_what_an_expression_has_no_steps_for(call: Call) -> None:
    program = "group_by(. % 7) | map(length)"
    data = list(range(100_000))
    with pytest.raises(expr.EvaluationError, match=r"data\.transform"):
        expr.evaluate(expr.compile(program), data)

    assert await values(call, program, data) == [[14286] * 5 + [14285] * 2]


async def test_variables_are_read_by_their_names(call: Call) -> None:
    assert await values(call, "$a, $b.c, .", 3, a=1, b={"c": "é"}) == [1, "é", 3]


@pytest.mark.parametrize(
    "program",
    ["env", "$ENV.PATH", "input", "[inputs]", "debug", "halt", 'import "a" as a; a::b',
     'include "a"; .', "def f: env; 1", "input_filename", "get_search_list", '"\\(env)"',
     "path(env)", ". as {a: $x} | {a: (1 | env)}", "localtime", "reduce input as $x (0; 1)",
     "$__prog_args", "(", "modulemeta"],
)  # fmt: skip
async def test_what_reaches_beyond_the_data_is_refused(call: Call, program: str) -> None:
    assert (await refusal(call, program))[0] == "transform.program"


async def test_the_process_has_no_environment_even_where_the_check_would_miss_it() -> None:
    (seen,) = await process.run("env", None, {}, BOUNDS)

    assert set(seen) <= {"LC_CTYPE"}


async def test_an_error_of_the_program_says_what_jq_says(call: Call) -> None:
    code, message = await refusal(call, ".a.b", {"a": 1})

    assert code == "transform.failed"
    assert 'Cannot index number with string ("b")' in message


async def test_too_much_memory_ends_the_process_and_nothing_else(call: Call) -> None:
    assert (await refusal(call, 'reduce range(40) as $i ("x"; . + .) | length'))[0] in {
        "transform.limits",
        "transform.failed",
    }
    assert await values(call, ".", 1) == [1]


@pytest.mark.parametrize("program", ["def f: f; f", "last(range(1e12))"])
async def test_a_program_without_end_is_stopped(program: str) -> None:
    with pytest.raises(Refused) as caught:
        await process.run(program, None, {}, process.Bounds(1, 512 << 20, 1 << 20))

    assert caught.value.code == "transform.limits"


async def test_more_than_a_step_may_hold_is_refused(call: Call) -> None:
    assert (await refusal(call, '[range(2000) | "x" * 5000]'))[0] == "transform.result"
    assert (await refusal(call, 'range(1e9) | "x" * 5000'))[0] == "transform.result"
