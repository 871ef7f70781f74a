import copy
import math

import pytest

from symphainy import expr


def value(source: str, data: object = None, **variables: object) -> object:
    return expr.evaluate(expr.compile(source, variables), data, variables).value


def values(source: str, data: object = None) -> list[object]:
    return expr.outputs(expr.compile(source), data)[0]


def error(source: str, data: object = None) -> tuple[str, str]:
    with pytest.raises(expr.EvaluationError) as caught:
        expr.evaluate(expr.compile(source), data)
    return caught.value.code, caught.value.message


def test_an_expression_yields_its_first_value() -> None:
    assert value("1, 2, 3") == 1
    assert value("empty") is None
    assert value('1, error("never reached")') == 1


def test_nothing_given_is_changed() -> None:
    data = {"a": [1, {"b": 2}], "c": {"d": [3]}}
    before = copy.deepcopy(data)
    programs = ["..|=.", ".a[1].b += 1", "del(.a[0])", "walk(.)", ".c.d += [4]", "map_values([.])"]
    for program in [*programs, ".a |= reverse", "(.a, .c) |= length", ".a[0:1] = [9, 9]"]:
        values(program, data)
    assert data == before


def test_results_do_not_alias_each_other_after_updates() -> None:
    first, second = values(".a = .b, .b.x = 1", {"a": 0, "b": {"x": 0}})
    assert first == {"a": {"x": 0}, "b": {"x": 0}}
    assert second == {"a": 0, "b": {"x": 1}}


def test_an_update_sees_what_earlier_ones_left() -> None:
    wrap = '(.a, .a.x) |= (if type == "object" then {x: ., y: .} else {z: 1} end)'
    assert value(wrap, {"a": {"x": {"q": 1}}}) == {
        "a": {"x": {"x": {"x": {"q": 1}}, "y": {"x": {"q": 1}}}, "y": {"x": {"q": 1}}}
    }
    assert value('.. |= (if type == "array" then [.[], .[]] else . + 1 end)', [1]) == [2, 1]


def test_whole_numbers_come_out_whole() -> None:
    assert repr(values("6 / 2, 7 / 2, 1.5 * 2, 1e3, (16 | sqrt)")) == "[3, 3.5, 3, 1000, 4]"
    assert repr(value(".", 1.0)) == "1.0"
    assert repr(value(". + 0", 1.0)) == "1"


def test_arithmetic_is_that_of_doubles() -> None:
    assert value(". - 10", 13911860366432393) == 13911860366432382
    assert value(".", 13911860366432393) == 13911860366432393


def test_infinities_and_nan_leave_as_json() -> None:
    assert values("infinite, -infinite, nan, [nan]") == [
        1.7976931348623157e308,
        -1.7976931348623157e308,
        None,
        [None],
    ]


def test_true_is_not_one() -> None:
    assert values("1 == true, [1] == [true], ([true] | index(1)), ([1, true] | unique)") == [
        False,
        False,
        None,
        [True, 1],
    ]


def test_now_is_the_time_given() -> None:
    program = expr.compile("now")
    assert expr.evaluate(program, None, now=1_700_000_000.0).value == 1_700_000_000
    with pytest.raises(expr.EvaluationError, match="no time was given"):
        expr.evaluate(expr.compile("now? // 1"), None)


def test_type_errors_say_what_met_what() -> None:
    assert error(".a", [1]) == ("expression.type", 'Cannot index array with string ("a")')
    assert error("1 + {}") == (
        "expression.type",
        "number (1) and object ({}) cannot be added",
    )
    assert error(".[]", 5) == ("expression.type", "Cannot iterate over number (5)")


def test_a_raised_value_is_kept() -> None:
    with pytest.raises(expr.EvaluationError) as caught:
        expr.evaluate(expr.compile('error({status: 404, title: "gone"})'), None)
    assert caught.value.code == "expression.error"
    assert caught.value.value == {"status": 404, "title": "gone"}
    assert not caught.value.uncatchable


def test_long_values_are_cut_in_messages() -> None:
    message = error("-.", "very-long-long-long-long-string")[1]
    assert message == 'string ("very-long-long-long-long...") cannot be negated'


def test_errors_behind_the_body_of_a_try_are_not_its_own() -> None:
    assert value('try ((try . catch "inner") | error("x")) catch .') == "x"


def test_a_closure_keeps_the_variables_of_its_place() -> None:
    assert values("def f(g): 2 as $x | g; 1 as $x | f($x, $x + 10)") == [1, 11]


def test_a_generator_bound_twice_keeps_its_own_variables() -> None:
    crossing = "def f(g): g | g; [1, 2] as $d | 0 | [f($d[] as $x | ., $x)]"
    assert value(crossing) == [0, 1, 0, 2, 1, 1, 1, 2, 0, 1, 0, 2, 2, 1, 2, 2]
    assert values("[.[] as $x | (.[] as $y | [$x, $y])]", [1, 2]) == [
        [[1, 1], [1, 2], [2, 1], [2, 2]]
    ]


def test_breaking_leaves_the_label_it_names() -> None:
    assert values("label $a | (label $b | 1, break $a, 2), 3") == [1]
    assert values("(label $a | 1, break $a, 2), 3") == [1, 3]


def test_alternatives_of_a_pattern_bind_every_name() -> None:
    assert values(".[] as {a: $x} ?// [$y] | [$x, $y]", [{"a": 1}, [2]]) == [[1, None], [None, 2]]


def test_dates_are_utc_and_of_any_year() -> None:
    assert values("0, -1, 1e11, 951782400 | todate") == [
        "1970-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "5138-11-16T09:46:40Z",
        "2000-02-29T00:00:00Z",
    ]
    assert value('"2024-02-30T00:00:00Z" | fromdate | todate') == "2024-03-01T00:00:00Z"


def test_matches_count_characters_not_bytes() -> None:
    assert value('[match("ü|\\ud83d\\ude00"; "g") | [.offset, .length]]', "aü😀ü") == [
        [1, 1],
        [2, 1],
        [3, 1],
    ]


def test_lone_surrogates_do_no_harm() -> None:
    assert value('test("a")', "\ud800a") is True
    assert value("@base64 | @base64d | length", "\ud800a") == 2


def test_values_that_are_not_json_are_refused() -> None:
    assert error("type", (1, 2))[0] == "expression.type"


def test_functions_of_doubles() -> None:
    assert values("pow(2; 10), (1000 | log10), (8 | log2), (2 | exp10), ldexp(3; 2)") == [
        1024, 3, 3, 100, 12,
    ]  # fmt: skip
    assert math.isclose(float(str(value("1 | atan * 4"))), math.pi)
