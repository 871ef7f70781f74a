"""Callbacks of Twilio are believed for their signature alone."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from experience_adapters.twilio.signature import Keys, doubt
from symphainy.delivery import Callback
from symphainy.errors import Refused

EXAMPLES = Path(__file__).parents[3] / "shared" / "specs" / "signed_examples.json"
URL = "https://hooks.acme.example/v1/hooks/twilio/reminder?t=acme&c=voice&d=d-1"
AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"
KEYS = Keys.of({"authToken": "twin", "webhookKey": {"k1": "one", "k2": "two"}})


def told(
    fields: dict[str, str], key: str = "twin", *, url: str = URL, settings: str = ""
) -> Callback:
    """A callback as Twilio's own library signs it."""
    algorithm = "HMAC_SHA256" if "256" in settings else None
    headers = {
        "content-type": FORM,
        "x-twilio-signature": RequestValidator(key).compute_signature(url, fields, algorithm),
    }
    if settings:
        headers["x-twilio-webhooks-signature-settings"] = settings
    body = urlencode(fields).encode()
    return Callback(method="POST", url=url, headers=headers, body=body, at=AT)


FIELDS = {"CallSid": "CA1", "CallStatus": "completed", "SpeechResult": "Grüße & so, a=b"}


@pytest.mark.skipif(not EXAMPLES.exists(), reason="the signed examples are not here")
@pytest.mark.parametrize(
    "name",
    ["twilio_status_callback_form", "twilio_status_callback_form_sha256", "twilio_json_bodySHA256"],
)
def test_the_signed_examples_are_believed(name: str) -> None:
    example: dict[str, Any] = json.loads(EXAMPLES.read_text())[name]
    form = "params" in example
    body = urlencode(example["params"]) if form else example["body"]
    headers = {key.lower(): value for key, value in example["headers"].items()}
    callback = Callback(
        method="POST",
        url=example["url"],
        headers={"content-type": FORM if form else "application/json", **headers},
        body=body.encode(),
        at=AT,
    )
    secret = {"authToken": example["secret"], "webhookKey": example["secret"]}

    assert doubt(callback, Keys.of(secret)) is None
    assert doubt(callback, Keys.of({"authToken": "another", "webhookKey": "another"})) is not None


@pytest.mark.parametrize("url", [URL, URL.replace(".example/", ".example:443/")])
def test_a_port_that_goes_without_saying_makes_no_difference(url: str) -> None:
    callback = told(FIELDS, url=url)

    assert doubt(callback, KEYS) is None
    assert doubt(callback.model_copy(update={"url": URL}), KEYS) is None


@pytest.mark.parametrize(
    ("key", "settings", "believed"),
    [
        ("one", "key=k1,algorithm=HMAC_SHA256", True),
        ("two", "key=k2,algorithm=HMAC_SHA256", True),
        ("two", "key=k1,algorithm=HMAC_SHA256", False),
        ("one", "key=k3,algorithm=HMAC_SHA256", False),
        ("twin", "key=k1,algorithm=HMAC_SHA256", False),
        ("one", "key=k1", False),
        ("one", "key=k1,algorithm=NONE", False),
        ("one", "", False),
    ],
)
def test_a_key_for_webhooks_counts_for_what_it_signs(
    key: str, settings: str, believed: bool
) -> None:
    assert (doubt(told(FIELDS, key, settings=settings), KEYS) is None) is believed


@pytest.mark.parametrize(
    "changed",
    [
        {"url": URL.replace("d-1", "d-2")},
        {"body": urlencode({**FIELDS, "CallStatus": "busy"}).encode()},
        {"body": urlencode({**FIELDS, "Digits": "1"}).encode()},
        {"body": b"\xff\xfe"},
        {"headers": {"content-type": FORM}},
        {"headers": {"content-type": FORM, "x-twilio-signature": "é"}},
    ],
)
def test_what_was_changed_on_the_way_is_not_believed(changed: dict[str, Any]) -> None:
    assert doubt(told(FIELDS).model_copy(update=changed), KEYS) is not None


def test_a_body_of_another_kind_does_not_slip_past_the_signature() -> None:
    """A signature over the URL alone proves nothing about what came with it."""
    signed = told({})
    assert doubt(signed, KEYS) is None
    for more in ("", "&bodySHA256=", "&bodySHA256=x&bodySHA256="):
        signed = told({}, url=URL + more)
        headers = {**signed.headers, "content-type": "application/json"}
        smuggled = signed.model_copy(update={"headers": headers, "body": b'{"a": 1}'})
        assert doubt(smuggled, KEYS) == "what came with it is not signed"


def test_what_is_told_of_another_time_is_a_replay() -> None:
    callback = told({**FIELDS, "Timestamp": "Sun, 22 Nov 2026 07:59:58 +0000"})

    assert doubt(callback, KEYS) is None
    for far in (timedelta(hours=2), -timedelta(hours=2)):
        assert doubt(callback.model_copy(update={"at": AT + far}), KEYS) == "it is of another time"


@pytest.mark.parametrize(
    "secret",
    ["twin", {}, {"authToken": ""}, {"authToken": 7}, {"webhookKey": {}}, {"apiKey": "SK1"}],
)
def test_without_a_key_nothing_can_be_believed(secret: Any) -> None:
    with pytest.raises(Refused) as refused:
        Keys.of(secret)
    assert refused.value.code == "secret.missing"
