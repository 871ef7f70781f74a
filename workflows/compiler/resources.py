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
from symphainy.resource import Resource, Unreachable, Wanted
from workflows.compiler.context import Compilation

__all__ = ["parsed", "resource"]


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
        at.wanted.append(_wanted(at, endpoint, given, pointer))
        known = Unreachable("nothing was fetched yet")
    at.find("compile.resource", pointer, f"`{given[:200]}` cannot be had: {known.reason}")
    return None


def _wanted(at: Compilation, endpoint: Endpoint, uri: str, pointer: str) -> Wanted:
    return Wanted(uri, pointer)


def parsed(at: Compilation, content: bytes, pointer: str) -> Any:
    """A fetched document of JSON or YAML as plain data; None with a finding if it is neither."""
    try:
        if content.lstrip()[:1] in (b"{", b"["):
            return json.loads(content)
        return load(content, "application/yaml").data
    except Invalid as invalid:
        reason = invalid.findings[0].message
    except (ValueError, RecursionError) as error:
        reason = str(error)
    at.find("compile.resource", pointer, f"the document is neither JSON nor YAML: {reason[:200]}")
    return None
