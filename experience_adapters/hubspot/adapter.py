"""The CRM adapter for HubSpot."""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from experience_adapters.hubspot import answers, callbacks, request
from experience_adapters.hubspot.spec import DELIVERY, ENDPOINT, OBJECTS, SECRET, SPEC
from experience_adapters.json_api import JsonApi, Over, at, concluded, looked, secret_of, text_at
from experience_adapters.rules.names import called
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import Activity, Asking, Callback, CrmUpdate, Heard, Sending, SendResult
from symphainy.errors import Ending, Refused
from symphainy.json import Json

__all__ = ["HubSpotCrm"]

ABSENT = SendResult(outcome="retryable", detail="HubSpot does not have it as it should be")


class HubSpotCrm:
    """Speaks to HubSpot, with the access token that the binding names."""

    spec = SPEC

    def __init__(self, settings: Settings, egress: Egress, vault: Vault) -> None:
        self._settings = settings
        self._egress = egress
        self._vault = vault

    async def check(self) -> list[str]:
        """Whether the token of this platform's own tenant is there and may read contacts."""
        try:
            await self._api(self._settings.tenant, {}).read(f"{OBJECTS}/contacts", {"limit": "1"})
        except Over as over:
            return [f"HubSpot answers {over.result.detail}"]
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
        if message.activity is None:
            return await concluded(self._update(message, sending))
        return await concluded(self._keep(message, message.activity, sending))

    async def find(self, message: CrmUpdate, sending: Sending) -> SendResult | None:
        if message.activity is None:
            return await looked(self._state(message, sending))
        return await looked(self._kept(message.activity, sending))

    async def verify(self, callback: Callback, about: Asking) -> str | None:
        secret = secret_of(self._vault, about.tenant, about.settings, SECRET)
        key = text_at(secret, "clientSecret")
        if not key:
            raise Refused("secret.missing", "The secret has no `clientSecret`.")
        return callbacks.doubt(callback, key)

    def parse(self, callback: Callback, about: Asking) -> Heard:
        return callbacks.heard(callback)

    async def _update(self, message: CrmUpdate, sending: Sending) -> SendResult:
        api = self._api(sending.tenant, sending.settings)
        body = request.update(message, sending.settings.get("fields"), sending.delivery)
        way = f"{OBJECTS}/{request.path(message.object)}/batch/upsert"
        return answers.upserted(await api.write("POST", way, body), message.object)

    async def _keep(self, message: CrmUpdate, said: Activity, sending: Sending) -> SendResult:
        api = self._api(sending.tenant, sending.settings)
        record = await self._record(api, message, sending)
        id = text_at(record, "id")
        if id is None:
            return SendResult(outcome="rejected", code="delivery.refused", detail=_nobody(message))
        mark = {_mark(sending): sending.delivery}
        moment = sending.since or datetime.now(UTC)
        body = request.activity(said, message.object, id, moment, mark)
        answer = await api.write("POST", f"{OBJECTS}/{request.kept(said)}", body)
        if answer.status in {400, 409}:
            # It is refused too when an attempt before has made it: its mark is unique.
            known = await self._kept(said, sending)
            if known.outcome == "accepted":
                return known.model_copy(update={"data": {**known.data, "record": id}})
        return answers.created(answer, id)

    async def _state(self, message: CrmUpdate, sending: Sending) -> SendResult:
        """Whether the record is as it should be."""
        api = self._api(sending.tenant, sending.settings)
        wanted = request.properties(message, sending.settings.get("fields"))
        record = await self._record(api, message, sending, wanted)
        id = text_at(record, "id")
        if id is None or not request.as_it_should_be(wanted, at(record, "properties")):
            return ABSENT
        data: dict[str, Json] = {"record": id, "object": message.object}
        return SendResult(outcome="accepted", provider_id=id, data=data)

    async def _kept(self, said: Activity, sending: Sending) -> SendResult:
        """Whether an activity of this delivery is there."""
        api = self._api(sending.tenant, sending.settings)
        way = f"{OBJECTS}/{request.kept(said)}/{quote(sending.delivery, safe='')}"
        id = text_at(await api.read(way, {"idProperty": _mark(sending)}), "id")
        if id is None:
            return ABSENT
        return SendResult(outcome="accepted", provider_id=id, data={"activity": id})

    async def _record(
        self,
        api: JsonApi,
        message: CrmUpdate,
        sending: Sending,
        properties: Mapping[str, str] | None = None,
    ) -> Json:
        """The record that the key names, if there is one."""
        key = called(sending.settings.get("fields"), message.key.property)
        wanted = {"properties": ",".join(properties)} if properties else {}
        value = quote(message.key.value, safe="")
        way = f"{OBJECTS}/{request.path(message.object)}/{value}"
        found: Json = await api.read(way, {"idProperty": key, **wanted})
        return found

    def _api(self, tenant: str, settings: Mapping[str, Json]) -> JsonApi:
        secret = secret_of(self._vault, tenant, settings, SECRET)
        token = secret if isinstance(secret, str) else text_at(secret, "accessToken")
        if token is None:
            raise Refused("secret.missing", "The secret has no `accessToken`.")
        return JsonApi(
            self._egress,
            str(settings.get("endpoint") or ENDPOINT),
            {"authorization": f"Bearer {token}"},
            self._settings.delivery_timeout,
        )


def _mark(sending: Sending) -> str:
    return str(sending.settings.get("deliveryProperty") or DELIVERY)


def _nobody(message: CrmUpdate) -> str:
    return (
        f"HubSpot has no {message.object} whose {message.key.property} is that: "
        "a step with `set` makes it"
    )
