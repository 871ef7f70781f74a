"""From bytes or text to a `Source`, or every reason why not."""

import re

from symphainy.document.build import Builder
from symphainy.document.json_text import read_json
from symphainy.document.limits import MAX_BYTES
from symphainy.document.source import Source, lines, locate
from symphainy.document.yaml_text import read_yaml
from symphainy.findings import Invalid, finding

__all__ = ["load"]

# Tab, line feed, carriage return and NEL are the control characters that YAML allows as they are.
NOT_TEXT = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)


def load(text: str | bytes, media_type: str | None = None) -> Source:
    """The one document in `text`; raises `Invalid` with all that keeps it from being read.

    YAML 1.2 (core schema) unless `media_type` names JSON, or names nothing and the text begins
    with a brace.
    """
    text = _decoded(text).removeprefix("\ufeff")
    builder = Builder(text)
    if _is_json(text, media_type):
        read_json(builder)
    else:
        read_yaml(builder)
    if builder.noted:
        raise Invalid(builder.noted)
    if builder.root is None:
        raise _invalid("document.empty", "There is nothing in the document.")
    return Source(text, builder.root, builder.place)


def _decoded(text: str | bytes) -> str:
    if len(text) > MAX_BYTES:
        raise _too_large()
    try:
        if isinstance(text, bytes):
            text = text.decode()
        elif len(text.encode()) > MAX_BYTES:
            raise _too_large()
    except UnicodeDecodeError as error:
        sound = str(text[: error.start], "utf-8", "replace")  # type: ignore[arg-type]
        raise _invalid("document.encoding", "Not UTF-8.", sound) from None
    except UnicodeEncodeError as error:
        sound = str(text)[: error.start]
        raise _invalid("document.encoding", "Half a surrogate pair.", sound) from None
    if bad := NOT_TEXT.search(text):
        message = f"The character U+{ord(bad[0]):04X} cannot stand in a document."
        raise _invalid("document.character", message, text[: bad.start()])
    return text


def _is_json(text: str, media_type: str | None) -> bool:
    asked = (media_type or "").lower()
    return "json" in asked or ("yaml" not in asked and text.lstrip()[:1] == "{")


def _too_large() -> Invalid:
    return _invalid("document.too-large", f"More than {MAX_BYTES:,} bytes.")


def _invalid(code: str, message: str, before: str = "") -> Invalid:
    line, column = locate(lines(before), len(before))
    return Invalid([finding(code, message, line=line, column=column)])
