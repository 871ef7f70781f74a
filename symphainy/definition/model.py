"""What all models of the grammar share: frozen, exact about types, and strict about keys."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    GetCoreSchemaHandler,
    SkipValidation,
    Strict,
    StringConstraints,
    Tag,
)
from pydantic_core import CoreSchema

from symphainy.json import Json

__all__ = [
    "LIST",
    "OBJECT",
    "TAG",
    "TEXT",
    "Data",
    "Items",
    "Maybe",
    "Model",
    "Names",
    "Object",
    "OrText",
    "Text",
    "Values",
    "shape",
    "untagged",
]

T = TypeVar("T")
# Tags of alternatives turn up in pydantic's locations; no key of a document can hold a NUL.
TAG = "\0"
TEXT, OBJECT, LIST, OTHER = (f"{TAG}{kind}" for kind in ("text", "object", "list", "other"))


def untagged(loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """A location of pydantic without the tags: the path in the document."""
    return tuple(part for part in loc if not str(part).startswith(TAG))


def _camel(name: str) -> str:
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(part.capitalize() for part in rest)


class Model(BaseModel):
    """One object of the grammar; attributes are snake_case, with `_` after Python keywords."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        alias_generator=_camel,
        protected_namespaces=(),
    )

    lenient: ClassVar[bool] = False
    """Whether the specification tolerates other keys, which nothing reads (a warning)."""


class _Present:
    """Lets a key be absent but not null: the grammar knows no null."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schema = handler(source)
        if schema["type"] == "nullable":
            inner: CoreSchema = schema["schema"]
            return inner
        raise TypeError(f"Maybe[...] of something that is not optional: {source!r}")


def shape(value: object) -> str:
    """The tag of a value by its JSON type."""
    if isinstance(value, str):
        return TEXT
    if isinstance(value, list):
        return LIST
    return OBJECT if isinstance(value, Mapping | BaseModel) else OTHER


Maybe = Annotated[T | None, _Present()]
Data = Annotated[Json, SkipValidation]
"""Any JSON as it was written, expressions included; `Source` guarantees that it is JSON."""
Text = Annotated[str, StringConstraints(min_length=1)]
Items = Annotated[tuple[T, ...], Strict(False)]
Names = Items[str]
Values = Mapping[str, T]
Object = Mapping[str, Data]
OrText = Annotated[Annotated[T, Tag(OBJECT)] | Annotated[str, Tag(TEXT)], Discriminator(shape)]
"""An object, or the name of one, or an expression that gives one."""
