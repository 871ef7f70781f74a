"""One page for all settings, as the environment variables that people set."""

from collections.abc import Iterator
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from docs.generator.markdown import Page, page, table
from public_works.settings import PREFIX, Settings

__all__ = ["pages"]


def pages() -> Iterator[Page]:
    rows = [_row(name, field) for name, field in Settings.model_fields.items()]
    yield (
        "settings.md",
        page(
            "Settings",
            "public_works/settings.py",
            "Every setting is an environment variable and has a working default; an empty value "
            "counts as not set. A value that cannot be used ends the command with "
            "[`settings.invalid`](codes/settings.invalid.md), which names the variable. "
            "`symphainy doctor` shows what is in force.",
            table(("variable", "value", "default", "meaning"), rows),
        ),
    )


def _row(name: str, field: FieldInfo) -> tuple[str, str, str, str]:
    default = field.default
    shown = "" if default is None or default == () else f"`{_written(default)}`"
    return f"`{PREFIX}{name.upper()}`", _type(field.annotation), shown, field.description or ""


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _type(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{one}`" for one in get_args(annotation))
    if get_origin(annotation) is tuple:
        return "list"
    for one in get_args(annotation):
        if one is not NoneType:
            return _type(one)
    names = {SecretStr: "secret", bool: "`true` or `false`", int: "integer", float: "number"}
    return names.get(annotation, "path" if "Path" in str(annotation) else "text")
