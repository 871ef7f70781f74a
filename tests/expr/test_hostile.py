import subprocess
import sys
from pathlib import Path

import pytest

from symphainy import expr

ROOT = Path(__file__).resolve().parents[2]
BILLION = "reduce range(60) as $i ([]; [., .])"
WIDE = [list(range(3000)), list(range(3000))]

SPENT = [
    ("def f: f; f", None),
    ("def f: f, f; f", None),
    ("def f: 1, f; last(f)", None),
    ("def f(x): f(x | x); f(.)", None),
    ("def f: [f]; f", None),
    ("def f($a; $b): f($b; $a); f(1; 2)", None),
    ("def f: try f catch f; f", None),
    ("def f: (f)?; f", None),
    ("def f: f // f; f", None),
    ("path(def f: .a | f; f)", None),
    ("last(range(1e9))", None),
    ("[range(1e9)]", None),
    ("[range(0; 1; 1e-9)]", None),
    ("range(0; 1; 1e-300) | select(false)", None),
    ("repeat(1)", None),
    ("last(repeat(empty))", None),
    ("path(repeat(.))", None),
    ("0 | until(false; . + 1)", None),
    ("[0 | while(true; . + 1)]", None),
    ("[limit(1e9; repeat(1))]", None),
    ("[limit(1e9; limit(1e9; limit(1e9; repeat(1))))]", None),
    ("skip(1e9; range(1e10))", None),
    ("nth(1e9; range(1e10))", None),
    ("[range(1000) as $a | range(1000) as $b | range(1000) as $c | $a * $b * $c]", None),
    ("any(range(1e9); . < 0)", None),
    ("isempty(range(1e9) | empty)", None),
    ("first(range(1e9) | select(. < 0))", None),
    ("[foreach range(1e9) as $x (0; . + $x)]", None),
    ('"x" * 1e9', None),
    ('"x" * infinite', None),
    ('reduce range(1e6) as $i ("x"; . + .)', None),
    ("reduce range(1e6) as $i ([1]; . + .)", None),
    ("reduce range(1e6) as $i ([]; [.])", None),
    ("reduce range(5000) as $i ([]; [.])", None),
    ("reduce range(5000) as $i ([]; [.]) | tojson", None),
    (BILLION, None),
    (f"{BILLION} | tojson", None),
    (f"{BILLION} | flatten", None),
    (f"{BILLION} | walk(.)", None),
    (f"{BILLION} | unique", None),
    (f"{BILLION} | [paths] | length", None),
    (f"{BILLION} | [tostream] | length", None),
    (f"{BILLION} | [., .] | sort", None),
    (f"{BILLION} as $x | {BILLION} | . == $x", None),
    (f"{BILLION} as $x | [$x] - [$x]", None),
    ("reduce range(100) as $i ({}; {a: ., b: .}) | [..] | length", None),
    (".[0] as $a | .[1] | contains($a)", WIDE),
    ("[.[0][] as $x | .[1] | index($x)]", WIDE),
    ("[inside(.)]", list(range(400))),
    ("[range(50000)] | sort_by(-.)", None),
    ("[range(20000)] | del(.[])", None),
    ("[range(10000)] | .[] += 1 | length", None),
    ("reduce range(5000) as $i ([range(20000)]; .[$i] = 0)", None),
    ("{} | reduce range(20000) as $i (.; .[$i | tostring] = $i)", None),
    ("[[range(100)] | combinations(4)]", None),
    ("last(recurse([., .][]))", 0),
    ("[recurse([.])] | length", None),
    (".[999999] = 1", None),
    ("setpath([range(5000) | 0]; 1)", None),
    ("getpath([range(5000) | 0])", None),
    ('"[" * 5000 | fromjson', None),
    ('("[" * 300) + ("]" * 300) | fromjson', None),
    ('("9" * 5000) | tonumber', None),
    ('("9" * 5000) | fromjson', None),
    ("tojson | fromjson | tojson | fromjson | length", list(range(20000))),
    ('"a" * 100000 | gsub("a"; "aaaaaaaaaaaa")', None),
    ('"a" * 1000 | gsub(""; "x" * 1000)', None),
    ('"xy" * 400000 | [scan("x")]', None),
    ('"a" * 1000000 | @html | length', None),
    ('"x" * 1000000 | [., ., ., .] | join("")', None),
    ('"x" * 1000000 | [., ., ., .] | add', None),
    ('"x" * 1000000 | "\\(.)\\(.)"', None),
    ('"x" * 900000 | split("")', None),
    ('reduce range(1000) as $i ("x" * 900000; ascii_upcase)', None),
    ('[range(1000) as $i | "a" | test("(x{100}){\\($i % 10)}y\\($i)")]', None),
    ('"%Y" * 200000 as $f | 0 | strftime($f)', None),
    ("[range(10000)] | [.[range(10000):]] | length", None),
]

TOO_LARGE = [
    "(" * 200 + "1" + ")" * 200,
    "[" * 150 + "]" * 150,
    "-" * 500 + "1",
    "try " * 500 + "1",
    ". as $x | " * 300 + "1",
    "def f: " * 150 + "1;" + "f;" * 149 + " f",
    "if 1 then " * 130 + "1" + " end" * 130,
    '"\\(' * 200 + "1" + ')"' * 200,
    "+".join(["1"] * 1500),
    "|".join(["."] * 2500),
    ".a" * 1000,
    "." + " " * 9000,
]

HARMLESS = [
    ('"a" * 10000 + "b" | test("^(a+)+$")', None, False),
    ('("[" * 200) + ("]" * 200) | fromjson | tojson | length', None, 400),
    ("|".join(["."] * 1500), 7, 7),
    ("(. |= " * 30 + "." + ")" * 30, 1, 1),
    ("def f(g): g; " + "f(" * 60 + "." + ")" * 60, 1, 1),
    ("def f(g): g; [path(" + "f(" * 60 + "." + ")" * 60 + ")]", 1, [[]]),
]


@pytest.mark.parametrize(("source", "data"), SPENT, ids=[s[:60] for s, _ in SPENT])
def test_what_asks_for_too_much_is_stopped_whatever_it_catches(source: str, data: object) -> None:
    for program in (source, f"try ({source}) catch 1", f"({source})?", f"last({source}) // 1"):
        with pytest.raises(expr.EvaluationError) as caught:
            expr.outputs(expr.compile(program), data)
        assert (caught.value.code, caught.value.uncatchable) == ("expression.budget", True)


@pytest.mark.parametrize("source", TOO_LARGE, ids=[s[:30] for s in TOO_LARGE])
def test_what_is_too_large_is_refused_before_it_runs(source: str) -> None:
    with pytest.raises(expr.CompileError) as caught:
        expr.compile(source)
    assert caught.value.code == "expression.too-large"


@pytest.mark.parametrize(
    ("source", "data", "value"), HARMLESS, ids=[s[:30] for s, _, _ in HARMLESS]
)
def test_what_only_looks_hostile_yields_its_value(source: str, data: object, value: object) -> None:
    assert expr.evaluate(expr.compile(source), data).value == value


def test_fewer_steps_stop_it_earlier() -> None:
    program = expr.compile("[range(100)] | add")
    spent = expr.evaluate(program, None).steps
    assert expr.evaluate(program, None, limits=expr.Limits(steps=spent)).value == 4950
    with pytest.raises(expr.EvaluationError, match="step budget"):
        expr.evaluate(program, None, limits=expr.Limits(steps=spent - 1))


def test_shared_parts_count_as_often_as_they_appear() -> None:
    doubled = expr.compile("reduce range(12) as $i (.; [., .])")
    limits = expr.Limits(cells=5_000)
    with pytest.raises(expr.EvaluationError, match="more than 5000 cells"):
        expr.evaluate(doubled, [1], limits=limits)


def test_long_integers_leave_only_within_the_limit() -> None:
    program = expr.compile(".")
    assert expr.evaluate(program, 2**1000).value == 2**1000
    with pytest.raises(expr.EvaluationError, match="longer than 1024 bits"):
        expr.evaluate(program, [2**1024])


def test_more_outputs_than_allowed_are_refused() -> None:
    with pytest.raises(expr.EvaluationError, match="more than 10 values"):
        expr.outputs(expr.compile("range(20)"), None, limits=expr.Limits(outputs=10))


PATTERNS = [
    ('test("((a*b?){1,20}){20}z")', "ab" * 400_000),
    ('[match("a.*z|a"; "g")]', "a" * 800_000),
    ('test("(a|b)*a(a|b){14}z")', "ab" * 400_000),
    ('[range(1000) as $i | try test("\\\\pL{300}\\($i)") catch 1] | length', "a"),
    ('[range(1000) as $i | try test("[^a]{\\($i)}b") catch 1] | length', "b" * 2_000),
]


@pytest.mark.parametrize(("source", "data"), PATTERNS, ids=[s[:30] for s, _ in PATTERNS])
def test_a_pattern_pays_for_what_it_may_read(source: str, data: str) -> None:
    with pytest.raises(expr.EvaluationError) as caught:
        expr.evaluate(expr.compile(source), data, limits=expr.Limits(steps=20_000))
    assert caught.value.code == "expression.budget"
    assert caught.value.steps == 20_000


def test_a_pattern_of_too_many_instructions_is_refused() -> None:
    with pytest.raises(expr.CompileError, match="pattern too large"):
        expr.compile('test("[^a]{1000}")')


def test_measuring_what_leaves_is_paid_for() -> None:
    identity = expr.compile(".")

    assert expr.evaluate(identity, list(range(16_000))).steps > 900
    with pytest.raises(expr.EvaluationError, match="step budget"):
        expr.evaluate(identity, [[1] for _ in range(100_000)])


@pytest.mark.skipif(sys.platform != "linux", reason="memory of a process is bounded on Linux")
def test_nothing_hostile_takes_more_than_256_megabytes() -> None:
    command = [sys.executable, "-m", "tests.expr.confined"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)

    assert (run.stdout, run.stderr) == ("", "")
