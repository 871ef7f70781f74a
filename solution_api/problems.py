"""Endings as RFC 9457 problem documents."""

import json
import logging
from collections.abc import Mapping
from urllib.parse import quote
from uuid import uuid4

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match
from temporalio.service import RPCError

from solution_api.challenges import challenged
from solution_api.scim import errors as scim
from symphainy.codes import CODES, Code
from symphainy.errors import Ending, Unavailable
from symphainy.findings import Finding, Invalid, finding

__all__ = ["MEDIA_TYPE", "Problem", "install", "told", "type_of"]

log = logging.getLogger("symphainy.api")

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 2
BY_STATUS = {
    404: "api.not-found",
    405: "api.method-not-allowed",
    406: "api.not-acceptable",
    413: "api.body-too-large",
    415: "api.media-type",
}


class Problem(BaseModel):
    """What went wrong, after RFC 9457, with our code and what to do about it."""

    type: str = Field(description="Address of the page about the code.")
    title: str = Field(description="What the code means.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened this time.")
    code: str = Field(description="Stable: programs may rely on it.")
    fix: str | None = Field(None, description="What to do about it.")
    pointer: str | None = Field(None, description="JSON pointer to what is at fault.")
    findings: list[Finding] | None = Field(None, description="Everything that is wrong.")
    instance: str | None = Field(None, description="The address that was asked for.")


def type_of(code: str) -> str:
    """The address of the page about `code`, relative to the API."""
    return f"/v1/codes/{code}"


def install(app: FastAPI) -> None:
    """Let `app` answer everything that goes wrong with a problem document."""
    app.add_exception_handler(Ending, told)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RPCError, _unreachable)
    app.add_exception_handler(Exception, _crash)


async def told(request: Request, error: Exception) -> Response:
    """The problem document of an ending."""
    if not isinstance(error, Ending):
        raise error
    known = _known(error.code)
    headers = challenged(request, known)
    status = known.status
    if status == 413:
        headers["Connection"] = "close"
    if isinstance(error, Unavailable):
        wait = error.retry_after
        status = 429 if status == 429 else 503
        headers["Retry-After"] = str(max(1, round(wait.total_seconds())) if wait else RETRY_SECONDS)
    if status >= 500:
        log.warning("%s %s: %s", request.method, _place(request), error)
    found = error.findings if isinstance(error, Invalid) else None
    return _answer(request, known, error.message, status, error.pointer, found, headers)


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    found = [
        finding("api.invalid-request", str(one["msg"]), pointer=_pointer(one["loc"]))
        for one in error.errors()
    ]
    return await told(request, Invalid(found))


def _pointer(place: tuple[int | str, ...]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in place)


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    known = _known(BY_STATUS.get(error.status_code, "api.bad-request"))
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_methods(request)) or headers.get("Allow", "GET")
    return _answer(request, known, known.fix, error.status_code, headers=headers)


def _methods(request: Request) -> list[str]:
    """What the address knows; each route by itself knows only its own method."""
    routes = request.app.state.routes
    hit = (one.path for one in routes if one.matches(request.scope)[0] != Match.NONE)
    path = next(hit, None)
    return sorted({method for one in routes if one.path == path for method in one.methods})


async def _unreachable(request: Request, error: Exception) -> Response:
    log.warning("%s %s: Temporal: %r", request.method, _place(request), error)
    ending = Unavailable("run.temporal-unreachable", "The runtime did not answer; ask again.")
    return await told(request, ending)


async def _crash(request: Request, error: Exception) -> Response:
    incident = uuid4().hex[:12]
    log.error("incident %s: %s %s", incident, request.method, _place(request), exc_info=error)
    detail = f"The platform failed; its log knows more about incident {incident}."
    return _answer(request, CODES["api.internal"], detail)


def _place(request: Request) -> str:
    """The route: addresses have tokens of end customers in them, which no log needs."""
    route = request.scope.get("route")
    return str(getattr(route, "path", None) or "an address that is none")


def _answer(
    request: Request,
    code: Code,
    detail: str,
    status: int | None = None,
    pointer: str | None = None,
    findings: list[Finding] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    request.state.code = code.code
    if request.url.path.startswith(scim.PREFIX):
        return scim.answer(code.code, status or code.status, detail, headers or {})
    problem = Problem(
        type=type_of(code.code),
        title=code.title,
        status=status or code.status,
        detail=detail,
        code=code.code,
        fix=code.fix,
        pointer=pointer,
        findings=findings,
        instance=quote(request.url.path),
    )
    # Escaped, since a message may quote text that UTF-8 cannot carry.
    body = json.dumps(problem.model_dump(exclude_none=True))
    return Response(body, problem.status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def _known(name: str) -> Code:
    return CODES.get(name) or Code(name, "The request was refused", "See the message.")
