"""A filter with everything in it that only its run knows, so that anybody can match by it."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from symphainy import expr
from symphainy.event.cloud_event import Envelope
from symphainy.json import Json, canonical, digest

__all__ = [
    "ANY_TYPE",
    "Bound",
    "Criterion",
    "Evaluate",
    "Index",
    "Link",
    "index_of",
    "of_data",
    "text_of",
    "tie",
]

Evaluate = Callable[[str, Json, Mapping[str, Json]], Json]
"""The value of a runtime expression on data, with variables; ExpressionError if it has none."""

ANY_TYPE = "*"
"""Where listeners are filed that do not say one type literally."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Criterion(_Frozen):
    """What a value has to be.

    `like`: equal text, or text that the pattern (RE2) matches whole; `equals`: equal; `holds`:
    the expression on the value is true, or equal to it; `has`: an object with these members.
    """

    how: Literal["like", "equals", "holds", "has"]
    what: Json = None
    members: "dict[str, Criterion]" = Field(default_factory=dict)


class Link(_Frozen):
    """What of an event has to be equal to `expect`; None is whatever comes first."""

    source: str
    """Expression on the envelope."""
    expect: str | None = None


class Bound(_Frozen):
    """Which events are meant."""

    tests: dict[str, Criterion] = Field(default_factory=dict)
    """By attribute, and `data`."""
    links: dict[str, Link] = Field(default_factory=dict)
    given: dict[str, Json] = Field(default_factory=dict)
    """The variables that its expressions read."""

    def dump(self) -> dict[str, Json]:
        """Its JSON."""
        dumped: dict[str, Json] = self.model_dump(mode="json", exclude_defaults=True)
        return dumped

    @property
    def type(self) -> str:
        """The one type of event that is meant, or `ANY_TYPE`."""
        test = self.tests.get("type")
        literal = test is not None and (test.how == "equals" or not is_pattern(test.what))
        return test.what if test and literal and isinstance(test.what, str) else ANY_TYPE


class Index(_Frozen):
    """Where a filter is filed: how values are taken from events, and which it waits for."""

    links: tuple[tuple[str, str], ...]
    """Names and expressions, in order of the names."""
    shape: str
    value: str


UNTIED = Index(links=(), shape="", value="")


def index_of(bound: Bound) -> Index:
    """Where `bound` is filed: under the values it expects, as far as it expects any."""
    tied = [(name, link) for name, link in sorted(bound.links.items()) if link.expect is not None]
    if not tied or bound.given:
        return UNTIED
    links = tuple((name, link.source) for name, link in tied)
    return Index(links=links, shape=digest(links), value=digest([one.expect for _, one in tied]))


def tie(links: tuple[tuple[str, str], ...], envelope: Envelope, evaluate: Evaluate) -> str | None:
    """The `Index.value` under which filters that mean `envelope` are filed, or None."""
    found = [text_of(evaluate(source, envelope, {})) for _, source in links]
    return None if None in found else digest(found)


def of_data(written: Json) -> Criterion:
    """What `data` of a filter asks for: expressions are put to the data of each event."""
    if isinstance(written, dict):
        members = {name: of_data(one) for name, one in written.items()}
        return Criterion(how="has", members=members)
    if isinstance(written, str) and expr.is_runtime_expression(written):
        return Criterion(how="holds", what=written)
    return Criterion(how="equals", what=written)


def text_of(value: Any) -> str | None:
    """The text by which values of different kinds are compared: 42 and "42" are one invoice."""
    if value is None or isinstance(value, str):
        return value
    return canonical(value).decode()


def is_pattern(text: Any) -> bool:
    """Whether `text` is more than itself when read as a pattern; a dot alone is a dot."""
    return isinstance(text, str) and any(one in r"\^$*+?{}[]|()" for one in text)
