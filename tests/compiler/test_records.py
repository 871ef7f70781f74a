"""Records and tickets in steps: held against what can be said of them, and against what their
adapters can do."""

import pytest

from tests.compiler.finding import found, messages

BODY = """
experiences:
  crm: {channel: crm, adapter: <ADAPTER>, templates: {paid: {subject: Paid, text: Thank you}}}
  helpdesk: {channel: ticket, adapter: sandbox}
do:
  - step: {call: <CALL>, with: {<WITH>}}
"""


def calling(call: str, said: str, adapter: str = "sandbox") -> str:
    places = {"<ADAPTER>": adapter, "<CALL>": call, "<WITH>": said}
    body = BODY
    for place, one in places.items():
        body = body.replace(place, one)
    return body


def of_step(body: str) -> list[tuple[str, str]]:
    """The findings about what the step says."""
    there = "/do/0/step/with"
    return [
        (code, place.removeprefix(there)) for code, place in found(body) if place.startswith(there)
    ]


@pytest.mark.parametrize(
    "said",
    [
        'to: "${ .customer }", set: {lifecyclestage: customer, score: 5, old: null}',
        'object: deal, key: {order_no: "${ .order.id }"}, set: {amount: "${ .order.total }"}',
        'key: {email: ada@example.com}, set: "${ .properties }", note: "Paid {{ invoice }}"',
        "to: ada, template: paid",
        "to: ada, template: paid, activity: {kind: email}",
        "to: ada, activity: {kind: call, subject: Hello, text: World}, data: {a: 1}",
        'to: ada, object: "${ .kind }", activity: "${ .activity }"',
    ],
)
def test_an_update_that_is_right_is_right(said: str) -> None:
    assert of_step(calling("crm", said)) == []


@pytest.mark.parametrize(
    ("said", "code", "place"),
    [
        ("set: {a: 1}", "compile.arguments", ""),
        ("to: ada, sett: {a: 1}", "compile.arguments", "/sett"),
        ("key: {email: a, phone: b}", "compile.arguments", "/key"),
        ("key: {email: [a]}", "compile.arguments", "/key/email"),
        ("key: {}", "compile.arguments", "/key"),
        ("to: ada, object: ../owners", "compile.arguments", "/object"),
        ("to: ada, set: {a b: 1}", "compile.arguments", "/set"),
        ("to: ada, set: {a: [1]}", "compile.arguments", "/set/a"),
        ("to: ada, activity: {kind: party, text: a}", "compile.arguments", "/activity/kind"),
        ("to: ada, activity: {kind: call}", "compile.arguments", "/activity"),
        ("to: ada, note: a, activity: {text: b}", "compile.arguments", "/activity"),
        ("to: ada, note: a, template: paid", "compile.arguments", "/template"),
        ("to: ada, template: paid, activity: {text: b}", "compile.arguments", "/template"),
        ("to: ada, template: payed", "compile.unknown-template", "/template"),
        ('to: ada, note: "{% if %}"', "template.syntax", "/note"),
        ('to: ada, activity: {text: "{{ a | shout }}"}', "template.filter", "/activity/text"),
    ],
)
def test_an_update_that_is_wrong_is_found(said: str, code: str, place: str) -> None:
    assert of_step(calling("crm", said)) == [(code, place)]


@pytest.mark.parametrize("part", ["note: Hello", "activity: {text: Hello}", "template: paid"])
def test_an_adapter_that_cannot_do_both_at_once_is_told_of(part: str) -> None:
    body = calling("crm", f"to: ada, set: {{a: 1}}, {part}", "hubspot")

    assert of_step(body) == [("compile.feature", f"/{part.partition(':')[0]}")]
    assert of_step(calling("crm", f"to: ada, {part}", "hubspot")) == []
    ((message, _),) = messages(body)
    assert "cannot change a record and keep an activity at once" in message
    assert "sandbox" in message


@pytest.mark.parametrize(
    "said",
    [
        'to: "${ .customer }", subject: "Refund {{ order }}", text: Please, data: {order: 7}',
        'to: {email: a@b.example, name: Ada}, text: a, key: "${ .order.id }", status: solved',
        "to: ada, text: a, html: b, key: 7, kind: incident, priority: urgent, public: false",
        'to: ada, text: a, tags: [vip], fields: {order: 7, "360001": true}',
        'to: ada, text: a, tags: "${ .tags }", priority: "${ .priority }"',
    ],
)
def test_a_ticket_that_is_right_is_right(said: str) -> None:
    assert of_step(calling("helpdesk", said)) == []


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("text: a", ""),
        ("to: ada", ""),
        ("to: ada, text: a, requester: eve", "/requester"),
        ('to: ada, text: a, key: ""', "/key"),
        ("to: ada, text: a, kind: party", "/kind"),
        ("to: ada, text: a, priority: highest", "/priority"),
        ("to: ada, text: a, status: closed", "/status"),
        ("to: ada, text: a, tags: [two words]", "/tags/0"),
        ("to: ada, text: a, tags: vip", "/tags"),
        ("to: ada, text: a, fields: {a b: 1}", "/fields"),
        ('to: ada, text: a, public: "yes"', "/public"),
    ],
)
def test_a_ticket_that_is_wrong_is_found(said: str, place: str) -> None:
    assert of_step(calling("helpdesk", said)) == [("compile.arguments", place)]
