"""Cedar that people wrote: taken apart by a lexer first, so that the parser sees nothing deep."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import cedarpy

from smart_city.cedar.text import MAX_BYTES, TOKEN, screen

__all__ = ["Statement", "statements"]

MAX_STATEMENTS = 50
OBLIGATIONS = ("deny", "skip")
_SAID = frozenset({"id", "obligation", "reason"})
_ID = re.compile(r"([a-z]+)/([A-Za-z][A-Za-z0-9_-]{0,63})", re.ASCII)


class Statement(NamedTuple):
    """One forbid, without its annotations."""

    layer: str
    """The prefix of its id."""
    name: str
    obligation: str
    reason: str
    body: str


def statements(text: str) -> tuple[Statement, ...]:
    """The forbids in `text`; ValueError, saying which rule it breaks, for anything else."""
    if len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES // 1024} KiB of Cedar")
    pieces = list(_pieces(text))
    if not 0 < len(pieces) <= MAX_STATEMENTS:
        raise ValueError(f"write 1 to {MAX_STATEMENTS} statements, each with a semicolon")
    found = tuple(_statement(piece) for piece in pieces)
    if len({one.name for one in found}) < len(found):
        raise ValueError("two statements have the same @id")
    return found


def _pieces(text: str) -> Iterator[str]:
    """The statements as they stand; all of them screened before any is parsed."""
    begin, found = 0, []
    for token in TOKEN.finditer(text):
        if token[0] == ";":
            found.append(text[begin : token.end()].strip())
            begin = token.end()
    if any(not one[0].startswith("//") for one in TOKEN.finditer(text[begin:])):
        raise ValueError("the last statement has no semicolon")
    for piece in found:
        if (why := screen(piece)) is not None:
            raise ValueError(why)
    yield from found


def _statement(piece: str) -> Statement:
    parsed = _parsed(piece)
    if parsed["effect"] != "forbid":
        raise ValueError("only the platform permits, in rules of its own: write forbid")
    said: dict[str, str | None] = parsed.get("annotations", {})
    if unknown := sorted(said.keys() - _SAID):
        raise ValueError(f"@{unknown[0][:60]} is none of @id, @obligation and @reason")
    layer, name = _named(said.get("id"))
    obligation = said.get("obligation") or "deny"
    if obligation not in OBLIGATIONS:
        raise ValueError(f"@obligation({obligation[:60]!r}) is none of {', '.join(OBLIGATIONS)}")
    reason = (said.get("reason") or f"`{name}`")[:200]
    return Statement(layer, name, obligation, reason, _body(piece))


def _parsed(piece: str) -> dict[str, Any]:
    try:
        found = json.loads(cedarpy.policies_to_json_str(piece))
    except ValueError as error:
        raise ValueError(f"this is no Cedar: {str(error)[:300]}") from None
    if found["templates"] or len(found["staticPolicies"]) != 1:
        raise ValueError("templates and links are not taken: write forbids")
    one: dict[str, Any] = next(iter(found["staticPolicies"].values()))
    return one


def _named(id: str | None) -> tuple[str, str]:
    match = _ID.fullmatch(id or "")
    if match is None:
        raise ValueError('every statement has an @id such as @id("tenant/no-rivals")')
    return match[1], match[2]


def _body(piece: str) -> str:
    """The statement from its `forbid` on, which no annotation can be called before it parses."""
    inside = 0
    after_at = False
    for token in TOKEN.finditer(piece):
        word = token[0]
        if word.startswith("//"):
            continue
        if word == "forbid" and not inside and not after_at:
            return piece[token.start() :]
        inside += (word == "(") - (word == ")")
        after_at = word == "@"
    raise ValueError("this is no forbid")
