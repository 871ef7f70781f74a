"""The map of OWASP ASVS: what is met and by which test, what is open, chapter by chapter."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from docs.generator.markdown import Page, page, table

__all__ = ["pages"]

SOURCE = Path(__file__).parent.parent / "security" / "asvs.yaml"
STATUSES = ("met", "open", "not-applicable")
INTRODUCTION = (
    "Level 2, and level 3 of V8, V9 and V16, in our own words: the text of a requirement is in "
    "the standard, under its number. **Met** names tests that fail when it breaks, or a file "
    "where no test can tell; **open** says what is missing; a test sees to it that every "
    "requirement is here, and every test and file that is named. Nobody but us has audited this."
)


def pages() -> Iterator[Page]:
    said = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    requirements: Mapping[str, Any] = said["requirements"]
    chapters: Mapping[str, Any] = said["chapters"]
    parts = [_chapter(id, one["name"], requirements) for id, one in chapters.items()]
    yield (
        "security/asvs.md",
        page(
            said["standard"],
            "docs/security/asvs.yaml",
            INTRODUCTION,
            _counts(chapters, requirements),
            *parts,
            "## Abuse",
            "Each case of `tests/abuse` by its number, and the requirements that it tries.",
            table(("case", "tries"), [(f"{n}", ", ".join(v)) for n, v in said["abuse"].items()]),
        ),
    )


def _counts(chapters: Mapping[str, Any], requirements: Mapping[str, Any]) -> str:
    counted = Counter((id.partition(".")[0], one["status"]) for id, one in requirements.items())
    rows = [
        (f"{id} {one['name']}", *(str(counted[id, status]) for status in STATUSES))
        for id, one in chapters.items()
    ]
    every = Counter(one["status"] for one in requirements.values())
    rows.append(("**all**", *(f"**{every[status]}**" for status in STATUSES)))
    return table(("chapter", *STATUSES), rows)


def _chapter(id: str, name: str, requirements: Mapping[str, Any]) -> str:
    mine = {one: said for one, said in requirements.items() if one.startswith(f"{id}.")}
    rows = [
        (one, str(said["level"]), said["status"], _told(said), _shown(said))
        for one, said in mine.items()
    ]
    return f"## {id} {name}\n\n" + table(("", "level", "status", "", "shown by"), rows)


def _told(said: Mapping[str, Any]) -> str:
    told: str = said.get("what") or said.get("missing") or said["reason"]
    return told


def _shown(said: Mapping[str, Any]) -> str:
    tests = [_link(one.partition("::")[0], one.partition("::")[2]) for one in said.get("tests", ())]
    files = [_link(one, one) for one in said.get("evidence", ())]
    return ", ".join(tests + files)


def _link(path: str, words: str) -> str:
    return f"[`{words}`](../../{path})"
