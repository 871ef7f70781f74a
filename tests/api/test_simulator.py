"""The world that the outbox plays: what can happen to messages, and what a provider tells of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from public_works.outbox import OutboxMessage
from solution_api.simulator import Post, call_of, followed, possible, post_of, record, ticket, told
from symphainy.delivery import Gather, Hangup, Pause, Play, Recipient, Say, Transfer, VoiceCall
from symphainy.errors import Refused

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
KEEP = Gather(
    name="keep",
    prompt=(Say(text="Press 1 to keep it, 2 to talk to us."),),
    speech=True,
    attempts=2,
    choices={"1": (Say(text="Thank you."),), "2": (Transfer(to="+4315550000"),)},
    otherwise=(Say(text="We will write."),),
)
SCRIPT = (Say(text="Good day."), KEEP, Say(text="Goodbye."))
CALL = VoiceCall(to=Recipient(address="+4366012345678"), sender="+15005550006", script=SCRIPT)


def message(channel: str, **more: Any) -> OutboxMessage:
    """A message of the outbox."""
    known: dict[str, Any] = {
        "tenant": "acme",
        "id": "m-1",
        "delivery": "d-1",
        "run": "acme.dunning:7",
        "step": "/do/0/remind",
        "channel": channel,
        "to": "ada@example.com",
        "sender": "billing@acme.example",
        "subject": "Invoice 7",
        "text": "Please pay.",
        "html": None,
        "headers": {},
        "kind": None,
        "document": None,
        "customer": None,
        "experience": None,
        "thread": None,
        "acts": (),
        "at": NOON,
    }
    return OutboxMessage.model_validate({**known, **more})


def called(*acts: dict[str, Any], call: VoiceCall = CALL) -> OutboxMessage:
    """A call after `acts`, a second each."""
    moments = (NOON + timedelta(seconds=n) for n in range(len(acts)))
    return message(
        "voice",
        to=call.to.address,
        document=call.model_dump(mode="json", exclude={"to", "sender", "channel"}),
        acts=tuple({**act, "at": at.isoformat()} for act, at in zip(acts, moments, strict=False)),
    )


def does(*names: str) -> list[dict[str, Any]]:
    """Acts, written short: `press:1`, `say:yes`, `answer`."""
    words = {"press": "digits", "say": "text"}
    found = []
    for name in names:
        act, _, what = name.partition(":")
        found.append({"act": act, **({words[act]: what} if what else {})})
    return found


def lines(*names: str, call: VoiceCall = CALL) -> list[str]:
    """What is on the phone's screen after the acts."""
    marks = {"platform": "", "person": "> ", "note": "# "}
    return [f"{marks[one.who]}{one.text}" for one in followed(call, does(*names)).lines]


def events(*names: str, call: VoiceCall = CALL) -> list[tuple[str, dict[str, Any]]]:
    """What the provider tells, of all the acts."""
    found, acts = [], does(*names)
    for n, act in enumerate(acts):
        heard = told(called(*acts[:n], call=call), act, NOON + timedelta(seconds=n))
        found += [(one.event, one.data) for one in heard.receipts]
    return found


def test_a_call_that_is_answered_says_its_script_and_takes_a_key() -> None:
    assert lines("answer", "press:1") == [
        "# Ringing +4366012345678…",
        "# They answered.",
        "Good day.",
        "Press 1 to keep it, 2 to talk to us.",
        "> 1",
        "Thank you.",
        "Goodbye.",
        "# The script is over; the platform hung up.",
    ]
    assert events("answer", "press:1") == [
        ("answered", {}),
        ("gathered", {"name": "keep", "digits": "1", "choice": "1"}),
        ("completed", {"seconds": 1}),
    ]


def test_an_answer_that_is_none_is_asked_for_again_and_then_no_more() -> None:
    asked = "Press 1 to keep it, 2 to talk to us."
    assert lines("answer", "press:9", "silence")[4:] == [
        "> 9",
        asked,
        "# 5 s without an answer",
        "We will write.",
        "Goodbye.",
        "# The script is over; the platform hung up.",
    ]
    assert [event for event, _ in events("answer", "press:9", "silence")] == [
        "answered",
        "completed",
    ]


def test_a_call_is_handed_over_or_goes_on_behind() -> None:
    assert lines("answer", "press:2", "take", "hangup")[5:] == [
        "# Handing over to +4315550000…",
        "# +4315550000 took the call.",
        "# They hung up.",
    ]
    assert events("answer", "press:2", "take", "hangup")[2:] == [
        ("transferred", {"to": "+4315550000", "seconds": 1}),
        ("completed", {"seconds": 3}),
    ]
    assert lines("answer", "press:2", "refuse")[6:] == [
        "# +4315550000 did not take it.",
        "Goodbye.",
        "# The script is over; the platform hung up.",
    ]


@pytest.mark.parametrize(
    ("act", "event"), [("no_answer", "no_answer"), ("busy", "busy"), ("drop", "failed")]
)
def test_a_call_that_nobody_answers_ends_without_a_word(act: str, event: str) -> None:
    assert events(act) == [(event, {})]
    assert possible(called({"act": act})) == ()


@pytest.mark.parametrize(
    ("machine", "said"),
    [
        ("hang up", ["# The platform hung up without a word."]),
        ("leave message", ["Call us back.", "# The script is over; the platform hung up."]),
        ("ignore", ["Good day.", "Press 1 to keep it, 2 to talk to us."]),
    ],
)
def test_a_machine_gets_what_the_call_says_of_machines(machine: str, said: list[str]) -> None:
    call = CALL.model_copy(update={"machine": machine, "message": (Say(text="Call us back."),)})

    assert lines("machine", call=call)[2:] == said
    over = machine != "ignore"
    told = [event for event, _ in events("machine", call=call)]
    assert told == ["answered", *(["machine_answered", "completed"] if over else [])]


def test_an_answer_of_many_keys_is_gathered_at_its_end() -> None:
    asks = Gather(name="pin", prompt=(Say(text="Your number?"),), digits=None)
    call = CALL.model_copy(update={"script": (asks, Hangup())})

    assert followed(call, does("answer", "press:4", "press:2")).keys == "42"
    assert lines("answer", "press:4", "press:2", "press:#", call=call)[3:] == [
        "> 42#",
        "# The platform hung up.",
    ]
    assert events("answer", "press:42#", call=call)[1] == (
        "gathered",
        {"name": "pin", "digits": "42"},
    )
    # Who stops pressing has answered too.
    assert events("answer", "press:4", "silence", call=call)[1][1]["digits"] == "4"


def test_keys_pressed_ahead_answer_the_next_question() -> None:
    first = Gather(name="a", prompt=(Say(text="First?"),))
    call = CALL.model_copy(update={"script": (first, first.model_copy(update={"name": "b"}))})

    gathered = [data["name"] for event, data in events("answer", "press:12", call=call)[1:3]]
    assert gathered == ["a", "b"]


def test_words_are_an_answer_where_they_may_be() -> None:
    asks = KEEP.model_copy(update={"choices": {"yes": (Pause(seconds=2),)}})
    call = CALL.model_copy(update={"script": (asks, Play(url="https://acme.example/bye.mp3"))})

    assert lines("answer", "say:Yes!", call=call)[3:] == [
        "> Yes!",
        "# 2 s of silence",
        "♪ https://acme.example/bye.mp3",
        "# The script is over; the platform hung up.",
    ]
    assert events("answer", "say:Yes!", call=call)[1] == (
        "gathered",
        {"name": "keep", "speech": "Yes!", "choice": "yes", "confidence": 1.0},
    )
    keys_only = call.model_copy(update={"script": (asks.model_copy(update={"speech": False}),)})
    assert "say" not in possible(called(*does("answer"), call=keys_only))
    assert "say" in possible(called(*does("answer"), call=call))


def test_nothing_happens_to_a_call_that_cannot() -> None:
    for acts, act in (
        ((), "press:1"),
        (("answer",), "answer"),
        (("answer",), "take"),
        (("busy",), "hangup"),
        (("answer", "hangup"), "press:1"),
    ):
        with pytest.raises(Refused, match=r"outbox\.act"):
            told(called(*does(*acts)), does(act)[0], NOON)
    with pytest.raises(ValueError, match="while the call is over"):
        followed(CALL, does("answer", "hangup", "hangup"))


def test_whoever_hangs_up_ends_the_call() -> None:
    assert lines("answer", "hangup")[-1] == "# They hung up."
    assert events("answer", "hangup")[-1] == ("completed", {"seconds": 1})
    standing = call_of(called(*does("answer")))
    assert standing is not None
    assert (standing.phase, standing.asks and standing.asks.name) == ("asking", "keep")


def test_what_can_happen_to_a_mail_depends_on_what_did() -> None:
    every = ("deliver", "late", "open", "click", "reply", "complain", "bounce", "drop")
    assert possible(message("email")) == every
    assert "bounce" not in possible(message("email", acts=({"act": "deliver"},)))
    assert possible(message("email", acts=({"act": "bounce"},))) == ()
    assert possible(message("email", acts=({"act": "cancel"},))) == ()
    assert "late" not in possible(message("email", acts=({"act": "late"},)))
    assert possible(message("widget")) == ()


def test_a_bounce_is_told_with_its_reason_and_ends_writing_to_the_address() -> None:
    (receipt,) = told(message("email"), {"act": "bounce"}, NOON).receipts

    assert (receipt.event, receipt.suppress, receipt.provider_id) == (
        "bounced_hard",
        "bounced_hard",
        "m-1",
    )
    assert receipt.detail == "550 there is no such mailbox"


def test_a_reply_is_a_message_of_theirs() -> None:
    sms = message("sms", to="+4366012345678", sender="Acme", subject="")
    heard = told(sms, {"act": "reply", "text": "STOP"}, NOON)

    (inbound,) = heard.inbound
    assert (inbound.sender, inbound.to, inbound.text) == ("+4366012345678", "Acme", "STOP")
    assert (inbound.delivery, inbound.provider_id) == ("d-1", "m-1-0")
    choices = [{"title": "Yes, please", "value": "yes"}]
    chat = message("chat", document={"choices": choices})
    (inbound,) = told(chat, {"act": "reply", "text": "yes"}, NOON).inbound
    assert (inbound.text, inbound.data) == ("Yes, please", choices[0])
    assert told(message("ticket"), {"act": "reply", "text": "Done."}, NOON).inbound == ()


def test_the_button_of_mail_programs_posts_where_the_mail_says() -> None:
    headers = {
        "List-Unsubscribe": "<mailto:a@b.example>, <https://acme.example/u/1>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    mail = message("email", headers=headers)

    assert post_of(mail, "unsubscribe") == Post(
        "https://acme.example/u/1",
        {"content-type": "application/x-www-form-urlencoded"},
        b"List-Unsubscribe=One-Click",
    )
    assert "unsubscribe" in possible(mail)
    del headers["List-Unsubscribe-Post"]
    assert post_of(message("email", headers=headers), "unsubscribe") is None


def test_a_record_is_what_all_updates_and_people_made_of_it() -> None:
    def update(seconds: int, properties: dict[str, Any], **more: Any) -> OutboxMessage:
        document = {
            "object": "contact",
            "key": {"property": "email", "value": "ada@example.com"},
            "properties": properties,
            "activity": more.pop("activity", None),
        }
        return message("crm", document=document, at=NOON + timedelta(seconds=seconds), **more)

    late = (NOON + timedelta(seconds=9)).isoformat()
    changed = {"act": "update", "properties": {"stage": "won"}, "at": late}
    found = record(
        [
            update(0, {"name": "Ada", "stage": "new"}, acts=(changed,)),
            update(1, {"stage": "asked"}, activity={"kind": "call", "text": "Rang."}),
        ]
    )

    assert (found.object, found.property, found.value) == ("contact", "email", "ada@example.com")
    assert found.properties == {"name": "Ada", "stage": "won"}
    assert [(one.who, one.kind, one.text) for one in found.entries] == [
        ("platform", "update", "set name, stage"),
        ("platform", "update", "set stage"),
        ("platform", "call", "Rang."),
        ("person", "update", "set stage"),
    ]


def test_a_ticket_is_its_messages_and_the_answers_of_agents() -> None:
    def asked(seconds: int, text: str, *acts: dict[str, Any], **document: Any) -> OutboxMessage:
        at = NOON + timedelta(seconds=seconds)
        return message("ticket", text=text, at=at, acts=acts, document=document)

    def at(seconds: int) -> str:
        return (NOON + timedelta(seconds=seconds)).isoformat()

    first = asked(
        0,
        "It broke.",
        {"act": "update", "text": "How?", "at": at(1)},
        {"act": "solve", "at": at(2)},
        priority="high",
        tags=["broken"],
        name="Ada",
    )
    assert ticket([first]).status == "solved"

    wrote = {"act": "reply", "text": "Like so.", "at": at(4)}
    found = ticket([first, asked(3, "Again.", wrote, tags=["broken", "twice"])])
    assert (found.status, found.priority, found.requester) == ("open", "high", "Ada")
    assert found.tags == ("broken", "twice")
    assert [(one.who, one.kind, one.text) for one in found.entries] == [
        ("platform", "comment", "It broke."),
        ("person", "comment", "How?"),
        ("person", "solved", ""),
        ("platform", "comment", "Again."),
        ("requester", "comment", "Like so."),
    ]
