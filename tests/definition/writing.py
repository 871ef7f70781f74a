"""Short ways to write documents and to say what is found in them."""

from symphainy.definition import Definition, read
from symphainy.document import load
from symphainy.findings import Finding, Invalid

HEAD = "document: {dsl: 1.0.3, namespace: acme, name: dunning, version: 1.0.0}\n"


def accepted(body: str, head: str = HEAD) -> Definition:
    """The definition of a document that has nothing wrong with it."""
    definition, findings = read(load(head + body))
    assert findings == []
    assert definition is not None
    return definition


def findings(body: str, head: str = HEAD) -> list[Finding]:
    return read(load(head + body))[1]


def codes(body: str, head: str = HEAD) -> list[tuple[str, str]]:
    """Code and pointer of all findings."""
    return [(one.code, one.pointer) for one in findings(body, head)]


def messages(body: str, head: str = HEAD) -> list[str]:
    return [one.message for one in findings(body, head)]


def refusals(text: str | bytes, media_type: str | None = None) -> list[tuple[str, int, int]]:
    """Code, line and column of all that keeps a document from being read."""
    try:
        load(text, media_type)
    except Invalid as invalid:
        return [(one.code, one.line, one.column) for one in invalid.findings]
    return []
