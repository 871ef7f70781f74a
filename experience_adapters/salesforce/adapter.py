"""The CRM adapter for Salesforce."""

from collections.abc import Mapping
from datetime import UTC, datetime

from experience_adapters.json_api import (
    JsonApi,
    Over,
    concluded,
    looked,
    secret_of,
    text_at,
)
from experience_adapters.salesforce import answers, request
from experience_adapters.salesforce.access import endpoint_of, token
from experience_adapters.salesforce.spec import DATA, DELIVERY, SECRET, SPEC
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import Activity, CrmUpdate, Sending, SendResult
from symphainy.errors import Ending
from symphainy.json import Json

__all__ = ["SalesforceCrm"]

ABSENT = SendResult(outcome="retryable", detail="Salesforce does not have it as it should be")


class SalesforceCrm:
    """Speaks to Salesforce, with the credentials that the binding names."""

    spec = SPEC

    def __init__(self, settings: Settings, egress: Egress, vault: Vault) -> None:
        self._settings = settings
        self._egress = egress
        self._vault = vault

    async def check(self) -> list[str]:
        """Whether the credentials of this platform's own tenant are there and Salesforce takes
        them."""
        try:
            api = await self._api(self._settings.tenant, {}, fresh=False)
            await api.read(f"{DATA}/limits")
        except Over as over:
            return [f"Salesforce answers {over.result.detail}"]
        except Ending as error:
            return [error.message]
        return []

    def validate(self, message: CrmUpdate) -> list[str]:
        return [one.message for one in request.wrongs(message)]

    async def send(self, message: CrmUpdate, sending: Sending) -> SendResult:
        for flaw in request.wrongs(message):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        if sending.not_after is not None and datetime.now(UTC) > sending.not_after:
            return SendResult(outcome="rejected", code="delivery.expired")
        result = await concluded(self._sent(message, sending))
        if result.code == "delivery.credentials" and sending.attempt == 1:
            # A token that was good may have been withdrawn; the next attempt asks for another.
            return result.model_copy(update={"outcome": "retryable"})
        return result

    async def find(self, message: CrmUpdate, sending: Sending) -> SendResult | None:
        if message.activity is None:
            return await looked(self._state(message, sending))
        return await looked(self._kept(message, sending))

    async def _sent(self, message: CrmUpdate, sending: Sending) -> SendResult:
        api = await self._api(
            sending.tenant, sending.settings, fresh=sending.attempt > 1, delivery=sending.delivery
        )
        if message.activity is None:
            return await self._update(api, message, sending)
        if not message.properties:
            return await self._keep(api, message, message.activity, sending)
        return await self._both(api, message, message.activity, sending)

    async def _update(self, api: JsonApi, message: CrmUpdate, sending: Sending) -> SendResult:
        given = request.fields(message, sending.settings)
        answer = await api.write("PATCH", _record(message, sending), given)
        data: dict[str, Json] = {"record": None, "object": message.object}
        return answers.upserted(answer, message.key.value, **data)

    async def _keep(
        self, api: JsonApi, message: CrmUpdate, said: Activity, sending: Sending
    ) -> SendResult:
        found = await api.read(_record(message, sending), {"fields": "Id"})
        id = text_at(found, "Id")
        if id is None:
            return SendResult(outcome="rejected", code="delivery.refused", detail=_nobody(message))
        kind = request.record(message, sending.settings)
        body = request.task(said, kind, id, sending.since or datetime.now(UTC))
        answer = await api.write("PATCH", _task(sending), body)
        return answers.upserted(answer, sending.delivery, record=id, activity=None)

    async def _both(
        self, api: JsonApi, message: CrmUpdate, said: Activity, sending: Sending
    ) -> SendResult:
        kind = request.record(message, sending.settings)
        given = request.fields(message, sending.settings)
        moment = sending.since or datetime.now(UTC)
        activity = request.task(said, kind, "@{record.id}", moment)
        body = request.both(_record(message, sending), given, _task(sending), activity)
        answer = await api.write("POST", f"{DATA}/composite", body)
        return answers.composed(answer, message.object)

    async def _state(self, message: CrmUpdate, sending: Sending) -> SendResult:
        """Whether the record is as it should be."""
        api = await self._api(sending.tenant, sending.settings, fresh=False)
        wanted = request.fields(message, sending.settings)
        names = {"fields": ",".join(("Id", *wanted))}
        found = await api.read(_record(message, sending), names)
        id = text_at(found, "Id")
        if id is None or not request.as_it_should_be(wanted, found):
            return ABSENT
        data: dict[str, Json] = {"record": id, "object": message.object}
        return SendResult(outcome="accepted", provider_id=id, data=data)

    async def _kept(self, message: CrmUpdate, sending: Sending) -> SendResult:
        """Whether an activity of this delivery is there, and with it its record."""
        api = await self._api(sending.tenant, sending.settings, fresh=False)
        found = await api.read(_task(sending), {"fields": "Id,WhoId,WhatId"})
        id = text_at(found, "Id")
        if id is None:
            return ABSENT
        record = text_at(found, "WhoId") or text_at(found, "WhatId")
        data: dict[str, Json] = {"activity": id, **({"record": record} if record else {})}
        return SendResult(outcome="accepted", provider_id=id, data=data)

    async def _api(
        self, tenant: str, settings: Mapping[str, Json], *, fresh: bool, delivery: str = ""
    ) -> JsonApi:
        secret = secret_of(self._vault, tenant, settings, SECRET)
        endpoint = endpoint_of(secret, settings)
        found = await token(self._egress, tenant, secret, endpoint, fresh=fresh)
        # For whoever reads the logs of both: Salesforce does nothing with it.
        about = {"x-request-id": delivery} if delivery else {}
        headers = {"authorization": f"Bearer {found}", **about}
        return JsonApi(self._egress, endpoint, headers, self._settings.delivery_timeout)


def _record(message: CrmUpdate, sending: Sending) -> str:
    kind = request.record(message, sending.settings)
    return request.external(kind, request.key(message, sending.settings), message.key.value)


def _task(sending: Sending) -> str:
    field = str(sending.settings.get("deliveryField") or DELIVERY)
    return request.external("Task", field, sending.delivery)


def _nobody(message: CrmUpdate) -> str:
    return (
        f"Salesforce has no {message.object} whose {message.key.property} is that: "
        "say what to `set`, and it is made"
    )
