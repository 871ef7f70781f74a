"""JSON Schemas of tenants, validated without network and without backtracking patterns."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import jsonschema_rs

from symphainy.json import Json, canonical

__all__ = ["Mismatch", "broken", "mismatches"]


class Mismatch(NamedTuple):
    """Where a value is not what its schema asks for, without saying the value."""

    pointer: str
    message: str
    keyword: str = ""
    """The keyword of the schema that it does not satisfy."""
    trail: tuple[str, ...] = ()
    """The keywords and names that lead to it from the schema's root."""


def mismatches(schema: dict[str, Any], value: Json) -> Iterator[Mismatch]:
    """Every way `value` fails `schema`; the schema must not be `broken`."""
    for error in _validator(canonical(schema)).iter_errors(value):
        path = "".join(f"/{_escape(str(part))}" for part in error.instance_path)
        trail = tuple(map(str, error.schema_path))
        yield Mismatch(path, error.message, trail[-1] if trail else "", trail)


def broken(schema: dict[str, Any]) -> str | None:
    """Why `schema` cannot be used (not a schema, a remote reference, a pattern that needs
    backtracking), or None."""
    try:
        _validator(canonical(schema))
    except (jsonschema_rs.ValidationError, ValueError) as error:
        return str(error).partition("\n")[0]
    return None


@lru_cache(maxsize=1_000)
def _validator(schema: bytes) -> Any:
    # The linear-time engine: tenants write these patterns, and `(a+)+$` must not cost a worker.
    return jsonschema_rs.validator_for(
        schema.decode(),
        pattern_options=jsonschema_rs.RegexOptions(),
        retriever=_refuse,
        mask="the value",
        validate_formats=True,
    )


def _refuse(uri: str) -> Any:
    raise ValueError(f"schemas are self-contained: {uri} is not fetched")


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
