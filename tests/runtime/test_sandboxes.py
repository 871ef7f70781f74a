"""Every channel of a solution goes to its sandbox, once a delivery, and gives what vendors give."""

from typing import Any

from tests.runtime.platform import Platform

ALL = """
document: {dsl: 1.0.3, namespace: test, name: sandboxes-{{n}}, version: 1.0.0}
experiences:
  letter: {channel: email, adapter: sandbox}
  text: {channel: sms, adapter: sandbox}
  phone: {channel: voice, adapter: sandbox}
  crm: {adapter: sandbox}
  helpdesk: {channel: ticket, adapter: sandbox}
  hook: {channel: webhook, adapter: sandbox, settings: {endpoint: "https://partner.example/in"}}
  chat: {adapter: sandbox}
do:
  - write: {call: letter, with: {to: ada@example.com, subject: Hello, text: Hello Ada}}
  - remind: {call: text, with: {to: "+4366012345678", text: Hello Ada}}
  - ring: {call: phone, with: {to: "+4366012345678", script: [{say: Hello Ada}]}}
  - note: {call: crm, with: {to: ada@example.com, set: {name: Ada}, note: Rang her.}}
  - open: {call: helpdesk, with: {to: ada@example.com, subject: Call Ada, text: Soon., key: a-1}}
  - again: {call: helpdesk, with: {to: ada@example.com, subject: Call Ada, text: Now., key: a-1}}
  - tell: {call: hook, with: {type: ada.called, data: {by: phone}}}
  - chat: {call: chat, with: {to: {chat: ada}, text: "Did we reach you?", choices: [Yes, No]}}
"""
KINDS = {
    "email": "mail",
    "sms": "text message",
    "voice": "call",
    "crm": "record",
    "ticket": "ticket",
    "webhook": "event",
    "chat": "message",
}


async def test_every_channel_has_a_sandbox(platform: Platform) -> None:
    run = await platform.run(ALL)
    assert run.status == "completed", run.problem

    kept = platform.stores.outbox.list("acme", run=run.run, limit=100)
    steps = [(one.step.rpartition("/")[2], one.kind) for one in reversed(kept)]
    assert steps == [
        ("write", "mail"),
        ("remind", "text message"),
        ("ring", "call"),
        ("note", "record"),
        ("open", "ticket"),
        ("again", "ticket"),
        ("tell", "event"),
        ("chat", "message"),
    ]
    assert {one.channel: one.kind for one in kept} == KINDS
    tickets: list[Any] = [one.document for one in kept if one.channel == "ticket"]
    assert tickets[0]["number"] == tickets[1]["number"]
    threads = platform.stores.outbox.list("acme", run=run.run, channel="ticket", latest=True)
    assert [one.text for one in threads] == ["Now."]
