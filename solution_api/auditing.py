"""What requests do, into the audit log: which operations are recorded, as what, and how.

An act is recorded with the first thing that is stored for it, in the same transaction. What stores
nothing itself, such as steering a run, is recorded right after; what may have happened is recorded
as failed, and what somebody was not allowed to do as refused.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Depends, Request
from temporalio.service import RPCError

from public_works.audit import Act, Audit, joined
from public_works.audit.stores import ACTING, PLATFORM
from public_works.customers import Customer
from public_works.database import JOINING
from public_works.links import Link
from public_works.telemetry import note as noted
from smart_city.audit import Actor, Detail, Entry, Subject, named
from solution_api.acts import ACTS, Deed
from solution_api.names import normal_run
from solution_api.services import Services
from symphainy.codes import CODES
from symphainy.errors import Ending, Refused
from symphainy.identity import Principal

__all__ = [
    "RECORDED",
    "about",
    "acting",
    "actor_of",
    "customer_of",
    "known",
    "leaving",
    "minted",
    "note",
    "preferring",
]

OTHER = Deed("access.refused", "operation")
"""How everything else is recorded, where it is forbidden."""
PROBED = "access.probed"
"""How reading is recorded that finds nothing again and again."""
TRACE = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


async def _recorded(request: Request) -> AsyncIterator[None]:
    """Record what the operation of `request` does, if it is one of `ACTS`, and else only that it
    was forbidden, or that somebody goes on asking for what is not theirs to find."""
    services: Services = request.app.state.services
    deed = ACTS.get(_operation(request), OTHER)
    act = Act("", PLATFORM, deed.action, Subject(type=deed.about, id=_operation(request)))
    act.trace = _trace(request)
    request.state.act = act
    if deed is not OTHER:
        async with acting(services, act):
            yield
        return
    try:
        yield
    except Refused as error:
        # Whatever else is forbidden is recorded where it is.
        barred = _forbidden(error) and error.code.startswith("api.")
        if barred or (_absent(error) and _found_out(services, request, act)):
            await _write(services.stores.audit, act, act.entry(error.code, "refused"))
        raise


# Before the answer is sent: nobody is told of an act that is not on record.
RECORDED: Any = Depends(_recorded, scope="function")
"""The dependency of every router whose operations ask for a key."""


def known(request: Request, by: Principal) -> None:
    """It is `by` who does what `request` asks for."""
    ACTING.set(actor_of(by))
    request.state.by = by
    noted(TENANT=by.tenant)
    act: Act | None = getattr(request.state, "act", None)
    if act is None:
        return
    act.tenant, act.actor = by.tenant, actor_of(by)
    if by.on_behalf_of is not None:
        act.note(on_behalf_of=named(by.on_behalf_of))
    deed = ACTS.get(_operation(request))
    if deed is not None:
        act.subject = _subject(request, by.tenant, deed)


@asynccontextmanager
async def acting(services: Services, act: Act) -> AsyncIterator[Act]:
    """Record that `act` is done in the body."""
    audit = services.stores.audit
    with joined(act):
        try:
            yield act
        except Refused as error:
            # What is another tenant's is not there either, so who wanted to change that is known.
            if _forbidden(error) or _absent(error):
                await _write(audit, act, act.entry(error.code, "refused"))
            raise
        except (Ending, RPCError) as error:
            code = error.code if isinstance(error, Ending) else "run.temporal-unreachable"
            await _write(audit, act, act.entry(code, "failed"))
            raise
        await _write(audit, act, act.entry())


async def _write(audit: Audit, act: Act, entry: Entry) -> None:
    if act.tenant and not act.written:
        # Said before, so that the record does not join its own transaction.
        act.written = True
        await asyncio.to_thread(audit.record, act.tenant, entry)


def note(**details: Detail) -> None:
    """Have these details in the record of this request; say it before anything is stored."""
    act = JOINING.get()
    if isinstance(act, Act):
        known = {name: named(one) if isinstance(one, str) else one for name, one in details.items()}
        act.note(**known)


def about(id: str) -> None:
    """This request is about what has that id; say it before anything is stored."""
    act = JOINING.get()
    if isinstance(act, Act):
        act.subject = Subject(type=act.subject.type, id=named(id))


def actor_of(by: Principal) -> Actor:
    """The principal as records have it."""
    return Actor(id=named(by.id), kind=by.kind)


def customer_of(services: Services, tenant: str, customer: str | None) -> Actor:
    """A customer as records have it: a token that says nothing once the customer is erased."""
    id = services.stores.audit.token(tenant, customer) if customer is not None else "somebody"
    return Actor(id=id, kind="customer")


def preferring(services: Services, person: Customer, through: str) -> Act:
    """That a customer says what they want to hear about."""
    actor = customer_of(services, person.tenant, person.id)
    subject = Subject(type="customer", id=actor.id)
    return Act(person.tenant, actor, "preferences.changed", subject, {"through": through})


def leaving(services: Services, link: Link) -> Act:
    """That whoever got a link wants no more messages like that one."""
    actor = customer_of(services, link.tenant, link.customer)
    said = {"channel": link.channel, "scope": link.scope, "delivery": link.delivery}
    subject = Subject(type="customer", id=actor.id)
    return Act(link.tenant, actor, "customer.unsubscribed", subject, {**said})


def minted(by: Principal, solution: str) -> Entry:
    """That a token for a page was sold."""
    subject = Subject(type="solution", id=named(solution))
    return Entry(actor=actor_of(by), action="widget.tokens-minted", subject=subject)


def _operation(request: Request) -> str:
    return str(getattr(request.scope.get("route"), "name", ""))


def _subject(request: Request, tenant: str, deed: Deed) -> Subject:
    services: Services = request.app.state.services
    given = {name: str(value) for name, value in request.path_params.items()}
    if "run" in given:
        given["run"] = normal_run(given["run"])
    id = deed.subject.format_map(given) if deed.subject else ""
    if deed.tokens:
        id = services.stores.audit.token(tenant, id)
    return Subject(type=deed.about, id=named(id))


def _found_out(services: Services, request: Request, act: Act) -> bool:
    """Whether asking for what is not there is to be recorded: changing always, reading when
    somebody goes on with it."""
    if request.method not in ("GET", "HEAD"):
        return True
    act.action = PROBED
    return services.limits.seeking(f"{act.tenant}\0{act.actor.kind}\0{act.actor.id}")


def _forbidden(error: Refused) -> bool:
    return error.code in CODES and CODES[error.code].status == 403


def _absent(error: Refused) -> bool:
    return error.code in CODES and CODES[error.code].status == 404


def _trace(request: Request) -> str | None:
    found = TRACE.fullmatch(request.headers.get("traceparent", ""))
    return found[1] if found else None
