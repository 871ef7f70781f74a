"""What the page on conformance says is so."""

from tests.conformance.counts import PAGE, counted, scenarios


def test_the_page_counts_the_scenarios_that_there_are() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert page == counted(page), "run `python -m tests.conformance.counts` and commit the page"


def test_there_are_scenarios_enough_for_what_the_kit_leaves_out() -> None:
    assert sum(len(found) for found in scenarios().values()) >= 120
