"""Documents that a definition names: asked for here, fetched by whoever compiles.

The compiler fetches nothing: what it lacks it notes, and is called again with it. So what was
fetched when a version was registered is what its plan was made of, for ever.
"""

import json
from typing import Any

from symphainy import expr
from symphainy.definition import Endpoint, EndpointObject
from symphainy.document import load
from symphainy.findings import Invalid
from symphainy.json import Json
from symphainy.resource import Resource, Unreachable, Wanted
from workflows.compiler.authentication import authentication
from workflows.compiler.context import Compilation

__all__ = ["parsed", "resource"]

DEEPEST = 64


def resource(at: Compilation, endpoint: Endpoint, pointer: str) -> bytes | None:
    """See `Compilation.resource`."""
    given = endpoint.uri if isinstance(endpoint, EndpointObject) else endpoint
    if expr.is_runtime_expression(given) or "{" in given:
        message = f"`{given[:80]}` depends on the run, and this document is needed before it"
        at.find("compile.resource-computed", pointer, message)
        return None
    if not given.startswith(("https://", "http://")):
        message = f"`{given[:80]}` is no absolute http or https address"
        at.find("compile.resource", pointer, message)
        return None
    known = at.resources.get(given)
    if isinstance(known, Resource):
        return known.content
    if known is None:
        wanted = _wanted(at, endpoint, given, pointer)
        if wanted is None:
            return None
        at.wanted.append(wanted)
        known = Unreachable("nothing was fetched yet")
    at.find("compile.resource", pointer, f"`{given[:200]}` cannot be had: {known.reason}")
    return None


def _wanted(at: Compilation, endpoint: Endpoint, uri: str, pointer: str) -> Wanted | None:
    written = endpoint.authentication if isinstance(endpoint, EndpointObject) else None
    if written is None:
        return Wanted(uri, pointer)
    found = authentication(at, written, f"{pointer}/authentication")
    if found is None:
        return None
    texts = [one for parts in found.secrets.values() for one in parts if isinstance(one, str)]
    if _computed(found.value) or any(map(expr.is_runtime_expression, texts)):
        message = "how to authenticate for a document that is needed before the run depends on it"
        at.find("compile.resource-computed", f"{pointer}/authentication", message)
        return None
    return Wanted(uri, pointer, found.value, found.secrets)


def _computed(value: Json) -> bool:
    if isinstance(value, str):
        return expr.is_runtime_expression(value)
    if isinstance(value, dict):
        return any(map(_computed, value.values()))
    return isinstance(value, list) and any(map(_computed, value))


def parsed(at: Compilation, content: bytes, pointer: str) -> Any:
    """A fetched document of JSON or YAML as plain data; None with a finding if it is neither."""
    document, wrong = at.once("data", content, lambda: _parsed(content))
    if wrong is not None:
        message = f"the document is neither JSON nor YAML: {wrong[:200]}"
        at.find("compile.resource", pointer, message)
    return document


def _parsed(content: bytes) -> tuple[Any, str | None]:
    """The data, or why there is none."""
    try:
        if content.lstrip()[:1] in (b"{", b"["):
            return _shallow(json.loads(content)), None
        return load(content, "application/yaml").data, None
    except Invalid as invalid:
        return None, invalid.findings[0].message
    except (ValueError, RecursionError) as error:
        return None, str(error)


def _shallow(document: Any) -> Any:
    """`document`, if whoever walks through it needs no deep stack."""
    level = [document]
    for _ in range(DEEPEST):
        inside = (one.values() if isinstance(one, dict) else one for one in level)
        level = [one for many in inside for one in many if isinstance(one, dict | list)]
        if not level:
            return document
    raise ValueError(f"it nests deeper than {DEEPEST} levels")
