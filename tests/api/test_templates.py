"""What a template says is shown before it is sent, and is what is sent."""

import asyncio
from typing import Any

import httpx2
import pytest

from tests.api.world import World, deployed, problem

REMINDS = """\
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
intents:
  start: {starts: true}
experiences:
  email:
    adapter: sandbox
    from: billing@acme.example
    zone: Europe/Vienna
    templates:
      reminder:
        locale: en
        subject: "Invoice {{ invoice.id }}"
        mjml: |
          <mjml>
            <mj-body>
              <mj-section>
                <mj-column>
                  <mj-text>Dear {{ customer.name }}, {{ invoice.total | money: "EUR" }} is due
                    on {{ invoice.due | date: "long" }}, {{ invoice.at | time }}.</mj-text>
                </mj-column>
              </mj-section>
            </mj-body>
          </mjml>
        locales:
          de:
            subject: "Rechnung {{ invoice.id }}"
            text: "{{ invoice.total | money: 'EUR' }} bis {{ invoice.due | date: 'long' }}."
        data:
          type: object
          required: [invoice]
          properties:
            invoice:
              type: object
              required: [id, total]
              properties:
                id: {type: string}
                total: {type: number}
                due: {type: string, format: date}
                at: {type: string, format: date-time}
        sample:
          invoice: {id: "4711", total: 1234.5, due: "2026-03-01", at: "2026-03-01T23:30:00Z"}
do:
  - remind:
      call: email
      with:
        to: ${ .customer }
        template: reminder
        data: "${ {invoice: .invoice} }"
"""
INVOICE = {"id": "7", "total": 99.9, "due": "2026-04-02", "at": "2026-04-02T10:00:00Z"}


async def shown(api: httpx2.AsyncClient, **asked: Any) -> Any:
    answer = await api.post("/v1/templates/preview", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refused(api: httpx2.AsyncClient, **asked: Any) -> tuple[int, str]:
    return problem(await api.post("/v1/templates/preview", json=asked))


async def sent(api: httpx2.AsyncClient, solution: str, customer: dict[str, Any]) -> Any:
    """The mail of a run, once it is there."""
    answer = await api.post(
        f"/v1/solutions/{solution}/intents/start",
        json={"customer": customer, "invoice": INVOICE},
        headers={"Prefer": "wait=60"},
    )
    assert answer.status_code == 200, answer.text
    lines = await api.get("/v1/outbox", params={"run": answer.json()["run"]})
    [line] = lines.json()["items"]
    return (await api.get(f"/v1/outbox/{line['id']}")).json()


@pytest.mark.parametrize("locale", ["de-AT", "en-GB", None])
async def test_what_is_shown_is_what_is_sent(
    world: World, api: httpx2.AsyncClient, locale: str | None
) -> None:
    name = world.name("shown")
    solution = await deployed(api, name, REMINDS.replace("NAME", name))
    customer = {"email": "ada@acme.example", "name": "Ada & Co"} | (
        {"locale": locale} if locale else {}
    )

    mail = await sent(api, solution, customer)
    preview = await shown(
        api,
        solution=solution,
        template="reminder",
        data={"invoice": INVOICE},
        customer=customer,
    )

    assert {part: mail[part] for part in ("subject", "text", "html")} == {
        part: preview[part] for part in ("subject", "text", "html")
    }
    assert preview["locale"] == ("de" if locale == "de-AT" else None)
    assert preview["zone"] == "Europe/Vienna"


async def test_a_definition_that_nobody_registered_can_be_looked_at(
    api: httpx2.AsyncClient,
) -> None:
    preview = await shown(
        api, definition=REMINDS.replace("NAME", "looked-at"), template="reminder", locale="de"
    )

    assert preview["subject"] == "Rechnung 4711"
    assert preview["text"] == "1.234,50\xa0€ bis 1. März 2026."
    assert (preview["made"], preview["warnings"]) == ([], [])


async def test_a_template_alone_can_be_looked_at(api: httpx2.AsyncClient) -> None:
    preview = await shown(
        api,
        template={"text": "{{ customer.name }}: {{ total | money: 'EUR' }} {{ unsubscribe_url }}"},
        data={"total": 5},
        channel="sms",
        locale="fr",
    )

    assert preview["text"] == "Ada Lovelace: 5,00 € https://example.com/unsubscribe"
    assert preview["sms"] == {
        "encoding": "GSM-7",
        "segments": 1,
        "characters": 52,
        "outside": [],
    }


async def test_a_sample_can_be_looked_at_by_its_address(
    world: World, api: httpx2.AsyncClient
) -> None:
    name = world.name("sample")
    solution = await deployed(api, name, REMINDS.replace("NAME", name))
    address = f"/v1/solutions/{solution}/templates/reminder/preview"

    answer = await api.get(address, params={"locale": "en-US", "zone": "America/New_York"})

    assert answer.status_code == 200, answer.text
    assert answer.json()["text"] == (
        "Dear Ada Lovelace, €1,234.50 is due on March 1, 2026, 6:30 PM."
    )
    assert problem(await api.get(address.replace("reminder", "nothing"))) == (
        404,
        "solution.template-missing",
    )
    assert problem(await api.get(address.replace(solution, "acme.nobody"))) == (
        404,
        "solution.missing",
    )


async def test_the_templates_of_what_is_deployed_are_listed(
    world: World, api: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    name = world.name("listed")
    solution = await deployed(api, name, REMINDS.replace("NAME", name))

    items = (await api.get("/v1/templates", params={"limit": 200})).json()["items"]
    [one] = [item for item in items if item["solution"] == solution]

    contract = one.pop("contract")
    assert contract["required"] == ["invoice"]
    assert one == {
        "solution": solution,
        "version": "1.0.0",
        "experience": "email",
        "channel": "email",
        "name": "reminder",
        "parts": ["subject", "html"],
        "variables": [
            "customer.name",
            "invoice.at",
            "invoice.due",
            "invoice.id",
            "invoice.total",
        ],
        "locale": "en",
        "locales": ["de"],
        "sample": True,
    }
    others = (await stranger.get("/v1/templates")).json()["items"]
    assert [item for item in others if item["solution"] == solution] == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"template": "reminder"}, (422, "api.invalid-request")),
        ({"template": "reminder", "solution": "acme.nobody"}, (404, "solution.missing")),
        ({"template": {"text": "{{ x"}}, (422, "template.syntax")),
        ({"template": {"mjml": "<mj-text>"}}, (422, "template.mjml")),
        ({"template": {"subject": "x"}}, (422, "schema.required")),
        ({"template": {"text": "{{ nobody }}"}}, (422, "template.undefined")),
        ({"template": {"text": "{{ 'now' | date }}"}}, (422, "template.clock")),
        ({"template": {"text": "x", "data": {"required": ["id"]}}}, (422, "template.data")),
        ({"template": "x", "definition": "document: ["}, (400, "document.syntax")),
        ({"template": 5}, (422, "api.invalid-request")),
        ({}, (422, "api.invalid-request")),
        (
            {"template": "other", "definition": REMINDS.replace("NAME", "other")},
            (404, "solution.template-missing"),
        ),
        (
            {
                "template": "reminder",
                "experience": "phone",
                "definition": REMINDS.replace("NAME", "other"),
            },
            (404, "solution.template-missing"),
        ),
    ],
)
async def test_what_cannot_be_shown_is_refused(
    api: httpx2.AsyncClient, asked: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert await refused(api, **asked) == expected


async def test_looking_at_a_template_takes_a_key(nobody: httpx2.AsyncClient) -> None:
    answers = await asyncio.gather(
        nobody.get("/v1/templates"),
        nobody.post("/v1/templates/preview", json={"template": {"text": "x"}}),
        nobody.get("/v1/solutions/acme.x/templates/x/preview"),
    )

    assert [problem(one) for one in answers] == [(401, "api.unauthenticated")] * 3
