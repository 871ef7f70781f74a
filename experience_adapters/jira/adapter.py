"""The ticket adapter for Jira Cloud."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from experience_adapters.exchange import refusal
from experience_adapters.jira import callbacks, request
from experience_adapters.jira.access import Access
from experience_adapters.jira.spec import INDEXED, ROOT, SECRET, SPEC
from experience_adapters.json_api import (
    JsonApi,
    Over,
    at,
    concluded,
    document,
    looked,
    secret_of,
    shown,
    text_at,
)
from public_works.egress import Egress, EgressResponse
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import Asking, Callback, Heard, Sending, SendResult, Ticket
from symphainy.errors import Ending, Refused
from symphainy.json import Json

__all__ = ["JiraTickets"]

MOST = 50
"""Issues that a search is told to look at afresh; Jira takes no more."""
COMMENTS = 100
"""The newest of an issue, that are looked through."""


class JiraTickets:
    """Speaks to Jira, with the credentials that the binding names."""

    spec = SPEC

    def __init__(self, settings: Settings, egress: Egress, vault: Vault) -> None:
        self._settings = settings
        self._egress = egress
        self._vault = vault

    async def check(self) -> list[str]:
        """Whether the credentials of this platform's own tenant are there and Jira takes them."""
        try:
            access = self._access(self._settings.tenant, {})
            await self._api(access).read(f"{ROOT}/myself")
        except Over as over:
            return [f"Jira answers {over.result.detail}"]
        except Ending as error:
            return [error.message]
        return []

    def validate(self, message: Ticket) -> list[str]:
        return [one.message for one in request.wrongs(message)]

    async def send(self, message: Ticket, sending: Sending) -> SendResult:
        for flaw in request.wrongs(message):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        if sending.not_after is not None and datetime.now(UTC) > sending.not_after:
            return SendResult(outcome="rejected", code="delivery.expired")
        return await concluded(self._sent(message, sending))

    async def find(self, message: Ticket, sending: Sending) -> SendResult | None:
        return await looked(self._found(message, sending))

    async def verify(self, callback: Callback, about: Asking) -> str | None:
        secret = secret_of(self._vault, about.tenant, about.settings, SECRET)
        key = text_at(secret, "webhookSecret")
        if not key:
            raise Refused("secret.missing", "The secret has no `webhookSecret`.")
        return callbacks.doubt(callback, key)

    def parse(self, callback: Callback, about: Asking) -> Heard:
        return callbacks.heard(callback)

    async def _sent(self, message: Ticket, sending: Sending) -> SendResult:
        access = self._access(sending.tenant, sending.settings)
        api = self._api(access)
        known = None
        if message.key is not None:
            known = await _labelled(api, request.key_label(message.key), sending)
        if known is None:
            return await self._opened(api, access, message, sending)
        return await self._continued(api, access, message, sending, known)

    async def _opened(
        self, api: JsonApi, access: Access, message: Ticket, sending: Sending
    ) -> SendResult:
        if message.status in ("pending", "solved"):
            detail = f"there is no issue of this key that could be {message.status}"
            return SendResult(outcome="rejected", code="delivery.refused", detail=detail)
        body = request.opening(message, sending.settings, sending.delivery)
        answer = await api.write("POST", f"{ROOT}/issue", body)
        issue = document(answer)
        if answer.status != 201 or text_at(issue, "id") is None:
            return _refused(answer)
        return _given(issue, access)

    async def _continued(
        self, api: JsonApi, access: Access, message: Ticket, sending: Sending, issue: Any
    ) -> SendResult:
        way = f"{ROOT}/issue/{text_at(issue, 'id')}"
        body = request.continuing(message, sending.settings, sending.delivery)
        leads = await self._transition(api, way, message, sending, issue)
        if leads is None:
            answer = await api.write("PUT", way, body)
        else:
            moving = {**body, "transition": {"id": leads}}
            answer = await api.write("POST", f"{way}/transitions", moving)
        if answer.status not in {200, 204}:
            return _refused(answer)
        return _given(issue, access, sending.delivery)

    async def _transition(
        self, api: JsonApi, way: str, message: Ticket, sending: Sending, issue: Any
    ) -> str | None:
        """What leads to the status that the message says; None if it is there, or says none."""
        if message.status is None:
            return None
        names = sending.settings.get("statuses")
        there = await api.read(f"{way}/transitions")
        found = request.transition(there, message.status, names)
        if found is None and not _is(issue, message.status, names):
            detail = f"Jira's workflow leads from here to nothing that is {message.status}"
            raise Over(SendResult(outcome="rejected", code="delivery.refused", detail=detail))
        return found

    async def _found(self, message: Ticket, sending: Sending) -> SendResult:
        """The issue or the comment of this delivery."""
        access = self._access(sending.tenant, sending.settings)
        api = self._api(access)
        issue = await _labelled(api, request.label(sending.delivery), sending)
        if issue is not None:
            return _given(issue, access)
        if message.key is not None:
            known = await _labelled(api, request.key_label(message.key), sending)
            if known is not None and await _commented(api, known, sending.delivery):
                return _given(known, access, sending.delivery)
        return _absent(sending)

    def _access(self, tenant: str, settings: Mapping[str, Json]) -> Access:
        return Access.of(secret_of(self._vault, tenant, settings, SECRET), settings)

    def _api(self, access: Access) -> JsonApi:
        headers = {"authorization": access.authorization}
        return JsonApi(self._egress, access.endpoint, headers, self._settings.delivery_timeout)


async def _labelled(api: JsonApi, label: str, sending: Sending) -> Any:
    """The newest issue with that label, as far as Jira's index knows; of those that the ledger
    knows of, Jira is told to look afresh."""
    known = sorted({one.partition("/")[0] for one in sending.others})
    afresh: list[Json] = [int(one) for one in known if one.isdigit()]
    asked: dict[str, Json] = {
        "jql": f'labels = "{label}" ORDER BY created DESC',
        "fields": ["labels", "status"],
        "maxResults": 1,
        "reconcileIssues": afresh[-MOST:],
    }
    return at(await api.search(f"{ROOT}/search/jql", asked), "issues", 0)


async def _commented(api: JsonApi, issue: Any, delivery: str) -> bool:
    """Whether a comment of the delivery is on the issue."""
    way = f"{ROOT}/issue/{text_at(issue, 'id')}/comment"
    asked = {"expand": "properties", "orderBy": "-created", "maxResults": str(COMMENTS)}
    comments = at(await api.read(way, asked), "comments") or ()
    marks = (one for comment in comments for one in at(comment, "properties") or ())
    return any(
        text_at(one, "key") == request.MARK and text_at(one, "value", "delivery") == delivery
        for one in marks
    )


def _absent(sending: Sending) -> SendResult:
    """What it means that nothing was found: nothing, as long as the index may lag."""
    if sending.since is not None and datetime.now(UTC) - sending.since < INDEXED:
        return SendResult(outcome="unknown", detail="Jira's index does not have it yet")
    return SendResult(outcome="retryable", detail="Jira does not have it")


def _given(issue: Any, access: Access, delivery: str | None = None) -> SendResult:
    """Accepted: what opened the issue is called as it is, what continued it after both."""
    id, key = text_at(issue, "id") or "", text_at(issue, "key") or ""
    site = {"url": f"{access.site or access.endpoint}/browse/{key}"}
    data: dict[str, Json] = {"ticket": id, "number": key, **site, "opened": delivery is None}
    name = id if delivery is None else f"{id}/{delivery}"
    return SendResult(outcome="accepted", provider_id=name, data=data)


def _is(issue: Any, status: str, names: Json) -> bool:
    """Whether the issue has that status already."""
    there = {"transitions": [{"id": "here", "to": at(issue, "fields", "status")}]}
    return request.transition(there, status, names) is not None


def _refused(answer: EgressResponse) -> SendResult:
    return refusal(answer.status, shown(answer), answer.headers)
