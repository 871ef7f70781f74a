"""Records and tickets: the same flow over one vendor or the other, by a line of `experiences`."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from experience_adapters.jira.prose import plain
from tests.runtime.platform import Platform, platform_on, real_server
from tests.twins.hubspot import SECRET as HUBSPOT
from tests.twins.hubspot import HubSpotTwin
from tests.twins.jira import SECRET as JIRA
from tests.twins.jira import JiraTwin
from tests.twins.provider import Fault, Provider
from tests.twins.salesforce import SECRET as SALESFORCE
from tests.twins.salesforce import SalesforceTwin
from tests.twins.zendesk import SECRET as ZENDESK
from tests.twins.zendesk import ZendeskTwin
from workers.pool import Options

CRM = """
document: {dsl: 1.0.3, namespace: test, name: crm-{{n}}, version: 1.0.0}
experiences:
  crm: {channel: crm, <<BOUND>>}
do:
  - update:
      call: crm
      with: {to: "${ .customer }", set: {stage: customer, lastname: "${ .customer.name }"}}
      output: {as: "${ $input + {update: .} }"}
  - note:
      call: crm
      with:
        to: "${ .customer }"
        note: "{{ customer.name }} paid invoice {{ invoice }}."
        data: {invoice: "${ .invoice }"}
      output: {as: "${ {update: $input.update, note: .} }"}
"""
HELP = """
document: {dsl: 1.0.3, namespace: test, name: help-{{n}}, version: 1.0.0}
experiences:
  helpdesk: {channel: ticket, <<BOUND>>}
do:
  - open:
      call: helpdesk
      with:
        to: "${ .customer }"
        key: "${ .order }"
        subject: "Refund of {{ order }}"
        text: "{{ customer.name }} wants {{ order }} back."
        priority: high
        data: {order: "${ .order }"}
      output: {as: "${ $input + {opened: .} }"}
  - solve:
      call: helpdesk
      with:
        to: "${ .customer }"
        key: "${ .order }"
        subject: Refunded
        text: The money is on its way.
        status: solved
      output: {as: "${ {opened: $input.opened, solved: .} }"}
"""
INTENTS = 30
EXAMPLE = Path(__file__).parents[2] / "examples" / "order-refund.yaml"
EXACTLY = [(CRM, "hubspot"), (CRM, "salesforce"), (HELP, "zendesk")]
"""Where the vendor has a key for what is written."""
WRITES = {"kept drop": 0.12, "kept 500": 0.08, "drop": 0.08, "503": 0.05, "429": 0.05}


@dataclass
class Vendors:
    """A platform, and the vendors it can be bound to."""

    platform: Platform
    twins: dict[str, Any]

    def bound(self, flow: str, vendor: str) -> str:
        """The flow with its experience bound to that vendor; nothing else differs."""
        return flow.replace("<<BOUND>>", self.line(vendor))

    def line(self, vendor: str) -> str:
        if vendor == "sandbox":
            return "adapter: sandbox"
        settings = {"endpoint": self.twins[vendor].url, **SETTINGS[vendor]}
        return f"adapter: {vendor}, settings: {json.dumps(settings)}"

    async def run(self, flow: str, vendor: str, **given: object) -> dict[str, Any]:
        found = await self.platform.output(self.bound(flow, vendor), given)
        assert isinstance(found, dict)
        return found


SETTINGS: dict[str, dict[str, Any]] = {
    "hubspot": {"fields": {"stage": "lifecyclestage"}},
    "salesforce": {"fields": {"stage": "Stage__c"}},
    "zendesk": {},
    "jira": {"project": "HELP"},
}
SECRETS: dict[str, object] = {
    "hubspot": HUBSPOT,
    "salesforce": SALESFORCE,
    "zendesk": ZENDESK,
    "jira": JIRA,
}


@pytest.fixture(scope="module")
async def vendors(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Vendors]:
    """On the real server, with credentials at all vendors, asked soon after."""
    folder = tmp_path_factory.mktemp("records")
    secrets = folder / "home" / "secrets" / "acme"
    secrets.mkdir(parents=True)
    for name, secret in SECRETS.items():
        (secrets / name).write_text(json.dumps(secret))
    settings = {
        "egress_allow": "127.0.0.1",
        "delivery_timeout": 5.0,
        "delivery_reconcile_seconds": 1.5,
    }
    kinds: dict[str, type[Provider]] = {
        "hubspot": HubSpotTwin,
        "salesforce": SalesforceTwin,
        "zendesk": ZendeskTwin,
        "jira": JiraTwin,
    }
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(real_server(folder))
        opened = platform_on(server, folder / "home", Options(), **settings)
        platform = await stack.enter_async_context(opened)
        twins = {
            name: await stack.enter_async_context(kind())  # type: ignore[abstract]
            for name, kind in kinds.items()
        }
        yield Vendors(platform, twins)


def customer(name: str) -> dict[str, str]:
    return {"id": name.lower(), "email": f"{name.lower()}@customer.example", "name": name}


def record(twin: Any, email: str) -> dict[str, str]:
    """What the CRM has of somebody, in the words of the flow."""
    if isinstance(twin, HubSpotTwin):
        (found,) = (one for one in twin.records.values() if one.get("email") == email)
        return {"stage": found["lifecyclestage"], "lastname": found["lastname"]}
    (found,) = (one for _, one in twin.records.values() if one.get("Email") == email)
    return {"stage": found["Stage__c"], "lastname": found["LastName"]}


def noted(twin: Any, delivery: str) -> str:
    """What the note of a delivery says."""
    (kept,) = twin.of(delivery)
    if isinstance(twin, HubSpotTwin):
        return str(kept.document["input"]["properties"]["hs_note_body"])
    return str(kept.document["fields"]["Description"])


def said(twin: Any, ticket: str) -> tuple[str, list[str], str]:
    """Subject, words and state of a ticket."""
    if isinstance(twin, ZendeskTwin):
        one = twin.tickets[int(ticket)]
        words = [comment["body"] for comment in twin.comments(int(ticket))]
        return one["subject"], words, one["status"]
    issue = twin.issues[ticket]
    fields, bodies = issue["fields"], [comment["body"] for comment in issue["comments"]]
    first = plain(fields["description"]).partition("\n\n\n\nRequested by")[0]
    state = {"done": "solved"}.get(fields["status"]["statusCategory"]["key"], "open")
    return fields["summary"], [first, *map(plain, bodies)], state


@pytest.mark.parametrize("vendor", ["hubspot", "salesforce"])
async def test_one_flow_keeps_records_with_either_vendor(vendors: Vendors, vendor: str) -> None:
    ada, twin = customer("Ada"), vendors.twins[vendor]

    given = await vendors.run(CRM, vendor, customer=ada, invoice="7")

    assert (given["update"]["state"], given["note"]["state"]) == ("accepted", "accepted")
    assert given["update"]["gave"]["record"] == given["note"]["gave"]["record"]
    assert record(twin, ada["email"]) == {"stage": "customer", "lastname": "Ada"}
    assert noted(twin, given["note"]["delivery"]) == "Ada paid invoice 7."


@pytest.mark.parametrize("vendor", ["zendesk", "jira"])
async def test_one_flow_opens_and_solves_a_ticket_with_either_vendor(
    vendors: Vendors, vendor: str
) -> None:
    bea, twin = customer("Bea"), vendors.twins[vendor]

    given = await vendors.run(HELP, vendor, customer=bea, order="B-1")

    opened, solved = given["opened"]["gave"], given["solved"]["gave"]
    assert (opened["ticket"], opened["opened"]) == (solved["ticket"], True)
    assert solved["opened"] is False
    assert said(twin, opened["ticket"]) == (
        "Refund of B-1",
        ["Bea wants B-1 back.", "The money is on its way."],
        "solved",
    )


@pytest.mark.parametrize("fault", ["kept drop", "kept silence", "kept 500", "drop", "429"])
@pytest.mark.parametrize(("flow", "vendor"), EXACTLY)
async def test_whatever_happens_on_the_way_it_is_there_once(
    vendors: Vendors, flow: str, vendor: str, fault: Fault
) -> None:
    twin, cleo = vendors.twins[vendor], customer(f"Cleo-{fault.replace(' ', '-')}")
    twin.fault, twin.times = fault, 1

    given = await vendors.run(flow, vendor, customer=cleo, invoice="7", order=f"C-{fault}")

    assert [one["state"] for one in given.values()] == ["accepted", "accepted"]
    assert [len(twin.of(one["delivery"])) for one in given.values()] == [1, 1]


@pytest.mark.parametrize(("flow", "vendor"), EXACTLY)
async def test_of_many_with_a_third_of_the_writes_failing_none_is_lost_or_there_twice(
    vendors: Vendors, flow: str, vendor: str
) -> None:
    twin, platform = vendors.twins[vendor], vendors.platform
    solution = platform.deploy(vendors.bound(flow, vendor))
    twin.rates = WRITES

    payloads = [
        {"customer": customer(f"Dan{n}"), "invoice": str(n), "order": f"D-{n}"}
        for n in range(INTENTS)
    ]
    runs = [await platform.submit(solution, one) for one in payloads]
    finished = [await platform.finish(one.run) for one in runs]
    twin.rates = {}

    outputs = [one.output for one in finished if isinstance(one.output, dict)]
    deliveries = [step for one in outputs for step in one.values() if isinstance(step, dict)]
    assert [one["state"] for one in deliveries] == ["accepted"] * 2 * INTENTS
    assert [len(twin.of(str(one["delivery"]))) for one in deliveries] == [1] * 2 * INTENTS


async def test_the_sandbox_keeps_both_for_people_to_read(vendors: Vendors) -> None:
    eve, outbox = customer("Eve"), vendors.platform.stores.outbox

    kept = await vendors.run(CRM, "sandbox", customer=eve, invoice="7")
    helped = await vendors.run(HELP, "sandbox", customer=eve, order="E-1")

    note = outbox.find("acme", kept["note"]["delivery"])
    solved = outbox.find("acme", helped["solved"]["delivery"])
    assert note is not None
    assert solved is not None
    assert (note.channel, note.to, note.text) == ("crm", eve["email"], "Eve paid invoice 7.")
    assert (solved.channel, solved.to, solved.text) == (
        "ticket",
        eve["email"],
        "The money is on its way.",
    )
    assert helped["opened"]["gave"]["ticket"] == helped["solved"]["gave"]["ticket"]


async def test_without_consent_no_record_is_touched(vendors: Vendors) -> None:
    """The one it is about is the customer that policies are asked about."""
    platform = vendors.platform
    platform.stores.customers.upsert("acme", "fay", name="Fay", email="fay@customer.example")
    policy = "policies:\n  agreed: {kind: consent, channels: [crm]}\ndo:"
    flow = vendors.bound(CRM, "hubspot").replace("do:", policy, 1)

    run = await platform.run(flow, {"customer": customer("Fay"), "invoice": "7"})

    assert run.status == "faulted"
    assert run.problem is not None
    assert run.problem["code"] == "policy.no-consent"
    assert platform.stores.ledger.list("acme", customer="fay") == []


async def test_a_customer_without_a_mail_address_has_no_record(vendors: Vendors) -> None:
    run = await vendors.platform.run(
        vendors.bound(CRM, "hubspot"), {"customer": {"id": "gil", "name": "Gil"}, "invoice": "7"}
    )

    assert run.problem is not None
    assert run.problem["code"] == "delivery.no-address"


@pytest.mark.parametrize(
    ("fault", "state"), [("kept drop", "accepted"), ("429", "accepted"), ("drop", "unknown")]
)
async def test_what_jira_is_searched_for_is_there_once_or_shown_as_unknown(
    vendors: Vendors, fault: Fault, state: str
) -> None:
    """Its index lags: what was only just lost may be there without being found."""
    twin, hal = vendors.twins["jira"], customer(f"Hal{fault.replace(' ', '')}")
    flow = HELP.partition("  - solve:")[0].replace("key: ", "# key: ")
    twin.fault, twin.times = fault, 1

    given = await vendors.run(flow, "jira", customer=hal, order=f"H-{fault}")

    assert given["opened"]["state"] == state
    assert len(twin.of(given["opened"]["delivery"])) == (state == "accepted")


async def test_the_example_refunds_an_order(vendors: Vendors) -> None:
    platform = vendors.platform
    text = EXAMPLE.read_text().replace("name: order-refund", "name: example-{{n}}")
    payload = {
        "customer": customer("Ivy"),
        "order": {"id": "O-7", "total": 49.9},
        "reason": "It came too late.",
    }

    solution = platform.deploy(text)
    run = await platform.submit(solution, payload, intent="refund")
    finished = await platform.finish(run.run)

    assert isinstance(finished.output, dict), finished.problem
    assert finished.output["solved"] == "accepted"
    kept = [
        platform.stores.outbox.find("acme", one.id)
        for one in platform.stores.ledger.list("acme", customer="ivy")
    ]
    words = {(one.channel, one.text) for one in kept if one is not None}
    assert words == {
        ("ticket", "Ivy wants EUR 49.90 back.\n\nIt came too late."),
        ("ticket", "The money for O-7 is on its way."),
        ("crm", ""),
        ("crm", "Asked for O-7 back: It came too late."),
    }
