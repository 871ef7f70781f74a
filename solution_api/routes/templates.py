"""What messages say: templates of solutions, and how they look when they are filled."""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field, JsonValue

from public_works.definitions import SolutionRecord
from solution_api.auth import Held, Reader
from solution_api.bodies import Written, model
from solution_api.compiling import compiled
from solution_api.headers import IdempotencyKey
from solution_api.names import Cursor, Environment, Limit, Name
from solution_api.openapi import BODY, answers, example, takes
from solution_api.services import Services
from solution_api.views import Page, View
from symphainy.catalog import Channel
from symphainy.errors import Refused
from symphainy.findings import Invalid
from symphainy.identity import Principal
from symphainy.json import Json
from symphainy.plan import Experience, Plan, Template
from symphainy.template.choice import chosen
from symphainy.template.preview import Preview, preview, variables
from workflows.compiler import template as compiled_alone

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["Templates"])

Locale = Annotated[
    str | None,
    Query(max_length=40, description="BCP 47 tag of the reader.", examples=["de-AT"]),
]
Zone = Annotated[
    str | None,
    Query(max_length=64, description="IANA zone of the reader.", examples=["Europe/Vienna"]),
]
Which = Annotated[
    str | None,
    Query(max_length=100, description="The experience, where several have such a template."),
]
REFUSED = (
    "solution.missing",
    "solution.not-deployed",
    "solution.template-missing",
    "store.key-too-long",
    "template.data",
    "template.undefined",
    "template.value",
    "template.limit",
    "template.header",
    "template.clock",
)
SHOWN: Json = {
    "subject": "Rechnung 4711",
    "text": "Guten Tag, Ada Lovelace: 1.234,50 € sind fällig.",
    "html": None,
    "locale": "de",
    "formats": "de-AT",
    "zone": "Europe/Vienna",
    "made": [],
    "size": {"subject": 13, "text": 50},
    "sms": None,
    "warnings": [],
}
ASKED: dict[str, Json] = {
    "template": {
        "subject": "Invoice {{ invoice.id }}",
        "text": "Hello {{ customer.name }}, {{ invoice.total | money: 'EUR' }} is due.",
        "locales": {
            "de": {
                "subject": "Rechnung {{ invoice.id }}",
                "text": "Guten Tag, {{ customer.name }}: {{ invoice.total | money: 'EUR' }} "
                "sind fällig.",
            }
        },
    },
    "data": {"invoice": {"id": "4711", "total": 1234.5}},
    "locale": "de-AT",
    "zone": "Europe/Vienna",
}


class TemplateLine(View):
    """A template of a solution that is deployed."""

    solution: str
    version: str
    experience: str
    channel: Channel
    name: str
    parts: list[str] = Field(description="subject, text, html; MJML has become HTML.")
    variables: list[str] = Field(description="All that it reads; items of lists as `[]`.")
    contract: dict[str, Any] | None = Field(description="JSON Schema of the data it asks for.")
    locale: str | None = Field(description="The language of its own parts.")
    locales: list[str] = Field(description="The languages of its variants.")
    sample: bool = Field(description="Whether it brings data to be looked at with.")


class Asked(BaseModel, extra="forbid"):
    """What to fill with what, and for whom."""

    template: str | dict[str, JsonValue] = Field(
        description="A template as it stands in a definition, or the name of one of `definition` "
        "or `solution`."
    )
    definition: str | None = Field(
        None, max_length=1_048_576, description="A definition, YAML or JSON, that has it."
    )
    solution: str | None = Field(
        None, max_length=200, description="A solution that is deployed and has it."
    )
    experience: str | None = Field(
        None, max_length=100, description="Needed where several experiences have such a template."
    )
    channel: Channel | None = Field(None, description="By default that of its experience.")
    data: dict[str, JsonValue] | None = Field(
        None, description="What a step gives as `with.data`; by default the template's sample."
    )
    customer: dict[str, JsonValue] | None = Field(
        None, description="What is known of whom it is for, over the sample's."
    )
    locale: str | None = Field(None, max_length=40, description="BCP 47 tag of the reader.")
    zone: str | None = Field(None, max_length=64, description="IANA zone of the reader.")


@router.get("/templates", responses=answers("store.key-too-long"))
async def list_templates(
    services: Held,
    by: Reader,
    environment: Environment = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[TemplateLine]:
    """The templates of what an environment runs, solution by solution; `limit` counts solutions."""
    where = environment or services.settings.environment
    found = await asyncio.to_thread(_solutions, services, by.tenant, where, cursor, limit + 1)
    lines = [line for one, plan in found[:limit] if plan is not None for line in _lines(one, plan)]
    more = len(found) > limit
    return Page(items=lines, cursor=found[limit - 1][0].name if more else None)


@router.post(
    "/templates/preview",
    responses={**example(SHOWN), **answers(*REFUSED, "template.syntax", "template.mjml", *BODY)},
    openapi_extra=takes(Asked.model_json_schema(), ASKED, required=True),
)
async def preview_template(
    services: Held,
    by: Reader,
    asked: Annotated[Asked, Depends(model(Asked))],
    idempotency_key: IdempotencyKey,
) -> Preview:
    """What a template says to a reader. Nothing is stored and nothing is sent.

    The same code renders what is sent, so the two cannot differ.
    """
    filled, bound = await _meant(services, by, asked)
    channel = asked.channel or (bound.channel if bound is not None else "email")
    return await asyncio.to_thread(
        preview,
        filled,
        channel=channel,
        data=asked.data,
        customer=asked.customer,
        locale=asked.locale,
        zone=asked.zone or (bound.zone if bound is not None else None),
        fallback=bound.locale if bound is not None else None,
    )


@router.get(
    "/solutions/{name}/templates/{template}/preview",
    responses={**example(SHOWN), **answers(*REFUSED)},
)
async def preview_sample(
    services: Held,
    by: Reader,
    name: Name,
    template: str,
    experience: Which = None,
    locale: Locale = None,
    zone: Zone = None,
) -> Preview:
    """What a template of a deployed solution says with its sample."""
    plan = await asyncio.to_thread(_plan, services, by.tenant, name)
    filled, bound = chosen(plan, template, experience)
    return await asyncio.to_thread(
        preview,
        filled,
        channel=bound.channel,
        locale=locale,
        zone=zone or bound.zone,
        fallback=bound.locale,
    )


async def _meant(
    services: Services, by: Principal, asked: Asked
) -> tuple[Template, Experience | None]:
    """The template that is asked for, and the experience it is of."""
    if not isinstance(asked.template, str):
        filled, findings = await asyncio.to_thread(compiled_alone, asked.template)
        if filled is None or any(one.severity == "error" for one in findings):
            placed = [
                one.model_copy(update={"pointer": f"/template{one.pointer}"}) for one in findings
            ]
            raise Invalid(placed)
        return filled, None
    if asked.definition is not None:
        text = asked.definition
        kind = "application/json" if text.lstrip()[:1] == "{" else "application/yaml"
        found = await compiled(services, by, Written(text.encode(), kind))
        if found.plan is None:
            raise Invalid(list(found.findings))
        return chosen(found.plan, asked.template, asked.experience)
    if asked.solution is None:
        message = "A template by its name needs the `definition` or the `solution` that has it."
        raise Refused("api.invalid-request", message, pointer="/template")
    plan = await asyncio.to_thread(_plan, services, by.tenant, asked.solution)
    return chosen(plan, asked.template, asked.experience)


def _plan(services: Services, tenant: str, name: str) -> Plan:
    """What the platform's own environment runs of a solution."""
    environment = services.settings.environment
    version = services.stores.definitions.deployed(tenant, name, environment)
    if version is None:
        if services.stores.definitions.solution(tenant, name) is None:
            raise Refused("solution.missing", f"There is no solution {name[:80]!r}.")
        message = f"{name} is not deployed to {environment}."
        raise Refused("solution.not-deployed", message)
    return services.plans.get(version.plan_digest)


def _solutions(
    services: Services, tenant: str, environment: str, cursor: str | None, limit: int
) -> list[tuple[SolutionRecord, Plan | None]]:
    definitions = services.stores.definitions
    found = []
    for one in definitions.solutions(tenant, cursor, limit):
        version = definitions.deployed(tenant, one.name, environment)
        found.append((one, services.plans.get(version.plan_digest) if version else None))
    return found


def _lines(solution: SolutionRecord, plan: Plan) -> Iterator[TemplateLine]:
    for key, bound in plan.experiences.items():
        for name, one in bound.templates.items():
            yield TemplateLine(
                solution=solution.name,
                version=plan.version,
                experience=key,
                channel=bound.channel,
                name=name,
                parts=[*one.sources],
                variables=variables(one),
                contract=one.data,
                locale=one.locale,
                locales=sorted(one.locales),
                sample=one.sample is not None,
            )
