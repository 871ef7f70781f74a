import pytest

from symphainy import expr


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("${ .a }", True), ("${.a}", True), ("  ${ .a }\n", True), ("${}", True),
        (".a", False), ("$ {.a}", False), ("${ .a", False), ("id ${ .a }", False), ("", False),
    ],
)  # fmt: skip
def test_a_runtime_expression_is_the_whole_text(text: str, found: bool) -> None:
    assert expr.is_runtime_expression(text) is found


@pytest.mark.parametrize(
    ("text", "source"), [("${ .a }", ".a"), (" ${.a | {b}} ", ".a | {b}"), (".a", ".a")]
)
def test_the_source_is_what_the_braces_hold(text: str, source: str) -> None:
    assert expr.strip(text) == source
