"""Addresses: literal URIs, URI templates, or expressions."""

import re
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from symphainy.definition.duration import is_expression

__all__ = ["Address", "Uri"]

# RFC 3986, appendix B, narrowed to what holds no space; `{name}` of RFC 6570 passes as path.
REFERENCE = re.compile(r"(?:[^\s:/?#]+:)?(?://[^\s/?#]*)?[^\s?#]*(?:\?[^\s#]*)?(?:#\S*)?")


def _uri(text: str) -> str:
    if not text or text.startswith("${") or not REFERENCE.fullmatch(text):
        raise PydanticCustomError("schema.uri", "is not a URI")
    return text


def _address(text: str) -> str:
    return text if is_expression(text) else _uri(text)


Uri = Annotated[str, AfterValidator(_uri)]
"""A URI reference or a template of one."""
Address = Annotated[str, AfterValidator(_address)]
"""A URI, a template, or one `${ ... }` that gives a URI."""
