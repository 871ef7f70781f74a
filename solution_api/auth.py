"""Who is asking, and what roles and keys let them do."""

import hashlib
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from public_works.keys import Holder
from smart_city.roles import ROLES, Action, OwnRoles, allowed, barred, holding
from smart_city.scope import EVERYWHERE, Asked, elsewhere, outside
from solution_api import auditing
from solution_api.limits_door import count, source
from solution_api.services import Services
from solution_api.standing import said_of
from symphainy.errors import Refused
from symphainy.identity import Principal

__all__ = [
    "ROLES",
    "Action",
    "Administrator",
    "Anybody",
    "Approver",
    "Auditor",
    "Author",
    "Deployer",
    "Governor",
    "Held",
    "Holding",
    "May",
    "Operator",
    "OperatorWithin",
    "Provisioner",
    "Reader",
    "Reviewer",
    "Server",
    "Shown",
    "Watcher",
    "allowed",
    "enter",
    "enter_as",
    "held",
    "holder_of",
    "roles_of",
]

INTENTS = frozenset({"submit_intent", "ask_endpoint"})
"""Operations that start runs, which are counted by themselves too."""

bearer = HTTPBearer(
    scheme_name="apiKey",
    description="An API key, `sym_<environment>_<id>_<secret>_<checksum>`, or an access token "
    "after RFC 9068 of an identity provider that the tenant trusts.",
    auto_error=False,
)


def held(request: Request) -> Services:
    """The services of this process."""
    services: Services = request.app.state.services
    return services


Held = Annotated[Services, Depends(held)]
Shown = Annotated[HTTPAuthorizationCredentials | None, Security(bearer)]


async def _holder(request: Request, services: Held, shown: Shown = None) -> Holder:
    """Who shows a key or a token.

    Refused api.unauthenticated, token.…; Unavailable api.rate-limited, issuer.unavailable.
    """
    if shown is None and (text := getattr(request.state, "signed_in", None)):
        found = await services.bearers.signed_in(text)
        # Whoever came by the printed link is let into the outbox, and nowhere else.
        if found is not None and not found[0].by_link:
            return _counted(request, services, found[1])
    if shown is None:
        raise Refused("api.unauthenticated", "Send `Authorization: Bearer <API key or token>`.")
    proof = hashlib.sha256(shown.credentials.encode("utf-8", "surrogatepass")).digest()
    count(request, services.limits.patient(source(request), proof))
    known = await services.bearers.holder(shown.credentials)
    if known is None:
        raise Refused("api.unauthenticated", "The API key is unknown, expired or revoked.")
    services.limits.believed(proof)
    return _counted(request, services, known)


def _counted(request: Request, services: Services, known: Holder) -> Holder:
    auditing.known(request, known.principal)
    intent = request.scope["route"].name in INTENTS
    count(request, services.limits.asked(known.principal, intent=intent))
    strange = elsewhere(known.scope, request.client.host if request.client else None)
    if strange is not None:
        raise Refused("api.scope", f"The key cannot be used here: {strange}.")
    return known


Holding = Annotated[Holder, Depends(_holder)]
holder_of = _holder
"""Who shows a key, for doors that have another one besides."""


@dataclass(frozen=True)
class May:
    """A dependency: the principal of the request, if roles and key allow `action`.

    Refused: api.unauthenticated, api.forbidden, api.environment, api.scope, token.step-up.
    Unavailable: api.rate-limited.
    """

    action: Action
    within: bool = False
    """Whether the body says for which environment it is: the route has to `enter_as` it."""

    async def __call__(self, request: Request, services: Held, holder: Holding) -> Principal:
        who = holder.principal
        if barred(who.kind, self.action):
            raise Refused("api.forbidden", f"No principal of kind {who.kind} may {self.action}.")
        asked = _asked(request, services.settings.environment, self.action)
        try:
            who = await self._there(services, who, asked)
        except Refused:
            await self._step_up(request, services, holder, asked)
            raise
        if not self.within:
            enter(holder, asked.environment)
        limit = outside(holder.scope, asked)
        if limit is not None:
            raise Refused("api.scope", f"The key cannot be used here: {limit}.")
        return who

    async def _there(self, services: Services, who: Principal, asked: Asked) -> Principal:
        """`who` in the roles that hold for what is asked about; who decides on approvals in all
        they have, for it is the run that says what these are about."""
        own = await said_of(services.stores, who.tenant, who.roles)
        where = None if self.within else asked.environment
        roles = holding(who.roles, own, solution=asked.solution, environment=where)
        if not allowed(roles, self.action, own):
            raise Refused("api.forbidden", f"To {self.action} takes {_spoken(self.action)}.")
        return who if self.action == "decide" else who.model_copy(update={"roles": roles})

    async def _step_up(
        self, request: Request, services: Services, holder: Holder, asked: Asked
    ) -> None:
        """Refused token.step-up if another way of signing in would do."""
        if not holder.withheld:
            return
        who = holder.principal
        better = who.model_copy(update={"roles": who.roles | holder.withheld})
        try:
            await self._there(services, better, asked)
        except Refused:
            return
        request.state.step_up = holder.step_up
        message = f"To {self.action} takes another way of signing in, or a fresher one."
        raise Refused("token.step-up", message)


async def enter_as(
    services: Services, holder: Holder, by: Principal, action: Action, environment: str
) -> None:
    """Return if the key is one of `environment` and the roles `by` has allow `action` there.
    Refused: api.environment, api.forbidden."""
    enter(holder, environment)
    own = await said_of(services.stores, by.tenant, by.roles)
    if not allowed(_there(by.roles, own, environment), action, own):
        message = f"None of your roles may {action} in {environment[:63]}."
        raise Refused("api.forbidden", message)


def _there(roles: frozenset[str], own: OwnRoles, environment: str) -> frozenset[str]:
    inside = [one for one in roles if one in own and own[one].in_environment(environment)]
    return frozenset(one for one in roles if one not in own).union(inside)


def enter(holder: Holder, environment: str) -> None:
    """Return if the key is one of `environment`. Refused api.environment."""
    if holder.environment not in (environment, EVERYWHERE):
        raise Refused(
            "api.environment",
            f"The key is one of {holder.environment}, the request is for {environment[:63]}.",
        )


def roles_of(action: Action) -> list[str]:
    """The roles that let their holder do `action`, in the order of the table."""
    return [role for role, actions in ROLES.items() if action in actions]


def _asked(request: Request, home: str, action: Action) -> Asked:
    """What a request is about, by its address; a query counts only where the route reads it."""
    route = request.scope["route"]
    read = {one.alias for one in route.dependant.query_params}
    query = {name: value for name, value in request.query_params.items() if name in read}
    path: dict[str, str] = request.path_params
    named = path.get("name") if route.path.startswith("/v1/solutions/{name}") else None
    ran = path["run"].partition(":")[0] if "run" in path else None
    return Asked(
        environment=query.get("environment") or home,
        solution=named or ran or query.get("solution"),
        experience=path.get("experience"),
        reads=action == "read" or request.method in ("GET", "HEAD"),
    )


def _spoken(action: Action) -> str:
    return f"one of the roles {', '.join(roles_of(action))}"


Reader = Annotated[Principal, Depends(May("read"))]
Author = Annotated[Principal, Depends(May("register"))]
Operator = Annotated[Principal, Depends(May("operate"))]
OperatorWithin = Annotated[Principal, Depends(May("operate", within=True))]
Reviewer = Annotated[Principal, Depends(May("review"))]
Approver = Annotated[Principal, Depends(May("approve"))]
Deployer = Annotated[Principal, Depends(May("deploy", within=True))]
Watcher = Annotated[Principal, Depends(May("watch"))]
Auditor = Annotated[Principal, Depends(May("audit"))]
Administrator = Annotated[Principal, Depends(May("administer"))]
Provisioner = Annotated[Principal, Depends(May("provision"))]
Server = Annotated[Principal, Depends(May("serve"))]
Governor = Annotated[Principal, Depends(May("govern"))]
Anybody = Annotated[Principal, Depends(May("decide"))]
