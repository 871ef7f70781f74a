"""Which versions can take over the runs of which."""

import pytest

from symphainy.plan import Plan
from symphainy.plan.migration import covers, objections, renamed, renames
from tests.compiler.finding import CATALOG
from workflows.compiler import check, compile


def plan(do: str, version: str = "1.0.0", more: str = "") -> Plan:
    document = f"{{dsl: 1.0.3, namespace: test, name: moves, version: {version}{more}}}"
    found = compile(f"document: {document}\ndo: {do}", CATALOG).plan
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("declared", "version", "covered"),
    [
        (("1.0.0",), "1.0.0", True),
        (("1.0.0",), "1.0.0+run.1a2b", True),
        (("1.0.0",), "1.0.1", False),
        (("1.0.*",), "1.0.17", True),
        (("1.0.*",), "1.00.1", False),
        (("1.*",), "1.9.0", True),
        (("1.*",), "10.0.0", False),
        (("*",), "0.0.1", True),
        ((), "1.0.0", False),
    ],
)
def test_a_version_is_covered_by_what_names_it(
    declared: tuple[str, ...], version: str, covered: bool
) -> None:
    assert covers(declared, version) is covered


def test_what_a_definition_declares_is_part_of_its_plan() -> None:
    assert plan("[{a: {set: {x: 1}}}]", "1.1.0", ", metadata: {migrates: 1.0.0}").migrates == (
        "1.0.0",
    )
    assert "migrates" not in plan("[{a: {set: {x: 1}}}]").dump()


@pytest.mark.parametrize(
    "written", ["everything", "[1]", "{a: b}", "['1.x']", "1.1.0", "['1.*.1']"]
)
def test_what_names_no_version_is_found(written: str) -> None:
    document = (
        f"{{dsl: 1.0.3, namespace: t, name: m, version: 1.1.0, metadata: {{migrates: {written}}}}}"
    )
    found = check(f"document: {document}\ndo: [{{a: {{set: {{x: 1}}}}}}]", CATALOG).findings
    assert [(one.code, one.pointer) for one in found] == [
        ("compile.migrates", "/document/metadata/migrates")
    ]


A, B, W = "{a: {set: {x: 1}}}", "{b: {set: {x: 2}}}", "{w: {wait: {days: 1}}}"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (f"[{A}, {B}]", f"[{A}, {B}]", []),
        (f"[{A}, {B}]", "[{a: {set: {y: 9}}}, {b: {set: {x: 2}}}]", []),
        (f"[{A}, {B}]", f"[{W}, {A}, {{n: {{set: {{x: 1}}}}}}, {B}]", []),
        (f"[{A}, {B}]", f"[{B}, {A}]", [("/do", "tasks are in another order")]),
        (f"[{A}, {B}]", f"[{A}]", [("/do/1/b", "`b` is gone")]),
        (f"[{W}]", "[{w: {set: {x: 1}}}]", [("/do/0/w", "`w` was wait and is set")]),
        (f"[{{d: {{do: [{A}]}}}}]", f"[{{d: {{do: [{B}]}}}}]", [("/do/0/d/do/0/a", "`a` is gone")]),
        (
            f"[{{f: {{fork: {{branches: [{A}, {B}]}}}}}}]",
            f"[{{f: {{fork: {{branches: [{A}, {B}, {W}]}}}}}}]",
            [("/do/0/f", "`f` has other branches")],
        ),
        (
            f"[{{t: {{try: [{A}], catch: {{do: [{B}]}}}}}}]",
            f"[{{t: {{try: [{A}], catch: {{do: [{W}]}}}}}}]",
            [("/do/0/t/catch/do/0/b", "`b` is gone")],
        ),
    ],
)
def test_a_run_may_move_if_every_task_is_where_it_was(
    old: str, new: str, says: list[tuple[str, str]]
) -> None:
    found = objections(plan(old), plan(new, "1.1.0"))
    assert [(one.pointer, one.message) for one in found] == says


def test_keys_follow_the_tasks_they_are_of() -> None:
    old = plan(f"[{A}, {{d: {{do: [{B}]}}}}]")
    refs = renames(old, plan(f"[{W}, {A}, {{d: {{do: [{W}, {B}]}}}}]", "1.1.0"))

    assert refs == {
        "/do/0/a": "/do/1/a",
        "/do/1/d": "/do/2/d",
        "/do/1/d/do/0/b": "/do/2/d/do/1/b",
    }
    assert renamed("/do/1/d/do/0/b/gate", refs) == "/do/2/d/do/1/b/gate"
    assert renamed("/use/extensions/0/x", refs) == "/use/extensions/0/x"
