"""Runs that agents start: their steps are done while user and agent may operate."""

from symphainy.identity import Principal
from tests.runtime.platform import Platform

LATER = """
document: {dsl: 1.0.3, namespace: test, name: agents-{{n}}, version: 1.0.0}
experiences: {email: {adapter: sandbox, settings: {}}}
do:
  - rest: {wait: {hours: 10}}
  - remind:
      call: email
      with: {to: "ada@customer.example", text: "Please pay.", subject: "Invoice 7"}
"""


def agent(user: str, *vouched: str) -> Principal:
    """An agent that operates for somebody."""
    return Principal(
        tenant="acme",
        id="helper",
        kind="agent",
        roles=frozenset({"operator"}),
        on_behalf_of=user,
        vouched=frozenset(vouched),
    )


def user(platform: Platform, id: str) -> str:
    """The key of somebody who operates."""
    roles = frozenset({"operator"})
    who = Principal(tenant="acme", id=id, kind="user", roles=roles)
    return platform.stores.keys.issue(who, name=id, environment="all").split("_")[2]


async def test_an_agent_goes_on_while_its_user_may(skipping: Platform) -> None:
    user(skipping, "uma")
    submitted = await skipping.submit(skipping.deploy(LATER), principal=agent("uma"))
    run = await skipping.finish(submitted.run)
    sent = skipping.stores.ledger.list("acme", run=submitted.run)
    assert (run.status, len(sent)) == ("completed", 1)


async def test_what_a_user_may_no_more_their_agent_does_no_more(skipping: Platform) -> None:
    key = user(skipping, "max")
    submitted = await skipping.submit(skipping.deploy(LATER), principal=agent("max"))
    skipping.stores.keys.revoke("acme", key)
    run = await skipping.finish(submitted.run)
    assert run.status == "faulted"
    assert run.problem
    assert run.problem["detail"] == "helper may not do this for max now."
    assert skipping.stores.ledger.list("acme", run=submitted.run) == []


async def test_a_person_who_is_disabled_ends_what_agents_do_for_them(skipping: Platform) -> None:
    people = skipping.stores.people
    person = people.create("acme", user_name="pat@acme.example")
    solution = skipping.deploy(LATER)
    going = await skipping.submit(solution, principal=agent(person.id, "operator"))
    assert (await skipping.finish(going.run)).status == "completed"
    stopped = await skipping.submit(solution, principal=agent(person.id, "operator"))
    people.update(
        "acme",
        person.id,
        user_name="pat@acme.example",
        external_id=None,
        active=False,
        attributes={},
    )
    assert (await skipping.finish(stopped.run)).status == "faulted"


async def test_an_agent_of_somebody_whom_only_their_provider_knows_goes_on(
    skipping: Platform,
) -> None:
    submitted = await skipping.submit(skipping.deploy(LATER), principal=agent("corp:ada"))
    assert (await skipping.finish(submitted.run)).status == "completed"
