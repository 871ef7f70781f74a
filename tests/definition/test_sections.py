"""What a solution adds to the specification: experiences, policies, intents."""

from symphainy.definition import Experience, Intent, SchemaObject, Template
from tests.definition.writing import accepted, codes, findings

DUNNING = """\
document: {dsl: 1.0.3, namespace: acme, name: invoice-dunning, version: 1.0.0, title: Collect}
input: {schema: {document: {type: object, required: [invoice, customer]}}}
experiences:
  email:    {adapter: sendgrid, from: billing@acme.example, purpose: transactional}
  phone:    {channel: voice, adapter: twilio, fallback: [backup-voice], onUnknown: hold}
  helpdesk: {adapter: zendesk, settings: {queue: 7}, templates: {a: {text: Hi, subject: S}}}
policies:
  night:    {kind: quietHours, channels: [voice, sms], from: "21:00", onBreach: defer}
  bigMoney: {kind: approval, when: "${ .invoice.amount > 10000 }"}
intents:
  collect: {starts: true, key: "${ .invoice.id }"}
  paid:    {event: com.acme.invoice.paid.v1, correlate: "${ .data.invoiceId }"}
  note:    {input: {document: {type: string}}}
do:
  - remind: {call: email, with: {to: "${ .customer }", template: reminder}}
"""


def test_the_three_sections_are_read() -> None:
    solution = accepted(DUNNING, head="")
    assert solution.address == "acme.invoice-dunning"
    assert solution.experiences == {
        "email": Experience.model_validate(
            {"adapter": "sendgrid", "from": "billing@acme.example", "channel": "email"}
        ),
        "phone": Experience.model_validate(
            {
                "adapter": "twilio",
                "channel": "voice",
                "fallback": ("backup-voice",),
                "onUnknown": "hold",
            }
        ),
        "helpdesk": Experience.model_validate(
            {
                "adapter": "zendesk",
                "settings": {"queue": 7},
                "templates": {"a": Template(text="Hi", subject="S")},
            }
        ),
    }
    assert solution.policies == {
        "night": {
            "kind": "quietHours",
            "channels": ["voice", "sms"],
            "from": "21:00",
            "onBreach": "defer",
        },
        "bigMoney": {"kind": "approval", "when": "${ .invoice.amount > 10000 }"},
    }
    assert solution.intents == {
        "collect": Intent(starts=True, key="${ .invoice.id }"),
        "paid": Intent(event="com.acme.invoice.paid.v1", correlate="${ .data.invoiceId }"),
        "note": Intent(input=SchemaObject(document={"type": "string"})),
    }


def test_a_channel_follows_from_the_name_only_where_the_name_is_a_channel() -> None:
    solution = accepted("experiences: {sms: {adapter: a}, phone: {adapter: a}}\ndo: []\n")
    channels = {name: one.channel for name, one in solution.experiences.items()}
    assert channels == {"sms": "sms", "phone": None}


def test_a_name_that_a_call_could_never_reach_is_refused() -> None:
    assert codes("experiences: {http: {adapter: a}}\ndo: []\n") == [
        ("schema.reserved-name", "/experiences/http")
    ]


def test_names_are_labels() -> None:
    body = "experiences: {a.b: {adapter: a}}\npolicies: {a_b: {kind: k}}\nintents: {-a: {}}\ndo: []"
    assert codes(body) == [
        ("schema.name", "/experiences/a.b"),
        ("schema.name", "/policies/a_b"),
        ("schema.name", "/intents/-a"),
    ]


def test_a_policy_needs_a_kind_and_nothing_else() -> None:
    assert codes("policies: {a: {}, b: {kind: 1}, c: 3, d: {kind: k, x: [1]}}\ndo: []") == [
        ("schema.required", "/policies/a"),
        ("schema.type", "/policies/b"),
        ("schema.type", "/policies/c"),
    ]


def test_an_unknown_section_is_a_warning_with_the_nearest_name() -> None:
    (one,) = findings("do: []\nexperience: {}\n")
    assert one.model_dump() == {
        "code": "document.unknown-section",
        "severity": "warning",
        "pointer": "/experience",
        "line": 3,
        "column": 1,
        "message": "Nothing reads the section `experience`.",
        "fix": "Did you mean `experiences`?",
    }
