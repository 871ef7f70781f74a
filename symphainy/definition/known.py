"""Which keys a model would have known at some place inside it."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel

from symphainy.definition.duration import Duration, DurationParts
from symphainy.definition.model import Model

__all__ = ["known_keys", "models_at", "nearest"]


def models_at(model: type[Model], loc: Iterable[int | str]) -> list[type[Model]]:
    """The models that an object at `loc` inside `model` may be."""
    types: list[Any] = [model]
    for part in loc:
        types = [inner for one in types for inner in _inside(one, part)]
    return [one for one in types if _is_model(one)]


def known_keys(models: Iterable[type[Model]]) -> list[str]:
    """The keys that these models know, as they are written."""
    return [field.alias or name for one in models for name, field in one.model_fields.items()]


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant, if any is close."""
    names = {one.lower(): one for one in known}
    close = get_close_matches(name[:64].lower(), names, n=1, cutoff=0.6)
    return names[close[0]] if close else None


def _inside(one: Any, part: int | str) -> list[Any]:
    if _is_model(one):
        fields = one.model_fields.items()
        return [
            leaf
            for name, field in fields
            if part == (field.alias or name)
            for leaf in _leaves(field.annotation)
        ]
    arguments = get_args(one)
    if get_origin(one) is tuple:
        return list(_leaves(arguments[0]))
    if _is_mapping(get_origin(one)):
        return list(_leaves(arguments[1]))
    return []


def _leaves(annotation: Any) -> Iterator[Any]:
    """The alternatives of a type, without what decorates them."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _leaves(get_args(annotation)[0])
    elif annotation is Duration:
        yield DurationParts
    elif _is_model(annotation) or origin is tuple or _is_mapping(origin):
        yield annotation
    else:
        for inner in get_args(annotation):
            yield from _leaves(inner)


def _is_model(one: Any) -> bool:
    return isinstance(one, type) and issubclass(one, BaseModel)


def _is_mapping(origin: Any) -> bool:
    return isinstance(origin, type) and issubclass(origin, Mapping)
