"""Scripts of phone calls: as authors write them, as calls go through them."""

from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from activities.delivery.compose import compose, letter_of
from experience_adapters.rules.calls import flaws
from public_works.customers import Customer
from symphainy.conformance import specimens
from symphainy.delivery import (
    Gather,
    Hangup,
    Pause,
    Play,
    Recipient,
    Say,
    Transfer,
    VoiceCall,
)
from symphainy.delivery.dialogue import after, led, opening, otherwise, spot
from symphainy.delivery.takes import TAKES
from symphainy.delivery.written import needs, quarrels, steps, texts
from symphainy.errors import Refused
from symphainy.json import Json
from symphainy.plan import Experience, Parts, Template
from symphainy.schema import broken, mismatches

WRITTEN: Json = yaml.safe_load("""
- say: "Hello {{ customer.name }}."
- say: {text: Grüß Gott., language: de-AT, voice: Polly.Hannah}
- pause: 2
- gather:
    name: coming
    prompt: "Press 1 if you come on {{ day }}."
    attempts: 2
    speech: true
    choices:
      "1": [{say: Thank you.}]
      "2":
        - gather: {name: when, prompt: [{say: "When?"}, {pause: 1}], digits: 4}
      yes please: [{say: Thanks.}]
    otherwise: [{transfer: "+4312345678"}]
- transfer: {to: "{{ desk }}", seconds: 20, otherwise: [{play: "https://acme.example/busy.mp3"}]}
- hangup
""")
WHEN = Gather(name="when", prompt=(Say(text="When?"), Pause(seconds=1)), digits=4)
SCRIPT = (
    Say(text="Hello Ada."),
    Say(text="Grüß Gott.", language="de-AT", voice="Polly.Hannah"),
    Pause(seconds=2),
    Gather(
        name="coming",
        prompt=(Say(text="Press 1 if you come on Monday."),),
        attempts=2,
        speech=True,
        choices={
            "1": (Say(text="Thank you."),),
            "2": (WHEN,),
            "yes please": (Say(text="Thanks."),),
        },
        otherwise=(Transfer(to="+4312345678"),),
    ),
    Transfer(to="+43660999", seconds=20, otherwise=(Play(url="https://acme.example/busy.mp3"),)),
    Hangup(),
)
CALL = VoiceCall(to=Recipient(address="+4366012345678"), sender="+15005550006", script=SCRIPT)
BOUND = Experience(
    channel="voice", adapter="twilio", queue="platform", promise="at most once", sender="+1500555"
)
ADA = Customer(
    tenant="acme",
    id="ada",
    name="Ada",
    phone="+4366012345678",
    locale="de",
    updated=datetime(2026, 11, 22, tzinfo=UTC),
)


def composed(**asked: Any) -> VoiceCall:
    letter = letter_of({"to": "ada", **asked}, BOUND)
    call = compose(letter, ADA, BOUND, "")
    assert isinstance(call, VoiceCall)
    return call


def test_a_script_is_rendered_step_by_step() -> None:
    call = composed(script=WRITTEN, data={"day": "Monday", "desk": "+43660999"})

    assert call.script == SCRIPT
    assert (call.language, call.machine, call.ring_seconds) == ("de-DE", "ignore", 30)
    assert flaws(call) == []


def test_a_text_is_all_that_is_said() -> None:
    call = composed(
        text="Hello {{ customer.name }}", language="en-GB", message="Sorry", ringSeconds=60
    )

    assert call.script == (Say(text="Hello Ada"),)
    assert call.message == (Say(text="Sorry"),)
    assert (call.language, call.machine, call.ring_seconds) == ("en-GB", "leave message", 60)


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de", "de-DE"), ("de-AT", "de-AT"), ("pt_BR", "pt-BR"), ("sv", "sv-SE"), (None, "en-US")],
)
def test_a_call_is_in_the_language_of_its_customer(locale: str | None, language: str) -> None:
    person = ADA.model_copy(update={"locale": locale})
    letter = letter_of({"to": "ada", "text": "Hello"}, BOUND)
    call = compose(letter, person, BOUND, "")

    assert isinstance(call, VoiceCall)
    assert call.language == language


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"script": []},
        {"script": ["hang up"]},
        {"script": [{"say": "a", "pause": 1}]},
        {"script": [{"say": 1}]},
        {"script": [{"pause": 0}]},
        {"script": [{"gather": {"name": "a"}}]},
        {"script": [{"gather": {"name": "a", "prompt": "b", "choices": {"12": []}}}]},
        {"script": [{"gather": {"name": "a", "prompt": "b", "choices": {"yes": []}}}]},
        {"text": "Hello", "machine": "leave message"},
        {"text": "Hello", "machine": "answer"},
        {"text": "Hello", "ringSeconds": 0},
        {"text": "Hello", "message": [{"transfer": "+4366012345678"}]},
    ],
)
def test_what_is_no_call_is_refused_before_anybody_is_called(asked: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        composed(**asked)

    assert refused.value.code == "delivery.arguments"


def test_the_schema_of_a_call_can_be_used() -> None:
    assert broken(TAKES["voice"]) is None
    assert list(mismatches(TAKES["voice"], {"to": "ada", "script": WRITTEN})) == []


def test_what_is_written_in_a_script_is_known_with_its_place() -> None:
    assert [place for place, _ in texts(WRITTEN)] == [
        "/0/say",
        "/1/say/text",
        "/3/gather/prompt",
        "/3/gather/otherwise/0/transfer",
        "/3/gather/choices/1/0/say",
        "/3/gather/choices/2/0/gather/prompt/0/say",
        "/3/gather/choices/yes please/0/say",
        "/4/transfer/to",
        "/4/transfer/otherwise/0/play",
    ]
    assert list(needs(WRITTEN)) == [
        ("/3/gather", "gather"),
        ("/3/gather/speech", "speech"),
        ("/3/gather/otherwise/0/transfer", "transfer"),
        ("/3/gather/choices/2/0/gather", "gather"),
        ("/3/gather/choices/2/0/gather", "questions"),
        ("/4/transfer", "transfer"),
        ("/4/transfer/otherwise/0/play", "play"),
    ]


@pytest.mark.parametrize(
    ("gather", "fits"),
    [
        ({"choices": {"1": []}}, True),
        ({"choices": {"#": []}}, True),
        ({"choices": {"12": []}}, False),
        ({"choices": {"12": []}, "digits": 2}, True),
        ({"choices": {"1#": []}, "digits": 2}, False),
        ({"choices": {"1#": []}, "digits": 2, "finish": "*"}, True),
        ({"choices": {"yes": []}}, False),
        ({"choices": {"yes": []}, "speech": True}, True),
    ],
)
def test_choices_fit_what_can_be_answered(gather: dict[str, Any], fits: bool) -> None:
    script: Json = [{"gather": {"name": "a", "prompt": "b", **gather}}]

    assert ([*quarrels(script)] == []) is fits
    assert fits is (flaws(CALL.model_copy(update={"script": steps(script, str)})) == [])


def test_a_call_starts_at_its_beginning() -> None:
    assert [one.path for one in opening(CALL)] == [f"/script/{number}" for number in range(6)]
    assert opening(CALL, "message") == ()


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("1", "/script/3/choices/1/0"),
        ("Yes, please!", "/script/3/choices/yes please/0"),
        ("9", None),
        ("*", None),
        ("", None),
        (None, None),
    ],
)
def test_an_answer_leads_to_its_choice(said: str | None, path: str | None) -> None:
    way = led(CALL, "/script/3", said)

    assert (way[0].path if way else None) == path
    if way:
        assert [one.path for one in way[1:]] == ["/script/4", "/script/5"]


def test_an_inner_question_takes_whatever_comes_and_the_script_goes_on() -> None:
    inner = "/script/3/choices/2/0"

    assert spot(CALL, inner) is not None
    assert [one.path for one in led(CALL, inner, "1030") or ()] == ["/script/4", "/script/5"]
    assert [one.path for one in otherwise(CALL, inner)] == ["/script/4", "/script/5"]
    assert [one.path for one in otherwise(CALL, "/script/3")] == [
        "/script/3/otherwise/0",
        "/script/4",
        "/script/5",
    ]
    assert [one.path for one in otherwise(CALL, "/script/4")] == [
        "/script/4/otherwise/0",
        "/script/5",
    ]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/script",
        "/script/9",
        "/script/-1",
        "/script/0/otherwise/0",
        "/script/3/choices",
        "/script/3/choices/7/0",
        "/script/3/choices/1",
        "/script/99999999999999999999",
        "/to/0",
        "/script/٣",
        "//script/0//",
    ],
)
def test_a_path_that_leads_nowhere_leads_nowhere(path: str) -> None:
    assert spot(CALL, path) is None
    assert after(CALL, path) == ()
    assert otherwise(CALL, path) == ()
    assert led(CALL, path, "1") is None


def test_what_the_suite_takes_for_malformed_has_a_flaw() -> None:
    malformed = [one for one in specimens.malformed(CALL) if isinstance(one, VoiceCall)]

    assert [one for one in malformed if flaws(one) == []] == []
    for message in (specimens.in_many_scripts(CALL), specimens.of_dots(CALL)):
        assert isinstance(message, VoiceCall)
        assert flaws(message) == []


def test_words_are_spoken_in_the_language_they_are_written_in() -> None:
    """Not in that of a customer whose language nobody wrote in."""
    template = Template(locale="en", text="Hello", locales={"de": Parts(text="Hallo")})
    bound = BOUND.model_copy(update={"templates": {"hello": template}})
    spoken = {}
    for locale in ("de-AT", "fr"):
        person = ADA.model_copy(update={"locale": locale})
        call = compose(letter_of({"to": "ada", "template": "hello"}, bound), person, bound, "")
        assert isinstance(call, VoiceCall)
        spoken[locale] = (call.script, call.language)

    assert spoken == {
        "de-AT": ((Say(text="Hallo"),), "de-DE"),
        "fr": ((Say(text="Hello"),), "en-US"),
    }
