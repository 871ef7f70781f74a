"""Short ways to say what the compiler finds."""

from docs.generator.plugins import catalog
from workflows.compiler import check

__all__ = ["found", "messages"]

HEAD = "document: {dsl: 1.0.3, namespace: acme, name: hello, version: 1.0.0}\n"
CATALOG = catalog()


def found(body: str) -> list[tuple[str, str]]:
    """Code and pointer of all findings."""
    return [(one.code, one.pointer) for one in check(HEAD + body, CATALOG).findings]


def messages(body: str) -> list[tuple[str, str]]:
    """Message and fix of all findings."""
    return [(one.message, one.fix) for one in check(HEAD + body, CATALOG).findings]
