"""A page for every code, with a document that earns it and what is then answered."""

from collections.abc import Iterator
from http import HTTPStatus

from docs.generator.examples import document, findings
from docs.generator.made import MADE
from docs.generator.markdown import Page, block, page, table
from symphainy.codes import CODES, Code
from symphainy.findings import Finding

__all__ = ["pages"]

SOURCE = "symphainy/codes"
IN_A_RUN = "> A check cannot tell: the run ends with this problem when it comes there."


def pages() -> Iterator[Page]:
    yield "codes/README.md", _index()
    for one in CODES.values():
        yield f"codes/{one.code}.md", _page(one)


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
    """What earns the code, what is then said, and what is as it should be."""
    if code in MADE:
        return f"## Example\n\n{MADE[code].told}"
    wrong, right = (document(code, wrong=one) for one in (True, False))
    if wrong is None:
        return ""
    said = [one for one in findings(wrong) if one.code == code]
    parts = ["## Wrong", _block(wrong, "yaml wrong" if said else "yaml")]
    parts += [_answer(one) for one in said[:3]] or [IN_A_RUN]
    if right is not None:
        parts += ["## Right", _block(right, "yaml")]
    return "\n\n".join(parts)


def _block(text: bytes, language: str) -> str:
    return block(text.decode(), language)


def _answer(one: Finding) -> str:
    where = f"> line {one.line}, column {one.column} (`{one.pointer or '/'}`): {one.message}"
    return f"{where}\n>\n> fix: {one.fix}"
