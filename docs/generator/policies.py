"""A page for every kind of policy: its fields, and a definition that uses it."""

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from docs.generator.markdown import Page, block, page, table
from docs.generator.notes import notes
from docs.generator.plugins import offered
from docs.generator.shape import fields

__all__ = ["pages"]

EXAMPLES = Path(__file__).parent / "policies"


def pages() -> Iterator[Page]:
    kinds: dict[str, Any] = {}
    for some in offered("symphainy.policies"):
        kinds |= some
    rows = [
        (f"[`{kind}`]({kind}.md)", inspect.getdoc(model) or "") for kind, model in kinds.items()
    ]
    yield (
        "policies/README.md",
        page(
            "Kinds of policy",
            "smart_city/policies",
            "A policy restricts, it never permits: whatever several policies say about a step, "
            "each of them has to be content. A definition sets them by name in its section "
            "`policies`.",
            table(("kind", "what holds"), rows),
        ),
    )
    for kind, model in kinds.items():
        yield f"policies/{kind}.md", _page(kind, model)


def _page(kind: str, model: Any) -> str:
    example = (EXAMPLES / f"{kind}.yaml").read_text(encoding="utf-8")
    return page(
        f"`{kind}`",
        "smart_city/policies",
        inspect.getdoc(model) or "",
        "## Fields",
        fields(model.model_json_schema(), _by_alias(model)),
        "## Example",
        block(example, "yaml"),
    )


def _by_alias(model: Any) -> Mapping[str, str]:
    said, named = notes(model), model.model_fields.items()
    return {field.alias or name: said[name] for name, field in named if name in said}
