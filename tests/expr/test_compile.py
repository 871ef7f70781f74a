import pytest

from symphainy import expr


def refused(source: str, *variables: str) -> tuple[str, str, int | None]:
    with pytest.raises(expr.CompileError) as caught:
        expr.compile(source, variables)
    return caught.value.code, caught.value.message, caught.value.position


def test_a_granted_variable_is_read() -> None:
    program = expr.compile("$input.id + $context.n", ["input", "context", "task"])
    assert program.variables == frozenset({"input", "context"})
    assert expr.evaluate(program, None, {"input": {"id": 1}, "context": {"n": 2}}).value == 3


def test_an_ungranted_variable_names_the_nearest_granted_one() -> None:
    code, message, position = refused(".a + $contxt", "context", "input")
    assert (code, position) == ("expression.variable", 5)
    assert message == "$contxt is not available here; did you mean $context?"


def test_a_variable_bound_inside_needs_no_grant() -> None:
    program = expr.compile(". as {a: $x} | def f($y): $x + $y; f(1)")
    assert program.variables == frozenset()
    assert expr.evaluate(program, {"a": 2}).value == 3


def test_a_variable_that_is_only_shadowed_is_not_read() -> None:
    assert expr.compile("1 as $input | $input", ["input"]).variables == frozenset()


def test_a_value_missing_at_evaluation_is_named() -> None:
    program = expr.compile("$input.id", ["input"])
    with pytest.raises(expr.EvaluationError, match="no value was given for \\$input"):
        expr.evaluate(program, None)


@pytest.mark.parametrize(
    "source",
    [
        "env", "$ENV", "$ENV.HOME", "input", "inputs", "debug", 'debug("x")', "stderr", "halt",
        "halt_error", "input_filename", "input_line_number", "$__loc__", "{$__loc__}",
        "$__prog_args", 'import "a" as a; 1', 'include "a"; 1', "a::b", "builtins", "modulemeta",
        "get_search_list", "localtime", 'strflocaltime("%H")', "@sh", '@sh "x"', "unheard_of",
        "map", "@nonsense",
    ],
)  # fmt: skip
def test_what_reaches_beyond_the_data_is_forbidden(source: str) -> None:
    assert refused(source)[0] == "expression.forbidden"


def test_a_refusal_says_why() -> None:
    message = refused("env.HOME")[1]
    assert message.startswith("env is refused: an expression sees nothing but its data")


def test_a_misspelt_function_names_the_nearest_one() -> None:
    assert refused("ascii_upcas")[1].endswith("did you mean ascii_upcase?")
    assert refused("map")[1].endswith("it takes another number of arguments: map/1")


def test_a_local_definition_may_take_a_refused_name() -> None:
    assert expr.evaluate(expr.compile("def env: 1; env"), None).value == 1


@pytest.mark.parametrize(
    ("source", "position"),
    [
        ("", 0), (".a.", 3), ("{a: }", 4), ("if 1 then 2", 11), ("1 +", 3), ("[1, 2", 5),
        ('"abc', 0), (". as [] | 1", 6), ("{(1): 2}", 1), ("{1: 2}", 1), ("1 == 1 == 1", 7),
        ("break $out", 0), ('"\\x"', 1), (".a = 1 = 2", 7), ("def f 1; f", 6), ("%", 0),
    ],
)  # fmt: skip
def test_a_syntax_error_has_its_position(source: str, position: int) -> None:
    code, _, found = refused(source)
    assert code == "expression.syntax"
    assert found is not None
    assert abs(found - position) <= 1


@pytest.mark.parametrize("source", ['test("(?=a)")', 'test("(?<!a)b")', 'gsub("(a)\\\\1"; "")'])
def test_a_pattern_that_can_backtrack_is_forbidden(source: str) -> None:
    code, message, _ = refused(source)
    assert code == "expression.forbidden"
    assert "look-around and back-references are not supported" in message


def test_a_malformed_literal_pattern_is_refused_at_compile_time() -> None:
    assert refused('test("(")')[0] == "expression.forbidden"
    assert refused('test("a"; "q")')[0] == "expression.forbidden"


def test_a_malformed_pattern_found_at_run_time_can_be_caught() -> None:
    program = expr.compile('. as $p | try ("a" | test($p)) catch "bad"')
    assert expr.evaluate(program, "(").value == "bad"
    assert expr.evaluate(program, "a").value is True


def test_the_same_source_is_compiled_once() -> None:
    assert expr.compile(".a", ["input"]) is expr.compile(".a", ("input",))


def test_paths_tell_what_is_read() -> None:
    program = expr.compile(
        "$input.invoice.id as $i | .lines | map(select(.qty > 1) | .sku) | index($i)", ["input"]
    )
    assert program.paths == frozenset(
        {
            (".", "lines", "[]", "qty"),
            (".", "lines", "[]", "sku"),
            ("input", "invoice", "id"),
        }
    )


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        (".a.b", {(".", "a", "b")}),
        (".", {(".",)}),
        ("1", set()),
        (".a[0].b", {(".", "a", "[]", "b")}),
        (".a[].b", {(".", "a", "[]", "b")}),
        ("{x: .a, y: $v.b}", {(".", "a"), ("v", "b")}),
        ("if .a then .b else .c end", {(".", "a"), (".", "b"), (".", "c")}),
        ('"\\(.a) \\($v)"', {(".", "a"), ("v",)}),
        (".a | .b | .c", {(".", "a", "b", "c")}),
        (".a as $x | $x.b", {(".", "a", "b")}),
        (".a | length", {(".", "a")}),
        (".a // .b", {(".", "a"), (".", "b")}),
        (".a?.b", {(".", "a", "b")}),
        (".[$v.k]", {(".", "[]"), ("v", "k")}),
    ],
)
def test_paths_of_common_shapes(source: str, paths: set[tuple[str, ...]]) -> None:
    assert expr.compile(source, ["v"]).paths == frozenset(paths)
