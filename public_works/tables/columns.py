"""Column types that behave the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, String, TypeDecorator
from sqlalchemy import Text as PlainText
from sqlalchemy.types import TypeEngine

from symphainy.errors import Refused

__all__ = ["Document", "Key", "Moment", "Text"]

LONGEST_KEY = 512


class Text(TypeDecorator[str]):
    """Text of any length; what PostgreSQL cannot hold is refused on SQLite too."""

    impl = PlainText
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None:
            _encoded(value)
        return value


class Document(TypeDecorator[dict[str, Any]]):
    """JSON, or nothing at all."""

    impl = JSON(none_as_null=True)
    cache_ok = True


class Key(TypeDecorator[str]):
    """A name or id in byte order, short enough that four of them fit one index entry.

    PostgreSQL refuses B-tree entries above 2704 bytes.
    """

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        collation = "C" if dialect.name == "postgresql" else None
        return dialect.type_descriptor(String(collation=collation))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None and len(_encoded(value)) > LONGEST_KEY:
            raise Refused(
                "store.key-too-long",
                f"{value[:40]!r}… has more than {LONGEST_KEY} bytes; shorten it.",
            )
        return value


class Moment(TypeDecorator[datetime]):
    """An aware datetime, in UTC; SQLite has no zones, so they are added on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no zone; pass aware datetimes")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _encoded(value: str) -> bytes:
    try:
        encoded = value.encode()
    except UnicodeEncodeError:
        encoded = b"\0"
    if b"\0" in encoded:
        raise Refused("store.text", "The text holds a NUL or a lone surrogate; remove it.")
    return encoded
