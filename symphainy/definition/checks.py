"""Rules that types alone cannot say, each raising one of our codes."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from pydantic_core import PydanticCustomError

from symphainy.definition.model import Model

__all__ = ["exactly_one"]

M = TypeVar("M", bound=Model)


def exactly_one(*names: str) -> Callable[[M], M]:
    """A check that one of these keys was written, and no other of them."""

    def check(model: M) -> M:
        if len(written := [name for name in names if name in model.model_fields_set]) == 1:
            return model
        raise PydanticCustomError(
            "schema.exclusive",
            "needs exactly one of {keys}, but has {found}",
            {"keys": _quoted(model, names, ", "), "found": _quoted(model, written, " and ")},
        )

    return check


def _quoted(model: Model, names: Iterable[str], between: str) -> str:
    fields = type(model).model_fields
    return between.join(f"`{fields[name].alias or name}`" for name in names) or "none"
