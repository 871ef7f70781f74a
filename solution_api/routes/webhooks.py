"""Servers that events are sent to: endpoints of Standard Webhooks, by name."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Path, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from public_works.egress.destinations import Destinations
from public_works.webhooks import Webhook
from solution_api.auditing import about, note
from solution_api.auth import Held, Operator, Reader
from solution_api.bodies import model
from solution_api.environments import existing
from solution_api.headers import IdempotencyKey
from solution_api.names import ENVIRONMENT, Cursor, Limit
from solution_api.openapi import BODY, answers, example, takes
from solution_api.routes.cloud_events import place
from solution_api.services import Services
from solution_api.views import Page, View, page
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["router"]

router = APIRouter(prefix="/v1/webhooks", tags=["Webhooks"])

NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$"
DAY = 24 * 60 * 60
PLACE = re.compile(r"[0-9]{1,18}", re.ASCII)
ENDPOINT: dict[str, Json] = {
    "name": "erp",
    "url": "https://erp.acme.example/hooks",
    "enabled": True,
    "reason": None,
    "overlap": None,
    "types": ["com.symphainy.run.*"],
    "environment": "production",
    "created": "2026-11-22T09:30:00Z",
    "updated": "2026-11-22T09:30:00Z",
}
SHOWN: dict[str, Json] = {**ENDPOINT, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
Type = Annotated[str, Field(pattern=r"^[!-~]{0,511}\*?$", min_length=1)]
Called = Annotated[str, Path(description="The endpoint's name.", examples=["erp"], max_length=200)]


class Endpoint(View):
    """A server that events are sent to."""

    name: str = Field(validation_alias="id")
    url: str
    enabled: bool
    reason: str | None = Field(description="Why it is not enabled.")
    overlap: AwareDatetime | None = Field(description="Until when the secret before signs along.")
    types: tuple[str, ...] | None = Field(
        description="What it is sent by itself; null: only what flows send it."
    )
    environment: str | None
    created: AwareDatetime
    updated: AwareDatetime


class EndpointStanding(Endpoint):
    """An endpoint, and how what it is sent by itself stands."""

    posts: dict[str, int] = Field(
        description="Events by state: `pending`, `done`, `dead` or `discarded`."
    )


class Secret(Endpoint):
    """An endpoint with its new secret."""

    secret: str = Field(description="What events are signed with; it is never shown again.")


class New(BaseModel):
    """An endpoint to be."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=NAME, examples=["erp"])
    url: str = Field(max_length=2000, examples=["https://erp.acme.example/hooks"])
    types: list[Type] | None = Field(
        None,
        min_length=1,
        max_length=50,
        description="Which events it is sent by itself, from now on: types, `com.acme.*` for all "
        "that begin so, `*` for all. Without it only flows send it something.",
        examples=[["com.symphainy.run.*"]],
    )
    environment: str | None = Field(
        None, pattern=ENVIRONMENT, description="By default the platform's own."
    )


class Replay(BaseModel):
    """From where on events are sent again."""

    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime | None = Field(None, description="Those that came then or later.")
    cursor: str | None = Field(
        None, max_length=100, description="Those behind this place: a cursor, or a `seq`."
    )

    @model_validator(mode="after")
    def _one(self) -> "Replay":
        if (self.since is None) is (self.cursor is None):
            raise ValueError("say `since` or `cursor`")
        return self


class Replayed(BaseModel):
    """What is on its way again."""

    events: int


class Rotation(BaseModel):
    """How a secret is replaced."""

    model_config = ConfigDict(extra="forbid")

    overlap: int = Field(
        DAY, ge=0, le=30 * DAY, description="Seconds that the secret before signs along."
    )


LISTED = {
    **example({"items": [ENDPOINT], "cursor": None}),
    **answers("store.cursor", "store.key-too-long"),
}
ONE = {**example(ENDPOINT), **answers("webhook.missing", "store.key-too-long")}


@router.get("", responses=LISTED)
async def list_webhooks(
    services: Held, by: Reader, cursor: Cursor = None, limit: Limit = 50
) -> Page[Endpoint]:
    """Endpoints, newest first; also URLs of experiences whose servers wanted no more."""
    kept = services.stores.webhooks
    found = await asyncio.to_thread(kept.list, by.tenant, cursor, limit + 1)
    return page(Endpoint, found, limit, by="id")


@router.post(
    "",
    status_code=201,
    responses={
        **example(SHOWN, status=201, described="The endpoint, and its secret for this once."),
        **answers("webhook.taken", "webhook.url", "event.environment", *BODY),
    },
    openapi_extra=takes(New.model_json_schema(), {"name": "erp", "url": ENDPOINT["url"]}),
)
async def create_webhook(
    services: Held,
    by: Operator,
    wanted: Annotated[New, Depends(model(New))],
    idempotency_key: IdempotencyKey,
    response: Response,
) -> Secret:
    """Make an endpoint. Its secret is shown now and never again; keep it where events arrive."""
    _check(services, wanted.url)
    about(wanted.name)
    keen = wanted.types is not None
    where = await existing(services, by.tenant, wanted.environment) if keen else None
    made, secret = await asyncio.to_thread(
        services.stores.webhooks.create,
        by.tenant,
        wanted.name,
        wanted.url,
        types=wanted.types,
        environment=where,
    )
    response.headers["Location"] = f"/v1/webhooks/{wanted.name}"
    return _shown(made, secret)


@router.get(
    "/{name}",
    responses={
        **example({**ENDPOINT, "posts": {"done": 41, "pending": 1}}),
        **answers("webhook.missing", "store.key-too-long"),
    },
)
async def get_webhook(services: Held, by: Reader, name: Called) -> EndpointStanding:
    """An endpoint, whether it wants events, and how many are on their way."""
    stores = services.stores
    found = await asyncio.to_thread(stores.webhooks.get, by.tenant, name)
    if found is None:
        raise _missing(name)
    posts = await asyncio.to_thread(stores.posts.states, by.tenant, name)
    return EndpointStanding.model_validate({**found.model_dump(), "posts": posts})


@router.delete(
    "/{name}", status_code=204, responses=answers("webhook.missing", "store.key-too-long")
)
async def delete_webhook(services: Held, by: Operator, name: Called) -> None:
    """Forget an endpoint; steps that name it are refused from now on."""
    if not await asyncio.to_thread(services.stores.webhooks.remove, by.tenant, name):
        raise _missing(name)


@router.post(
    "/{name}/rotate",
    responses={**example(SHOWN), **answers("webhook.missing", "store.key-too-long", *BODY)},
    openapi_extra=takes(Rotation.model_json_schema(), {"overlap": DAY}),
)
async def rotate_webhook(
    services: Held,
    by: Operator,
    name: Called,
    how: Annotated[Rotation, Depends(model(Rotation))],
    idempotency_key: IdempotencyKey,
) -> Secret:
    """Give an endpoint a new secret; the one before signs along while `overlap` lasts."""
    overlap = timedelta(seconds=how.overlap)
    note(overlap=how.overlap)
    kept = services.stores.webhooks
    return _shown(*await asyncio.to_thread(kept.rotate, by.tenant, name, overlap))


@router.post(
    "/{name}/replay",
    status_code=202,
    responses={
        **example({"events": 12}, status=202, described="They are on their way again."),
        **answers("webhook.missing", "webhook.wants-nothing", "store.cursor", *BODY),
    },
    openapi_extra=takes(Replay.model_json_schema(), {"cursor": "41"}, required=True),
)
async def replay_webhook(
    services: Held,
    by: Operator,
    name: Called,
    wanted: Annotated[Replay, Depends(model(Replay))],
    idempotency_key: IdempotencyKey,
) -> Replayed:
    """Send an endpoint again all it wants from some point on, as long as events are kept.

    Each has the `webhook-id` that it had: who keeps those knows what it has already.
    """
    by_hand = PLACE.fullmatch(wanted.cursor or "")
    behind = int(by_hand[0]) if by_hand else place(services, by.tenant, wanted.cursor)
    if behind is None:
        since = services.stores.events.since
        behind = await asyncio.to_thread(since, by.tenant, wanted.since or datetime.now(UTC))
    note(behind=behind)
    replay = services.stores.posts.replay
    return Replayed(events=await asyncio.to_thread(replay, by.tenant, name, behind))


@router.post("/{name}/enable", responses=ONE)
async def enable_webhook(
    services: Held, by: Operator, name: Called, idempotency_key: IdempotencyKey
) -> Endpoint:
    """Send events there again, after its server answered 410 or somebody disabled it."""
    kept = services.stores.webhooks
    return Endpoint.model_validate(await asyncio.to_thread(kept.enable, by.tenant, name, True))


@router.post("/{name}/disable", responses=ONE)
async def disable_webhook(
    services: Held, by: Operator, name: Called, idempotency_key: IdempotencyKey
) -> Endpoint:
    """Send no more events there; steps that would are refused."""
    kept, why = services.stores.webhooks, f"by {by.id}"
    found = await asyncio.to_thread(kept.enable, by.tenant, name, False, why)
    return Endpoint.model_validate(found)


def _shown(endpoint: Webhook, secret: str) -> Secret:
    return Secret.model_validate({**endpoint.model_dump(), "secret": secret})


def _check(services: Services, url: str) -> None:
    """Refused `webhook.url` for what no event could be sent to."""
    reach = Destinations(services.settings.egress_allow)
    try:
        if not url.isprintable() or "@" in urlsplit(url).netloc:
            raise Refused("webhook.url", "The URL has characters or credentials in it.")
        reach.check(url)
    except (Refused, ValueError) as error:
        raise Refused(
            "webhook.url", f"{getattr(error, 'message', error)}", pointer="/url"
        ) from None
    if not url.startswith("https://") and not reach.listed(url):
        message = "An endpoint is an https URL: whoever listens in would read the events."
        raise Refused("webhook.url", message, pointer="/url")


def _missing(name: str) -> Refused:
    return Refused("webhook.missing", f"There is no endpoint {name[:80]!r}.")
