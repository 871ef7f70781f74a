"""Names and versions."""

import re
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

__all__ = ["SUPPORTED_DSL", "Dsl", "Label", "Version"]

LABEL = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?")
IDENTIFIER = r"(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
NUMBER = r"(?:0|[1-9][0-9]*)"
# The grammar of semver.org, version 2.0.0.
SEMANTIC = re.compile(
    rf"{NUMBER}\.{NUMBER}\.{NUMBER}(?:-{IDENTIFIER}(?:\.{IDENTIFIER})*)?"
    r"(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?"
)
SUPPORTED_DSL = re.compile(r"1\.0\.(?:0|[1-9][0-9]*)")
"""All versions of the specification's DSL that are read."""
LONGEST_VERSION = 128


def _label(text: str) -> str:
    if not LABEL.fullmatch(text):
        raise PydanticCustomError("schema.name", "is not a name")
    return text


def _version(text: str) -> str:
    if len(text) > LONGEST_VERSION or not SEMANTIC.fullmatch(text):
        raise PydanticCustomError("schema.version", "is not a semantic version")
    return text


def _dsl(text: str) -> str:
    if not SUPPORTED_DSL.fullmatch(text):
        raise PydanticCustomError("document.dsl", "is not 1.0.x, the versions that are read here")
    return text


Label = Annotated[str, AfterValidator(_label)]
"""An RFC 1123 label: letters, digits and hyphens, no dot."""
Version = Annotated[str, AfterValidator(_version)]
Dsl = Annotated[str, AfterValidator(_dsl)]
