"""What a remote call is asked to do, and the errors it ends with."""

import json
import ssl
from dataclasses import dataclass, field
from typing import Any

from temporalio.exceptions import ApplicationError

from public_works.egress import Egress
from symphainy.definition.error_types import ERROR_STATUS, error_type
from symphainy.json import Json
from temporal.endings import EXPECTED

__all__ = ["Asked", "as_json", "authorities", "fault", "kind_of"]

KINDS = {401: "authentication", 403: "authorization", 408: "timeout"}


@dataclass(frozen=True)
class Asked:
    """One call, its arguments filled in."""

    arguments: dict[str, Any]
    resource: str | None
    """The document that the call was checked against."""
    key: str
    """The same over all attempts, for servers that heed it."""
    egress: Egress
    headers: dict[str, str] = field(default_factory=dict)
    """What authenticates the call, where the protocol has headers."""
    authentication: Json = None
    """The policy in full, for protocols that have a name and a password of their own."""


def fault(
    kind: str, code: str, detail: str, *, status: int | None = None, **more: Json
) -> ApplicationError:
    """An error of the specification's `kind` that the flow can catch; never tried again."""
    problem: dict[str, Json] = {
        "type": error_type(kind),
        "status": status or ERROR_STATUS[kind],
        "title": f"{kind.capitalize()} error",
        "detail": detail,
        "code": code,
        **more,
    }
    return ApplicationError(
        detail, {"problem": problem}, type=code, non_retryable=True, category=EXPECTED
    )


def kind_of(status: int) -> str:
    """The kind of error that an HTTP status stands for."""
    return KINDS.get(status, "communication")


def authorities(context: ssl.SSLContext) -> str:
    """Whom `context` believes, as PEM, for libraries that take no context."""
    return "".join(map(ssl.DER_cert_to_PEM_cert, context.get_ca_certs(binary_form=True)))


def as_json(content: bytes) -> Json:
    """`content` as JSON, or the text it is."""
    text = content.decode("utf-8", "replace")
    try:
        found: Json = json.loads(text)
    except ValueError:
        return text
    return found
