"""How many scenarios there are, by area: `python -m tests.conformance.counts` writes it down."""

from pathlib import Path

from pytest_bdd.feature import get_features
from pytest_bdd.parser import ScenarioTemplate

__all__ = ["PAGE", "counted", "scenarios", "table"]

FEATURES = Path(__file__).parent / "features"
PAGE = Path(__file__).parents[2] / "docs/conformance.md"
BEGIN, END = "<!-- counts -->\n", "<!-- end of counts -->"


def scenarios() -> dict[str, list[ScenarioTemplate]]:
    """The scenarios of each feature of ours, by the feature's name."""
    return {
        Path(feature.rel_filename).stem: list(feature.scenarios.values())
        for feature in get_features([str(FEATURES)])
    }


def table() -> str:
    """Markdown: areas with how many scenarios they have, and how often these are played."""
    rows = [
        (area, len(found), sum(_played(one) for one in found))
        for area, found in scenarios().items()
    ]
    total = ("all", sum(row[1] for row in rows), sum(row[2] for row in rows))
    lines = [f"| {area} | {many} | {played} |" for area, many, played in [*sorted(rows), total]]
    return "\n".join(["| area | scenarios | played with examples |", "| --- | --- | --- |", *lines])


def counted(page: str) -> str:
    """`page` with the table as it is now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table()}\n{END}{after}"


def _played(one: ScenarioTemplate) -> int:
    rows = sum(len(list(examples.as_contexts())) for examples in one.examples)
    return rows or 1


if __name__ == "__main__":
    PAGE.write_text(counted(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
