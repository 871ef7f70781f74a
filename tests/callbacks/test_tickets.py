"""What help desks tell of their tickets reaches the ledger and the run that listens."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.callbacks.world import BASE, OWNER, World
from tests.twins.hubspot import SECRET as HUBSPOT
from tests.twins.hubspot import HubSpotTwin
from tests.twins.jira import SECRET as JIRA
from tests.twins.jira import JiraTwin
from tests.twins.zendesk import SECRET as ZENDESK
from tests.twins.zendesk import ZendeskTwin

OPEN = """
document: {dsl: 1.0.3, namespace: test, name: asked-{{n}}, version: 1.0.0}
experiences: {helpdesk: {channel: ticket, <<BOUND>>}}
do:
  - ask:
      call: helpdesk
      with: {to: "${ .email }", subject: Refund, text: Please, <<MORE>>}
      export: {as: "${ {ask: .} }"}
  - hear:
      listen:
        to:
          one:
            with:
              type: com.symphainy.delivery.<<EVENT>>.v1
              subject: ${ $context.ask.delivery }
"""
CRM = """
document: {dsl: 1.0.3, namespace: test, name: known-{{n}}, version: 1.0.0}
experiences: {crm: {channel: crm, adapter: hubspot, settings: {endpoint: '<<URL>>'}}}
do:
  - know: {call: crm, with: {key: {email: "${ .email }"}, set: {firstname: Ada}}}
"""
REPLY = {
    "comment": {
        "body": "Any news?",
        "is_public": True,
        "author": {"id": "900", "name": "Ada", "is_staff": False},
    }
}
SOLVED = {"current": "SOLVED", "previous": "OPEN"}


@pytest.fixture(scope="module", autouse=True)
def credentials(world: World) -> None:
    folder = world.services.settings.home / "secrets" / "acme"
    for name, secret in (("zendesk", ZENDESK), ("jira", JIRA), ("hubspot", HUBSPOT)):
        (folder / name).write_text(json.dumps(secret))


@pytest.fixture(scope="module")
async def zendesk() -> AsyncIterator[ZendeskTwin]:
    async with ZendeskTwin() as twin:
        yield twin


def asking(line: str, event: str, more: str = "priority: high") -> str:
    places = {"<<BOUND>>": line, "<<EVENT>>": event, "<<MORE>>": more}
    text = OPEN
    for place, one in places.items():
        text = text.replace(place, one)
    return text


def over(twin: Any, name: str, more: str = "") -> str:
    return f"adapter: {name}, settings: {{endpoint: '{twin.url}'{more}}}"


def url(adapter: str, channel: str, binding: str) -> str:
    return f"{BASE}/v1/hooks/{adapter}/{binding}?t=acme&c={channel}"


async def test_what_the_requester_writes_reaches_the_run(
    world: World, zendesk: ZendeskTwin
) -> None:
    run = await world.start(asking(over(zendesk, "zendesk"), "replied"), {"email": "a@b.example"})
    (delivery,) = await world.sent(run)
    ticket = max(zendesk.tickets)
    hook = url("zendesk", "ticket", "helpdesk")
    told = zendesk.event("comment_added", ticket, REPLY, hook, at=datetime.now(UTC))

    answers = [await world.call(told), await world.call(told)]
    heard = await world.output(run)

    assert [one.status_code for one in answers] == [200, 200]
    assert isinstance(heard, list)
    (data,) = heard
    assert isinstance(data, dict)
    assert (data["delivery"], data["event"], data["text"]) == (delivery.id, "replied", "Any news?")
    events = world.services.stores.ledger.events("acme", delivery.id)
    assert [one.event for one in events] == ["replied"]


async def test_a_ticket_of_a_key_that_is_solved_reaches_the_run_that_opened_it(
    world: World, zendesk: ZendeskTwin
) -> None:
    text = asking(over(zendesk, "zendesk"), "solved", 'key: "${ .email }"')
    run = await world.start(text, {"email": "key@b.example"})
    (delivery,) = await world.sent(run)
    ticket = max(zendesk.tickets)
    hook = url("zendesk", "ticket", "helpdesk")
    told = zendesk.event("status_changed", ticket, SOLVED, hook, at=datetime.now(UTC))

    assert (await world.call(told)).status_code == 200
    assert isinstance(await world.output(run), list)
    known = world.services.stores.ledger.get("acme", delivery.id)
    assert known is not None
    assert known.event == "solved"


async def test_an_issue_that_is_done_reaches_the_run(world: World) -> None:
    async with JiraTwin() as jira:
        line = over(jira, "jira", ", project: HELP")
        run = await world.start(asking(line, "solved"), {"email": "c@b.example"})
        await world.sent(run)
        ((issue, _),) = jira.issues.items()
        jira.move(issue, "Done")
        changed = {"changelog": {"id": "9", "items": [{"field": "status"}]}}
        hook = url("jira", "ticket", "helpdesk")
        told = jira.event("jira:issue_updated", issue, changed, hook, at=datetime.now(UTC))

        assert (await world.call(told)).status_code == 200
        assert isinstance(await world.output(run), list)


async def test_a_contact_that_somebody_changed_is_told_to_who_wrote_it_last(world: World) -> None:
    async with HubSpotTwin() as hubspot:
        for _ in range(2):
            run = await world.start(CRM.replace("<<URL>>", hubspot.url), {"email": "d@b.example"})
            (delivery,) = await world.sent(run)
        ((_, record),) = hubspot.records
        hook = url("hubspot", "crm", "crm")
        told = hubspot.change(record, "phone", "+43 1", hook, at=datetime.now(UTC))

        assert (await world.call(told)).status_code == 200
        events = world.services.stores.ledger.events("acme", delivery.id)
        assert [(one.event, one.data) for one in events] == [
            ("updated", {"record": record, "property": "phone", "value": "+43 1"})
        ]


@pytest.mark.parametrize("adapter", ["zendesk", "jira", "hubspot"])
async def test_words_of_somebody_else_are_not_believed(world: World, adapter: str) -> None:
    channel = "crm" if adapter == "hubspot" else "ticket"
    path = url(adapter, channel, "helpdesk").removeprefix(BASE)
    async with await world.client(OWNER) as client:
        answer = await client.post(path, content=b'{"ticket": {"id": 1, "status": "solved"}}')

    assert answer.status_code == 401
