import re
from pathlib import Path

import jq
import pytest

from symphainy.expr.allowed import REFUSED
from symphainy.expr.builtins import registry
from tests.expr import suite

PAGE = (Path(__file__).parents[2] / "docs" / "expressions.md").read_text("utf-8")


def described(heading: str) -> set[str]:
    """The names in the first column of the table below a heading of the page."""
    table = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [row for row in table.splitlines() if row.startswith("| ")][2:]
    return {name.strip().strip("`") for row in rows for name in row.split("|")[1].split(",")}


def test_jqs_own_cases_agree_but_for_the_classes_the_page_explains() -> None:
    where = suite.folder()
    if where is None:
        pytest.skip("jq's test files are not here: set SYMPHAINY_JQ_TESTS to their folder")
    verdicts = [
        suite.run(case) for path in sorted(where.glob("*.test")) for case in suite.cases(path)
    ]
    known = described("What differs") | {f"refused {name}" for name in described("What is refused")}

    assert {v.case.place: v.why for v in verdicts if not v.agrees and v.why not in known} == {}
    assert len(verdicts) >= 800
    assert sum(v.agrees for v in verdicts) >= 0.93 * len(verdicts)


def test_every_function_of_jq_is_implemented_or_refused_with_a_reason() -> None:
    theirs = {tuple(name.split("/")) for name in jq.compile("builtins").input_value(None).first()}
    ours = {(name, str(arity)) for name, arity in registry.known()}

    assert {name for name, _ in theirs - ours} <= set(REFUSED)
    assert len(theirs & ours) >= 200


def test_the_page_lists_every_refusal_and_no_other() -> None:
    names = {re.sub(r"^[@$]", "", name) for name in described("What is refused")}

    assert names - {"ENV", "__loc__", "__prog_args"} == set(REFUSED)


def test_a_file_of_cases_is_read_as_jq_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "few.test"
    file.write_text(
        '# a comment\n\n.a\n{"a": 1}\n1\n\n%%FAIL\n{\njq: error\n\n.[]\n[1, 2]\n1\n# why\n3\n'
    )
    first, second, third = (suite.run(case) for case in suite.cases(file))

    assert (first.case.place, first.agrees) == ("few:3", True)
    assert (second.case.refuses, second.agrees) == (True, True)
    assert (third.case.yields, third.agrees, third.why) == (("1", "3"), False, "unexplained")
