"""Requests as definitions write them, and answers as definitions read them; pure."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx2

from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["Request", "parsed", "request"]

FORM, PARTS, JSON = "application/x-www-form-urlencoded", "multipart/form-data", "application/json"
TEXTUAL = frozenset(
    {"application/xml", "application/yaml", "application/javascript", "application/graphql", FORM}
)
SUFFIXES = ("+xml", "+yaml")


@dataclass(frozen=True)
class Request:
    """What is sent."""

    method: str
    uri: str
    headers: dict[str, str]
    params: list[tuple[str, str]]
    content: bytes | None


def request(asked: Mapping[str, Any]) -> Request:
    """The request that the arguments of `call: http` describe.

    A list in the query is a parameter several times. A body that is text is sent as it is; any
    other as the header `content-type` says: a form, parts of a form, and by default JSON. Raises
    Refused (`capability.input`).
    """
    headers = {
        name: _text(value)
        for name, value in _members(asked, "headers").items()
        if value is not None
    }
    params = [
        (name, _text(one))
        for name, value in _members(asked, "query").items()
        for one in (value if isinstance(value, list) else [value])
        if one is not None
    ]
    uri = asked.get("uri")
    if not isinstance(uri, str):
        raise _wrong("uri", "text")
    content = _content(asked.get("body"), headers)
    return Request(str(asked["method"]).upper(), uri, headers, params, content)


def _members(asked: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = asked.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise _wrong(name, "an object")
    return found


def _wrong(name: str, what: str) -> Refused:
    message = f"`with.{name}` of call http has to be {what}."
    return Refused("capability.input", message, pointer=f"/{name}")


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _content(body: Json, headers: dict[str, str]) -> bytes | None:
    if body is None:
        return None
    if isinstance(body, str):
        return body.encode()
    key = next((name for name in headers if name.lower() == "content-type"), None)
    kind = headers[key].partition(";")[0].strip().lower() if key else JSON
    if key is None:
        headers["content-type"] = JSON
    if kind == FORM and isinstance(body, dict):
        fields = {name: _fields(value) for name, value in body.items() if value is not None}
        return urlencode(fields, doseq=True).encode()
    if kind == PARTS and isinstance(body, dict):
        headers.pop(str(key))
        return _parts(body, headers)
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _fields(value: Json) -> str | list[str]:
    return [_text(one) for one in value] if isinstance(value, list) else _text(value)


def _parts(body: dict[str, Json], headers: dict[str, str]) -> bytes:
    parts = [
        (name, (None, _text(one).encode()))
        for name, value in body.items()
        for one in (value if isinstance(value, list) else [value])
        if one is not None
    ]
    # The library writes the boundaries; nothing is sent here.
    built = httpx2.Request("POST", "https://parts.invalid", files=parts)
    headers["content-type"] = built.headers["content-type"]
    return built.read()


def parsed(content: bytes, content_type: str) -> Json:
    """JSON as what it says, other text as text, anything else in base64; nothing as null."""
    if not content:
        return None
    kind, charset = _kind(content_type)
    if kind == JSON or kind.endswith("+json"):
        try:
            found: Json = json.loads(content, parse_constant=_constant)
        except (ValueError, RecursionError):
            return content.decode("utf-8", "replace")
        return found
    textual = kind.startswith("text/") or kind in TEXTUAL or kind.endswith(SUFFIXES)
    try:
        if textual or not kind:
            return content.decode(charset, "replace" if textual else "strict")
    except (UnicodeDecodeError, LookupError):
        pass
    return base64.b64encode(content).decode()


def _constant(name: str) -> Json:
    raise ValueError(f"{name} is no JSON")


def _kind(content_type: str) -> tuple[str, str]:
    kind, *rest = (one.strip() for one in content_type.split(";"))
    found = {key.strip().lower(): value.strip(' "') for key, _, value in map(_pair, rest)}
    return kind.lower(), found.get("charset", "utf-8")


def _pair(text: str) -> tuple[str, str, str]:
    return text.partition("=")
