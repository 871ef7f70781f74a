"""Field by field: who writes and who reads what over the API, as its OpenAPI document says."""

from collections.abc import Iterator, Mapping
from typing import Any

from docs.generator.markdown import Page, page, table
from solution_api.app import create_app

__all__ = ["pages"]

INTRODUCTION = (
    "Who may do an operation writes these fields of its body, none else, and reads these of its "
    "answer. A field that is not listed is refused when it is written; what belongs to another "
    "tenant is not there, whatever the role. A [role of a tenant's own](../identity.md) does the "
    "operations of its actions where it holds, and keys may be limited further, to solutions, "
    "environments, networks and reading. SCIM is for `provisioner` and administrators, with the "
    "fields of [its page](../provisioning.md)."
)
EVERYBODY = "everybody with a key"
DEEPEST = 6
Schema = Mapping[str, Any]


def pages() -> Iterator[Page]:
    # The document needs no services, only routes.
    document = create_app(None).openapi()  # type: ignore[arg-type]
    names = [one["name"] for one in document["tags"]]
    yield (
        "security/fields.md",
        page(
            "Who writes and reads which field",
            "the API's OpenAPI document",
            INTRODUCTION,
            *(_tag(document, name) for name in names),
        ),
    )


def _tag(document: Schema, name: str) -> str:
    rows = [
        (f"`{verb.upper()} {path}`", _who(one), _written(document, one), _read(document, one))
        for path, verbs in document["paths"].items()
        for verb, one in verbs.items()
        if name in one.get("tags", ()) and "x-roles" in one
    ]
    return f"## {name}\n\n" + table(("operation", "who", "writes", "reads"), rows) if rows else ""


def _who(operation: Schema) -> str:
    roles = operation["x-roles"]
    return EVERYBODY if roles == ["*"] else ", ".join(f"`{one}`" for one in roles)


def _written(document: Schema, operation: Schema) -> str:
    return _named(document, operation.get("requestBody", {}).get("content", {}))


def _read(document: Schema, operation: Schema) -> str:
    answers = operation["responses"]
    good = (answers[status].get("content", {}) for status in answers if status.startswith("2"))
    return _named(document, {kind: said for content in good for kind, said in content.items()})


def _named(document: Schema, content: Schema) -> str:
    found = {
        field: None
        for kind, said in content.items()
        for field in _fields(document, said.get("schema", {})) or [f"({kind})"]
    }
    return ", ".join(field if field[0] == "(" else f"`{field}`" for field in found)


def _fields(
    document: Schema, schema: Schema, depth: int = 0, root: Schema | None = None
) -> list[str]:
    """Names of properties; of a list's items theirs."""
    root = schema if root is None else root
    if depth > DEEPEST:
        return []
    if "$ref" in schema:
        return _fields(document, _meant(document, root, schema["$ref"]), depth + 1, root)
    some = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if some:
        return [one for part in some for one in _fields(document, part, depth + 1, root)]
    if "items" in schema:
        return _fields(document, schema["items"], depth + 1, root)
    properties: Schema = schema.get("properties", {})
    if properties.keys() == {"items", "cursor"}:
        return _fields(document, properties["items"], depth + 1, root)
    return [*properties]


def _meant(document: Schema, root: Schema, ref: str) -> Schema:
    whole = document if ref.startswith("#/components/") else root
    for part in ref.removeprefix("#/").split("/"):
        whole = whole.get(part, {})
    return whole
