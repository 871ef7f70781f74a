"""The ticket adapter for Zendesk."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from experience_adapters.json_api import (
    JsonApi,
    Over,
    at,
    concluded,
    looked,
    secret_of,
    text_at,
)
from experience_adapters.zendesk import answers, callbacks, request
from experience_adapters.zendesk.access import Access
from experience_adapters.zendesk.spec import SECRET, SPEC
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import Asking, Callback, Heard, Sending, SendResult, Ticket
from symphainy.errors import Ending, Refused
from symphainy.json import Json

__all__ = ["ZendeskTickets"]

PAGES = 10
"""Of a hundred audits each, that are looked through."""
ABSENT = SendResult(outcome="retryable", detail="Zendesk does not have it")
BUSY = SendResult(
    outcome="retryable",
    code="delivery.busy",
    detail="another message opens the ticket of this key now",
)


class ZendeskTickets:
    """Speaks to Zendesk, with the credentials that the binding names."""

    spec = SPEC

    def __init__(self, settings: Settings, egress: Egress, vault: Vault) -> None:
        self._settings = settings
        self._egress = egress
        self._vault = vault

    async def check(self) -> list[str]:
        """Whether the credentials of this platform's own tenant are there and Zendesk takes
        them."""
        try:
            found = await self._api(self._settings.tenant, {}).read("/api/v2/users/me")
        except Over as over:
            return [f"Zendesk answers {over.result.detail}"]
        except Ending as error:
            return [error.message]
        # It answers strangers too, and calls them nobody.
        known = text_at(found, "user", "id") is not None
        return [] if known else ["Zendesk does not know whose the credentials are"]

    def validate(self, message: Ticket) -> list[str]:
        return [one.message for one in request.wrongs(message)]

    async def send(self, message: Ticket, sending: Sending) -> SendResult:
        names = sending.settings.get("fields")
        for flaw in (*request.wrongs(message), *request.unknown_fields(message, names)):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        if sending.not_after is not None and datetime.now(UTC) > sending.not_after:
            return SendResult(outcome="rejected", code="delivery.expired")
        return await concluded(self._sent(message, sending))

    async def find(self, message: Ticket, sending: Sending) -> SendResult | None:
        return await looked(self._look(message, sending))

    async def verify(self, callback: Callback, about: Asking) -> str | None:
        secret = secret_of(self._vault, about.tenant, about.settings, SECRET)
        key = text_at(secret, "signingSecret")
        if not key:
            raise Refused("secret.missing", "The secret has no `signingSecret`.")
        return callbacks.doubt(callback, key)

    def parse(self, callback: Callback, about: Asking) -> Heard:
        return callbacks.heard(callback)

    async def _sent(self, message: Ticket, sending: Sending) -> SendResult:
        api = self._api(sending.tenant, sending.settings)
        if message.key is None:
            return await self._opened(api, message, sending, None)
        known = await _called(api, message, sending)
        open_ = [one for one in known if text_at(one, "status") != "closed"]
        if not open_:
            closed = text_at(known[-1], "id") if known else None
            return await self._opened(api, message, sending, closed)
        if sending.attempt > 1:
            # The answer to the attempt before may have been that of a comment it had made.
            found = await self._found(api, message, sending)
            if found.outcome != "retryable":
                return found
        return await self._continued(api, message, sending, open_[-1])

    async def _opened(
        self, api: JsonApi, message: Ticket, sending: Sending, closed: str | None
    ) -> SendResult:
        names, delivery = sending.settings.get("fields"), sending.delivery
        body = request.opening(message, names, delivery, closed)
        key = {"idempotency-key": request.idempotency_key(message, delivery, closed)}
        answer = await api.write("POST", "/api/v2/tickets", body, key)
        if answers.in_use(answer):
            # A template that says something else on the second attempt is the same message.
            found = await self._found(api, message, sending)
            return found if found.outcome == "accepted" else BUSY
        return answers.taken(answer, api.base, opened=True)

    async def _continued(
        self, api: JsonApi, message: Ticket, sending: Sending, ticket: Any
    ) -> SendResult:
        body = request.comment(message, sending.settings.get("fields"), sending.delivery, ticket)
        answer = await api.write("PUT", f"/api/v2/tickets/{text_at(ticket, 'id')}", body)
        return answers.taken(answer, api.base, opened=False)

    async def _look(self, message: Ticket, sending: Sending) -> SendResult:
        return await self._found(self._api(sending.tenant, sending.settings), message, sending)

    async def _found(self, api: JsonApi, message: Ticket, sending: Sending) -> SendResult:
        """The ticket or the comment of this delivery."""
        known = await _called(api, message, sending)
        if message.key is None:
            return answers.given(known[-1], None, api.base) if known else ABSENT
        for ticket in reversed(known):
            audits = await _audits(api, text_at(ticket, "id") or "")
            for i, audit in enumerate(audits):
                if text_at(audit, "metadata", "custom", "delivery") == sending.delivery:
                    name = text_at(audit, "id") if i else None
                    return answers.given(ticket, name, api.base)
        return ABSENT

    def _api(self, tenant: str, settings: Mapping[str, Json]) -> JsonApi:
        access = Access.of(secret_of(self._vault, tenant, settings, SECRET), settings)
        headers = {"authorization": access.authorization}
        return JsonApi(self._egress, access.endpoint, headers, self._settings.delivery_timeout)


async def _called(api: JsonApi, message: Ticket, sending: Sending) -> list[Any]:
    """The tickets of the message's name outside, the newest last."""
    name = request.external_id(message, sending.delivery)
    found = at(await api.read("/api/v2/tickets", {"external_id": name}), "tickets")
    # The name is compared without regard to case there.
    same = [one for one in found or () if text_at(one, "external_id") == name]
    return sorted(same, key=lambda one: int(text_at(one, "id") or 0))


async def _audits(api: JsonApi, ticket: str) -> list[Any]:
    """All that was done to a ticket, its opening first."""
    found: list[Any] = []
    after: dict[str, str] = {}
    for _ in range(PAGES):
        way = f"/api/v2/tickets/{ticket}/audits"
        told = await api.read(way, {"page[size]": "100", **after})
        found += at(told, "audits") or ()
        cursor = text_at(told, "meta", "after_cursor")
        if at(told, "meta", "has_more") is not True or cursor is None:
            return found
        after = {"page[after]": cursor}
    detail = "the ticket has too many changes to look through"
    raise Over(SendResult(outcome="retryable", code="delivery.busy", detail=detail))
