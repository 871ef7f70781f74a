"""Secrets in arguments: taken out here, put in where the step is done, never anywhere between."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from symphainy import expr
from symphainy.expr import interpolation
from symphainy.json import Json
from symphainy.plan import SecretPart, Secrets
from workflows.compiler.context import Compilation, escaped, nearest

__all__ = ["AUTHORIZATION", "Secured", "declared", "secured"]

AUTHORIZATION = "$authorization"
"""Stands for a secret of that name, which no definition can declare: what the step's own
authentication comes to."""
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@[A-Za-z0-9-]{1,64})?")
DESCRIBED = ("scheme", "parameter")
Part = str | SecretPart


@dataclass
class Secured:
    """A value without its secrets, and where which of them goes."""

    value: Json
    secrets: Secrets = field(default_factory=dict)


def secured(
    at: Compilation,
    written: Any,
    pointer: str,
    variables: Iterable[str],
    goes: str,
    *,
    authorized: bool = False,
) -> Secured:
    """`written` as plain JSON like `Compilation.value`, with null where secrets go.

    `goes` is where it will be in what the activity is sent; `authorized` says that the step has
    an authentication, and so `$authorization`.
    """
    found = Secured(None)
    found.value = _taken(at, written, pointer, frozenset(variables), goes, authorized, found)
    return found


def _taken(
    at: Compilation,
    written: Any,
    pointer: str,
    variables: frozenset[str],
    goes: str,
    authorized: bool,
    found: Secured,
) -> Json:
    if isinstance(written, Mapping):
        return {
            key: _taken(at, one, *_in(pointer, key, variables, goes), authorized, found)
            for key, one in written.items()
        }
    if isinstance(written, list | tuple):
        return [
            _taken(at, one, *_in(pointer, str(i), variables, goes), authorized, found)
            for i, one in enumerate(written)
        ]
    if not isinstance(written, str) or not _secret(at, written):
        return at.value(written, pointer, variables)
    parts = _parts(at, written, pointer, variables, authorized)
    if parts is None:
        return None
    if any(isinstance(one, SecretPart) for one in parts):
        found.secrets[goes] = parts
        return None
    # `$authorization.scheme` alone is a text that everyone may know.
    return "".join(one for one in parts if isinstance(one, str))


def _in(
    pointer: str, key: str, variables: frozenset[str], goes: str
) -> tuple[str, frozenset[str], str]:
    return f"{pointer}/{escaped(key)}", variables, f"{goes}/{escaped(key)}"


def _secret(at: Compilation, written: str) -> bool:
    if not at.loose and not expr.is_runtime_expression(written):
        return False
    source = expr.strip(written)
    return any(interpolation.mentions(source, one) for one in ("secrets", "authorization"))


def _parts(
    at: Compilation, written: str, pointer: str, variables: frozenset[str], authorized: bool
) -> tuple[Part, ...] | None:
    source = expr.strip(written)
    pieces = interpolation.parts(source) or [(source, True)]
    parts = [_part(at, *one, pointer, variables, authorized) for one in pieces]
    return None if None in parts else tuple(one for one in parts if one is not None)


def _part(
    at: Compilation,
    piece: str,
    is_source: bool,
    pointer: str,
    variables: frozenset[str],
    authorized: bool,
) -> Part | None:
    if not is_source:
        # What looks like an expression here is text, and has to stay text.
        return f"${{ {json.dumps(piece)} }}" if expr.is_runtime_expression(piece) else piece
    path = interpolation.path(piece)
    if path and path[0] == "secrets" and len(path) > 1:
        return SecretPart(secret=path[1], path=path[2:]) if declared(at, path[1], pointer) else None
    if path and path[0] == "authorization" and path[1:] in {(one,) for one in DESCRIBED}:
        if authorized:
            return SecretPart(secret=AUTHORIZATION, path=path[1:])
        at.find("compile.secret-as-data", pointer, "this step has no authentication")
        return None
    if interpolation.mentions(piece, "secrets") or interpolation.mentions(piece, "authorization"):
        message = f"in `{piece[:60]}`: only a path such as `$secrets.name.member` can stand here"
        at.find("compile.secret-as-data", pointer, message)
        return None
    return at.expression(f"${{ {piece}\n| tostring }}", pointer, variables)


def declared(at: Compilation, name: str, pointer: str) -> bool:
    """Whether `use.secrets` has that name; a finding if not."""
    names = at.definition.use.secrets
    if name in names and NAME.fullmatch(name):
        return True
    hint = nearest(name, names)
    message = f"`use.secrets` has no {name!r}; {hint}"
    if name in names:
        message = f"{name!r} cannot name a secret: letters, digits, `-`, `_` and `.` can"
    at.find("compile.unknown-reference", pointer, message)
    return False
