"""A page for every code, with a document that earns it and what is then answered."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from docs.generator.markdown import Page, block, page, table
from docs.generator.plugins import catalog
from symphainy.codes import CODES, Code
from symphainy.findings import Finding
from workflows.compiler import check

__all__ = ["pages", "wrong"]

SOURCE = "symphainy/codes"
WRONG = Path(__file__).parent / "wrong"


def pages() -> Iterator[Page]:
    yield "codes/README.md", _index()
    for one in CODES.values():
        yield f"codes/{one.code}.md", _page(one)


def wrong(code: str) -> str | None:
    """The document that shows `code`, if there is one."""
    file = WRONG / f"{code}.yaml"
    return file.read_text(encoding="utf-8") if file.exists() else None


def _index() -> str:
    rows = [(f"[`{code}`]({code}.md)", one.title, str(one.status)) for code, one in _sorted()]
    return page(
        "Codes",
        SOURCE,
        "A code is the durable name of one way in which a request can fail. It stands in the "
        "findings of `symphainy check`, as `code` in the problem documents (RFC 9457) of the API, "
        "and in the faults of runs. Messages may change, codes do not.",
        table(("code", "meaning", "HTTP status"), rows),
    )


def _sorted() -> list[tuple[str, Code]]:
    return sorted(CODES.items())


def _page(one: Code) -> str:
    status = f"{one.status} {HTTPStatus(one.status).phrase}"
    if one.severity == "warning":
        tells = "It is a warning: it is reported and stops nothing."
    else:
        tells = f"It is an error. Where it ends a request, the API answers {status}."
    return page(
        f"`{one.code}`",
        SOURCE,
        f"{one.title}.",
        f"**What to do:** {one.fix}",
        tells,
        _shown(one.code),
    )


def _shown(code: str) -> str:
    text = wrong(code)
    if text is None:
        return ""
    said = [one for one in check(text, catalog()).findings if one.code == code]
    return "\n\n".join(["## Example", block(text, "yaml wrong"), *map(_answer, said[:3])])


def _answer(one: Finding) -> str:
    return f"> line {one.line}, column {one.column} (`{one.pointer or '/'}`): {one.message}"
