"""The standard error types and the several URIs that mean each."""

import re
from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["ERROR_STATUS", "canonical_error_type", "error_type"]

BASE = "https://open-workflow-specification.org/spec/1.0.0/errors/"

# The specification moved from one host to the other in 2026, and its conformance kit uses a path
# of its own.
ALIASES = re.compile(
    r"https?://(?:www\.)?(?:serverlessworkflow\.io|open-workflow-specification\.org)"
    r"/(?:spec/1\.0\.[0-9]+/errors|dsl/errors/types)/([A-Za-z0-9_-]+)/?"
)

ERROR_STATUS: Mapping[str, int] = MappingProxyType(
    {
        "configuration": 400,
        "validation": 400,
        "expression": 400,
        "authentication": 401,
        "authorization": 403,
        "timeout": 408,
        "communication": 500,
        "runtime": 500,
    }
)
"""Each standard kind with its default status."""


def error_type(kind: str) -> str:
    """The canonical URI of a standard kind."""
    return BASE + kind


def canonical_error_type(uri: str) -> str:
    """The URI that all aliases of an error type share; a type of one's own is left as it is."""
    match = ALIASES.fullmatch(uri)
    return BASE + match[1] if match else uri
