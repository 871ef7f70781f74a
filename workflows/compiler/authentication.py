"""How a step proves whose it is: by name, in place, or by a secret that says it all."""

from collections.abc import Iterable, Iterator
from typing import Any

from symphainy import expr
from symphainy.definition import (
    A2aCall,
    AsyncApiCall,
    AuthenticationPolicy,
    EndpointObject,
    GrpcCall,
    HttpCall,
    McpCall,
    OpenApiCall,
    TaskBase,
)
from symphainy.definition.authentication import (
    SCHEMES,
    OAuth2Client,
    OpenIdConnect,
    SecretReference,
    UseAuthentication,
)
from symphainy.plan import SecretPart
from workflows.compiler.context import Compilation, escaped, nearest
from workflows.compiler.secrets import Secured, declared, secured

__all__ = ["authenticates", "authentication"]

CONFIDENTIAL = ("password", "token", "client/secret", "client/assertion", "subject/token")
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


def authentication(
    at: Compilation,
    written: AuthenticationPolicy | None,
    pointer: str,
    variables: Iterable[str] = (),
) -> Secured | None:
    """The policy as the activity is sent it, at `/authentication`; None if there is none.

    A policy of `use.authentications` is taken in, so what a plan does never changes.
    """
    if written is None:
        return None
    name = written.use if isinstance(written, UseAuthentication) else None
    if name is None:
        return _policy(at, written, pointer, variables)
    named = at.definition.use.authentications
    if name not in named:
        message = f"`use.authentications` has no {name!r}; {nearest(name, named)}"
        at.find("compile.unknown-reference", f"{pointer}/use", message)
        return None
    before = len(at.findings)
    found = _policy(at, named[name], f"/use/authentications/{escaped(name)}", variables)
    # Each step that uses a policy would find the same again.
    at.findings[before:] = [one for one in at.findings[before:] if one not in at.findings[:before]]
    return found


def authenticates(task: TaskBase) -> bool:
    """Whether a task proves whose it is, and so has an `$authorization`."""
    if isinstance(task, HttpCall):
        return _by_endpoint(task.with_.endpoint)
    if isinstance(task, OpenApiCall | AsyncApiCall):
        return task.with_.authentication is not None
    if isinstance(task, GrpcCall):
        return task.with_.service.authentication is not None
    if isinstance(task, McpCall):
        http = task.with_.transport.http
        return http is not None and _by_endpoint(http.endpoint)
    return isinstance(task, A2aCall) and _by_endpoint(task.with_.server)


def _by_endpoint(endpoint: Any) -> bool:
    return isinstance(endpoint, EndpointObject) and endpoint.authentication is not None


def _policy(
    at: Compilation, written: AuthenticationPolicy, pointer: str, variables: Iterable[str]
) -> Secured | None:
    scheme = next(one for one in SCHEMES if getattr(written, one) is not None)
    given: Any = getattr(written, scheme)
    place, goes = f"{pointer}/{scheme}", f"/authentication/{scheme}"
    if isinstance(given, SecretReference):
        if not declared(at, given.use, f"{place}/use"):
            return None
        return Secured({scheme: None}, {goes: (SecretPart(secret=given.use),)})
    if isinstance(given, OpenIdConnect):
        for what in _lacking(given):
            at.find("compile.authentication", place, what)
    plain = given.model_dump(by_alias=True, exclude_none=True, exclude_unset=True, mode="json")
    for member in CONFIDENTIAL:
        _warn(at, plain, member, place)
    found = secured(at, plain, place, variables, goes)
    return Secured({scheme: found.value}, found.secrets)


def _warn(at: Compilation, given: Any, member: str, place: str) -> None:
    for part in member.split("/"):
        given = given.get(part) if isinstance(given, dict) else None
    if isinstance(given, str) and not expr.is_runtime_expression(given):
        message = f"`{member.replace('/', '.')}` can be read by all who can read the definition"
        at.find("compile.credential-in-clear", f"{place}/{member}", message)


def _lacking(given: OpenIdConnect) -> Iterator[str]:
    if given.grant == "authorization_code":
        yield "`authorization_code` needs a person in front of a browser, and a run has none"
    if given.grant == "password" and not (given.username and given.password):
        yield "the grant `password` needs `username` and `password`"
    if given.grant == "refresh_token" and given.subject is None:
        yield "the grant `refresh_token` needs the token as `subject.token`"
    if given.grant == EXCHANGE and given.subject is None:
        yield "the token exchange needs a `subject`"
    yield from _client(given.client)


def _client(client: OAuth2Client | None) -> Iterator[str]:
    if client is None or client.authentication == "none":
        return
    if client.id is None:
        yield f"`client.authentication: {client.authentication}` needs `client.id`"
    if client.authentication == "private_key_jwt":
        if client.assertion is None and client.secret is None:
            yield "`private_key_jwt` needs `client.assertion`, or its key as `client.secret`"
    elif client.secret is None:
        yield f"`client.authentication: {client.authentication}` needs `client.secret`"
