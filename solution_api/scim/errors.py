"""Refusals as clients of SCIM read them, after section 3.12 of RFC 7644."""

import json
from collections.abc import Mapping

from fastapi import Response
from scim2_models import SCIMException
from scim2_server.errors import MethodNotAllowedException

from symphainy.errors import Refused

__all__ = ["PREFIX", "answer", "refusal"]

PREFIX = "/scim/v2"
MEDIA_TYPE = "application/scim+json"
SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error"

TYPES: Mapping[str, str] = {
    "person.name-taken": "uniqueness",
    "group.member": "invalidValue",
    "store.text": "invalidValue",
    "store.key-too-long": "invalidValue",
    "scim.invalid-filter": "invalidFilter",
    "scim.too-many": "tooMany",
    "scim.mutability": "mutability",
    "scim.invalid-syntax": "invalidSyntax",
    "scim.invalid-path": "invalidPath",
    "scim.no-target": "noTarget",
    "scim.invalid-value": "invalidValue",
}
CODES = {name: code for code, name in TYPES.items() if code.startswith("scim.")}
BY_STATUS: Mapping[int, str] = {
    403: "scim.forbidden",
    404: "api.not-found",
    405: "api.method-not-allowed",
    412: "scim.changed",
    413: "api.body-too-large",
    415: "api.media-type",
    501: "scim.unsupported",
}


def refusal(error: SCIMException) -> Refused:
    """What the engine of SCIM refuses, as one of our codes."""
    code = CODES.get(error.scim_type) or BY_STATUS.get(error.status, "scim.invalid-value")
    if isinstance(error, MethodNotAllowedException):
        return Refused(code, f"Here are only {', '.join(error.allowed)}.")
    return Refused(code, error.detail)


def answer(code: str, status: int, detail: str, headers: Mapping[str, str]) -> Response:
    """An error of that status; our code is in the header `Symphainy-Code`."""
    if status == 422:
        # SCIM has no such status: what does not fit is a bad request.
        status = 400
    said = {"schemas": [SCHEMA], "status": str(status), "scimType": TYPES.get(code)}
    body = {name: one for name, one in said.items() if one is not None}
    # Escaped, since a message may quote text that UTF-8 cannot carry.
    text = json.dumps({**body, "detail": detail})
    heads = {**headers, "Symphainy-Code": code}
    return Response(text, status, headers=heads, media_type=MEDIA_TYPE)
