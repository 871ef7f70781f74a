"""URI templates."""

from urllib.parse import quote

from symphainy.json import Json
from workflows.interpreter.faults import Fault

__all__ = ["expand"]


def expand(template: str, data: Json, ref: str) -> str:
    """`template` with `{name}` replaced by members of `data`, encoded (RFC 6570, level 1).

    A member that is not there is an empty text; one that is no text, number, boolean or null is
    a Fault at `ref`.
    """
    members = data if isinstance(data, dict) else {}
    parts = template.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        name, brace, rest = part.partition("}")
        filled.append(_text(name, members.get(name), ref) + rest if brace else "{" + part)
    return "".join(filled)


def _text(name: str, value: Json, ref: str) -> str:
    if isinstance(value, dict | list):
        detail = f"`{{{name}}}` in an endpoint is neither text, number, boolean nor null"
        raise Fault.of("expression", detail, instance=ref, code="run.bad-uri")
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else quote(str(value), safe="")
