"""Sources of events: who outside sends them, how they sign, and where they come in."""

import asyncio
import hashlib
import hmac
import logging
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from public_works.callbacks import SecurityKind
from public_works.events import Proof, Source
from smart_city.senders import Believed, Doubt, judged
from solution_api.auditing import note
from solution_api.auth import Held, Operator, Reader
from solution_api.bodies import model, raw
from solution_api.cloud_events import read
from solution_api.environments import existing
from solution_api.headers import IdempotencyKey
from solution_api.limits_door import source as caller
from solution_api.names import Cursor, Limit
from solution_api.openapi import BODY, answers, example, takes
from solution_api.routes.cloud_events import TAKEN, TakenEvent
from solution_api.services import Services
from solution_api.views import Page, View, page
from symphainy.document import load
from symphainy.errors import Refused
from symphainy.event import Envelope
from symphainy.event.source import Mapped, Rules, Signing
from symphainy.identity import Principal
from symphainy.json import Json
from symphainy.plan import SecretPart

__all__ = ["router"]

log = logging.getLogger("symphainy.api")

router = APIRouter(prefix="/v1/sources", tags=["Events"])

NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"
DAY = 24 * 60 * 60
GITHUB: dict[str, Json] = {
    "kind": "github",
    "event": {
        "type": '"com.github.\\($headers["x-github-event"])"',
        "subject": ".repository.full_name",
    },
}
SHOWN: dict[str, Json] = {
    "name": "github",
    "environment": "production",
    **GITHUB,
    "signing": None,
    "tolerance": 300,
    "from": None,
    "overlap": None,
    "created": "2026-11-22T09:30:00Z",
    "updated": "2026-11-22T09:30:00Z",
}
SECRET: dict[str, Json] = {**SHOWN, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
Called = Annotated[str, Path(description="The source's name.", examples=["github"], max_length=200)]
Tenant = Annotated[
    str | None, Query(alias="t", description="The tenant; by default the platform's own.")
]


class Wanted(Rules):
    """A source to be."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    environment: str | None = Field(None, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,62}$")
    from_: str | None = Field(
        None,
        alias="from",
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$",
        description="The tenant's secret that it signs with; without it the platform makes one.",
    )


class EventSource(View):
    """A source of events."""

    name: str
    environment: str
    kind: str
    signing: Signing | None
    tolerance: int
    event: Mapped | None
    from_: str | None = Field(serialization_alias="from")
    overlap: AwareDatetime | None = Field(description="Until when the secret before is good too.")
    created: AwareDatetime
    updated: AwareDatetime


class NewSource(EventSource):
    """A source, with its secret if that was made now."""

    secret: str | None = Field(description="What it signs with; it is never shown again.")


class Rotation(BaseModel):
    """How a secret is replaced."""

    model_config = ConfigDict(extra="forbid")

    overlap: int = Field(
        DAY, ge=0, le=30 * DAY, description="Seconds that the secret before is good too."
    )


ONE = answers("source.missing", "store.key-too-long")


@router.get("", responses=answers("store.cursor", "store.key-too-long"))
async def list_sources(
    services: Held, by: Reader, cursor: Cursor = None, limit: Limit = 50
) -> Page[EventSource]:
    """Sources, newest first."""
    found = await asyncio.to_thread(services.stores.sources.list, by.tenant, cursor, limit + 1)
    return page(EventSource, [_view(one) for one in found], limit, by="name")


@router.put(
    "/{source}",
    responses={**example(SECRET), **answers("event.environment", *BODY)},
    openapi_extra=takes(Wanted.model_json_schema(), GITHUB),
)
async def put_source(
    services: Held,
    by: Operator,
    source: Annotated[str, Path(pattern=NAME, examples=["github"])],
    wanted: Annotated[Wanted, Depends(model(Wanted))],
) -> NewSource:
    """Say who sends events, how they sign, and what their bodies mean.

    The platform makes the secret, shown in this answer and never again, unless `from` names one of
    the tenant's. A source that has a secret keeps it.
    """
    where = await existing(services, by.tenant, wanted.environment)
    note(kind=wanted.kind, environment=where)
    rules = wanted.model_dump(mode="json", exclude={"environment"}, by_alias=True)
    made, secret = await asyncio.to_thread(
        services.stores.sources.put,
        by.tenant,
        source,
        environment=where,
        rules=rules,
        by=by.id,
        sealed=wanted.from_ is None,
    )
    return NewSource(**_view(made).model_dump(), secret=secret)


@router.get("/{source}", responses={**example(SHOWN), **ONE})
async def get_source(services: Held, by: Reader, source: Called) -> EventSource:
    """A source, never its secret."""
    found = await asyncio.to_thread(services.stores.sources.get, by.tenant, source)
    if found is None:
        raise _missing(source)
    return _view(found)


@router.delete("/{source}", status_code=204, responses=ONE)
async def delete_source(services: Held, by: Operator, source: Called) -> None:
    """Forget a source: what it sends is refused from now on."""
    if not await asyncio.to_thread(services.stores.sources.remove, by.tenant, source):
        raise _missing(source)


@router.post(
    "/{source}/rotate",
    responses={**example(SECRET), **answers("source.missing", "source.elsewhere", *BODY)},
    openapi_extra=takes(Rotation.model_json_schema(), {"overlap": DAY}),
)
async def rotate_source(
    services: Held,
    by: Operator,
    source: Called,
    how: Annotated[Rotation, Depends(model(Rotation))],
    idempotency_key: IdempotencyKey,
) -> NewSource:
    """Give a source a new secret; the one before is good too while `overlap` lasts."""
    note(overlap=how.overlap)
    overlap = timedelta(seconds=how.overlap)
    rotate = services.stores.sources.rotate
    made, secret = await asyncio.to_thread(rotate, by.tenant, source, overlap)
    return NewSource(**_view(made).model_dump(), secret=secret)


@router.post(
    "/{source}/events",
    status_code=202,
    responses={
        **example(TAKEN["events"][0], status=202, described="It is kept, and on its way."),
        **answers(
            "source.missing",
            "source.refused",
            "source.replayed",
            "source.unreadable",
            "event.malformed",
            "event.too-large",
            "event.reserved",
            "callback.too-many",
            "store.unavailable",
            *BODY,
            keyed=False,
        ),
    },
    openapi_extra=takes({}, {"action": "opened"}, required=True),
)
async def receive_event(
    request: Request, response: Response, services: Held, source: Called, tenant: Tenant = None
) -> TakenEvent:
    """Take an event of a source.

    No API key is asked for: the signature over the bytes of the body has to be right, its timestamp
    of now, and the request new. What is not believed is a security event. Sent again with a new
    signature, it changes nothing.
    """
    tenant = tenant or services.settings.tenant
    known = await asyncio.to_thread(services.stores.sources.get, tenant, source)
    if known is None:
        raise _missing(source)
    who, body = _caller(request, services), await raw(request)
    with services.strangers.admitted(who, len(body)):
        try:
            return await _taken(request, services, known, body)
        except Doubt as doubt:
            kind: SecurityKind = "callback.replayed" if doubt.genuine else "callback.forged"
            services.strangers.doubted(who, len(body))
            await _doubted(services, known, kind, str(doubt), who)
        except Refused as refused:
            if refused.code != "source.replayed":
                raise
            await _doubted(services, known, "callback.replayed", refused.message, who)
            raise
    raise Refused("source.refused", "The request is not believed to be the source's.")


async def _taken(request: Request, services: Services, known: Source, body: bytes) -> TakenEvent:
    rules = _rules(known)
    headers = {name.lower(): value for name, value in request.headers.items()}
    secrets = await _secrets(services, known)
    believed = judged(rules, secrets, headers, body, datetime.now(UTC))
    event = await _event(request, rules, known, believed, body)
    taken = await services.intake.hub.accept(
        Principal(tenant=known.tenant, id=f"source.{known.id}", kind="service"),
        known.environment,
        event,
        proof=Proof(
            source=known.id,
            name=believed.name,
            request=believed.request,
            content=believed.content,
            lasting=believed.lasting,
        ),
    )
    named = {name: str(event[name]) for name in ("id", "source", "type")}
    return TakenEvent(seq=taken.seq, new=taken.new, runs=[*taken.runs], **named)


async def _event(
    request: Request, rules: Rules, known: Source, believed: Believed, body: bytes
) -> Envelope:
    if rules.event is None:
        events = (await read(request, body)).events
        if len(events) != 1:
            raise Refused("event.malformed", "a source sends one event at a time")
        return events[0]
    # Whatever the Content-Type says: it is not what was signed.
    content: Json = (await asyncio.to_thread(load, body, "application/json")).data
    return await asyncio.to_thread(
        rules.event.event,
        content,
        headers={name.lower(): value for name, value in request.headers.items()},
        source=f"/sources/{known.id}",
        id=believed.id,
        now=datetime.now(UTC).timestamp(),
    )


async def _secrets(services: Services, known: Source) -> tuple[str, ...]:
    named = known.rules.get("from")
    if named is None:
        return await asyncio.to_thread(services.stores.sources.secrets, known.tenant, known.id)
    try:
        part = SecretPart(secret=named)
        found = await asyncio.to_thread(services.vault.read, known.tenant, part)
    except Refused as refused:
        log.warning("events of %s cannot be checked: %s", known.id, refused.message)
        raise Doubt("there is no secret to check it with") from None
    return tuple(found.split()) if isinstance(found, str) else ()


async def _doubted(
    services: Services, known: Source, kind: SecurityKind, reason: str, who: str
) -> None:
    log.warning("an event of %s is not believed: %s", known.id, reason)
    await asyncio.to_thread(
        services.stores.callbacks.doubted,
        known.tenant,
        kind,
        adapter="source",
        binding=known.id,
        reason=reason[:300],
        source=who,
    )


def _rules(known: Source) -> Rules:
    return Rules.model_validate({k: v for k, v in known.rules.items() if k != "from"})


def _view(known: Source) -> EventSource:
    given: dict[str, Any] = _rules(known).model_dump()
    return EventSource(
        **given,
        from_=known.rules.get("from"),
        name=known.id,
        environment=known.environment,
        overlap=known.overlap,
        created=known.created,
        updated=known.updated,
    )


def _caller(request: Request, services: Services) -> str:
    """Tells one caller from another, and not who they are."""
    address = caller(request).encode()
    return hmac.new(services.pepper, address, hashlib.sha256).hexdigest()[:16]


def _missing(source: str) -> Refused:
    return Refused("source.missing", f"There is no source {source[:80]!r}.")
