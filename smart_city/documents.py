"""Policy documents as people write them, read into typed policies or into problems."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from smart_city.policies.kind import Ref, Restriction
from smart_city.verdict import Layer
from symphainy.codes import code

__all__ = ["LAYERS", "LayeredDocument", "Policy", "Problem", "read"]

LAYERS: tuple[Layer, ...] = ("platform", "tenant", "solution")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class LayeredDocument:
    """A policy as it was written, with its name and the layer that set it."""

    layer: Layer
    name: str
    document: Mapping[str, Any]


class Policy(BaseModel):
    """One policy of a bundle."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    name: str
    kind: str
    layer: Layer
    document: Restriction

    @cached_property
    def ref(self) -> Ref:
        return Ref(self.layer, self.name)

    @cached_property
    def id(self) -> str:
        return self.ref.id


class Problem(BaseModel):
    """One thing wrong with a policy document."""

    model_config = ConfigDict(frozen=True)

    code: str
    layer: str
    name: str
    pointer: str
    """RFC 6901 pointer within the policy; the empty string is the whole policy."""
    message: str
    fix: str

    @property
    def place(self) -> str:
        """The pointer within a section of policies."""
        return _pointer((self.name,)) + self.pointer if self.name else ""


def problem(
    name: str, document: LayeredDocument, message: str, at: tuple[Any, ...] = (), fix: str = ""
) -> Problem:
    """A problem of a registered code; `fix` defaults to the code's own advice."""
    return Problem(
        code=name,
        layer=str(document.layer),
        name=str(document.name),
        pointer=_pointer(at),
        message=message,
        fix=fix or code(name).fix,
    )


def _pointer(parts: Iterable[Any]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def read(
    documents: Iterable[LayeredDocument], kinds: Mapping[str, type[Restriction]]
) -> tuple[list[Policy], list[Problem]]:
    """The policies in `documents`, and what is wrong with those that are none."""
    policies: list[Policy] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for one in documents:
        found = _read(one, kinds)
        if isinstance(found, list):
            problems += found
        elif found.id in seen:
            problems.append(problem("policy.duplicate", one, f"`{one.name}` is there twice"))
        else:
            seen.add(found.id)
            policies.append(found)
    return policies, problems


def _read(one: LayeredDocument, kinds: Mapping[str, type[Restriction]]) -> Policy | list[Problem]:
    wrong = _wrong_frame(one, kinds)
    if wrong is not None:
        return [wrong]
    kind = one.document["kind"]
    try:
        document = kinds[kind].model_validate(one.document, by_alias=True, by_name=False)
    except ValidationError as error:
        return [_problem_of(one, kinds[kind], found) for found in _first_causes(error)]
    policy = Policy(name=one.name, kind=kind, layer=one.layer, document=document)
    misfit = document.misfit(policy.ref)
    return policy if misfit is None else [problem("policy.value", one, misfit)]


def _wrong_frame(one: LayeredDocument, kinds: Mapping[str, type[Restriction]]) -> Problem | None:
    if one.layer not in LAYERS:
        return problem("policy.value", one, f"there is no layer {one.layer!r}")
    if not isinstance(one.name, str) or not _NAME.fullmatch(one.name):
        return problem("policy.name", one, "this is no name for a policy")
    if not isinstance(one.document, Mapping):
        return problem("policy.value", one, "a policy is a mapping with a kind")
    if "kind" not in one.document:
        return problem("policy.missing-field", one, "the policy does not say its kind")
    kind = one.document["kind"]
    if not isinstance(kind, str) or kind not in kinds:
        near = _nearest(str(kind), kinds)
        fix = near or f"Use one of: {', '.join(sorted(kinds))}."
        return problem("policy.unknown-kind", one, f"{_cut(kind)} is no kind", ("kind",), fix)
    return None


def _first_causes(error: ValidationError) -> Iterator[ErrorDetails]:
    # A list whose items are all wrong is reported as too short as well.
    for found in error.errors():
        inner = (one["loc"] for one in error.errors() if len(one["loc"]) > len(found["loc"]))
        if not any(loc[: len(found["loc"])] == found["loc"] for loc in inner):
            yield found


def _problem_of(one: LayeredDocument, kind: type[Restriction], error: ErrorDetails) -> Problem:
    at = error["loc"]
    if error["type"] == "extra_forbidden":
        fields = [str(info.alias or name) for name, info in kind.model_fields.items()]
        message = f"{_cut(at[-1])} is no field of {one.document['kind']}"
        fix = _nearest(str(at[-1]), fields) or f"Use one of: {', '.join(sorted(fields))}."
        return problem("policy.unknown-field", one, message, at, fix)
    if error["type"] == "missing":
        return problem(
            "policy.missing-field", one, f"{at[-1]} is missing", at[:-1], f"Add {at[-1]}."
        )
    message = error["msg"].removeprefix("Value error, ")
    return problem("policy.value", one, message, at)


def _nearest(name: str, known: Iterable[str]) -> str:
    lowered = {one.lower(): one for one in known}
    near = get_close_matches(name.lower()[:64], lowered, n=1)
    return f"Write {lowered[near[0]]}." if near else ""


def _cut(value: object) -> str:
    text = str(value)
    return f"`{text[:60]}`"
