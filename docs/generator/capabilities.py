"""A page for every capability: what it takes, gives and does."""

from collections.abc import Iterator

from docs.generator.markdown import Page, data, page, table
from docs.generator.plugins import catalog
from docs.generator.shape import fields
from symphainy.catalog import CapabilitySpec, Effect, Example

__all__ = ["pages"]

EFFECTS: dict[Effect, str] = {
    "none": "none: the same arguments give the same answer, and nothing changes",
    "read": "read: it looks something up and changes nothing",
    "write": "write: it changes data, so policies are asked with fresh facts before it",
    "message": "message: it reaches a person, so policies are asked with fresh facts before it",
    "money": "money: it moves money, so policies are asked with fresh facts before it",
}


def pages() -> Iterator[Page]:
    known = catalog().capabilities
    rows = [(f"[`{one.name}`]({one.name}.md)", one.version, one.summary) for one in known]
    yield (
        "capabilities/README.md",
        page(
            "Capabilities",
            "activities",
            "What a definition can call as `call: <realm>.<capability>`; the major version is "
            "pinned when the definition is registered. `GET /v1/capabilities` lists those of an "
            "installation, other people's included.",
            table(("capability", "version", ""), rows),
        ),
    )
    for one in known:
        yield f"capabilities/{one.name}.md", _page(one)


def _page(one: CapabilitySpec) -> str:
    facts = [
        ("version", one.version),
        ("effect", EFFECTS[one.effect]),
        ("time to answer", f"{one.timeout_seconds:g} s an attempt"),
    ]
    return page(
        f"`{one.name}`",
        "activities/" + one.name.split(".")[0],
        one.description,
        table(("", ""), facts),
        "## It takes",
        fields(one.takes) or data(one.takes),
        "## It gives",
        fields(one.gives) or data(one.gives),
        *(_example(example) for example in one.examples),
    )


def _example(one: Example) -> str:
    parts = (f"## Example: {one.title}", "`with`:", data(one.takes), "gives:", data(one.gives))
    return "\n\n".join(parts)
