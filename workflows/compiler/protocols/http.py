"""HTTP calls."""

from collections.abc import Mapping
from typing import Any

from symphainy.catalog import Effect
from symphainy.definition import EndpointObject, HttpCall, TaskItem
from symphainy.plan import Http, Task
from workflows.compiler.authentication import authentication
from workflows.compiler.context import Compilation, plain
from workflows.compiler.secrets import Secured, secured

__all__ = ["READS", "authorized", "http"]

READS = frozenset({"GET", "HEAD", "OPTIONS"})


def http(
    at: Compilation,
    item: TaskItem,
    task: HttpCall,
    given: dict[str, Any],
    variables: frozenset[str],
) -> Task | None:
    """The request as the plan has it."""
    wanted, pointer = task.with_, f"{item.pointer}/with"
    endpoint, place = wanted.endpoint, f"{pointer}/endpoint"
    policy = None
    if isinstance(endpoint, EndpointObject):
        where = f"{place}/authentication"
        policy = authentication(at, endpoint.authentication, where, variables)
        endpoint, place = endpoint.uri, f"{place}/uri"
    members: Mapping[str, Any] = {
        "uri": endpoint,
        "headers": wanted.headers,
        "query": wanted.query,
        "body": wanted.body,
    }
    taken = {
        name: secured(
            at,
            plain(one),
            place if name == "uri" else f"{pointer}/{name}",
            variables,
            f"/with/{name}",
            authorized=policy is not None,
        )
        for name, one in members.items()
        if one is not None
    }
    effect: Effect = "read" if wanted.method.upper() in READS else "write"
    return Http(
        **given,
        method=wanted.method.upper(),
        output_as=wanted.output,
        redirect=wanted.redirect,
        effect=effect,
        **authorized(policy, *taken.values()),
        **{name: one.value for name, one in taken.items() if name != "uri"},
        uri=taken["uri"].value if isinstance(taken["uri"].value, str) else "",
    )


def authorized(policy: Secured | None, *taken: Secured) -> dict[str, Any]:
    """What a node says of authentication and of the secrets in what it sends."""
    secrets = {pointer: parts for one in taken for pointer, parts in one.secrets.items()}
    if policy is None:
        return {"secrets": secrets} if secrets else {}
    secrets |= policy.secrets
    return {"authentication": policy.value, **({"secrets": secrets} if secrets else {})}
