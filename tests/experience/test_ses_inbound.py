"""Mails that SES receives, within the notification or in a bucket, believed as far as it proves."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from experience_adapters.ses.adapter import SesEmail
from public_works.secrets import Vault
from symphainy.delivery import Asking, Callback, Inbound
from symphainy.errors import Unavailable
from tests.experience.test_callbacks import HOOK, settings
from tests.twins.ses import SECRET, verified
from tests.twins.signing import SnsSigner
from tests.twins.web import Answer, Asked, Web, web

SNS = SnsSigner()
BUCKET = "mails.s3.amazonaws.com"
MAIL = (
    b"From: Ada <ada@customer.example>\r\n"
    b"To: reply@in.acme.example\r\n"
    b"Subject: Re: Invoice 7\r\n"
    b"Message-ID: <abc@customer.example>\r\n"
    b"In-Reply-To: <d-7@acme.example>\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n"
    b"\r\n"
    b"Paid today. \xf0\x9f\x91\x8d\r\n"
    b"\r\n"
    b"On Mon, Mar 2, 2026 at 9:00 AM Acme <billing@acme.example> wrote:\r\n"
    b"> Please pay.\r\n"
)
ABOUT = Asking(tenant="acme", channel="email", binding="mail")
GOOD = {"spfVerdict": {"status": "PASS"}, "dmarcVerdict": {"status": "PASS"}}


@pytest.fixture(scope="module")
def amazon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Where SNS has its certificate, and S3 one mail; it has no more than was asked for."""

    def sns(asked: Asked) -> Answer:
        return Answer(200, SNS.certificate)

    def s3(asked: Asked) -> Answer:
        if asked.path == "/busy":
            return Answer(503, b"<Error><Code>SlowDown</Code></Error>")
        if asked.path != "/in/1" or not verified(asked, "us-east-1", "s3"):
            return Answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        last = int(asked.headers["range"].rpartition("-")[2])
        return Answer(206, (MAIL + b"x" * 2_000_000)[: last + 1])

    folder = tmp_path_factory.mktemp("amazon")
    with web(folder, {SNS.host: sns, BUCKET: s3}) as found:
        yield found


@pytest.fixture
def adapter(tmp_path: Path, amazon: Web) -> SesEmail:
    known = settings(tmp_path, ses={**SECRET, "topicArn": SNS.topic})
    return SesEmail(known, amazon.egress(), Vault(known))


def received(
    action: dict[str, Any], content: str | None = None, verdicts: Any = GOOD, source: str = ""
) -> Callback:
    """What SES tells of a mail that came in."""
    message = {
        "notificationType": "Received",
        "mail": {
            "timestamp": "2026-03-02T10:00:00.000Z",
            "messageId": "o3vrnil0e2ic28tr",
            "source": source or "ada@customer.example",
            "destination": ["reply@in.acme.example"],
        },
        "receipt": {"recipients": ["reply@in.acme.example"], "action": action, **verdicts},
    }
    if content is not None:
        message["content"] = content
    return SNS.post(f"{HOOK}/ses/mail?t=acme&c=email", message, id="m-1")


async def heard(adapter: SesEmail, callback: Callback) -> Inbound:
    assert await adapter.verify(callback, ABOUT) is None
    found = adapter.parse(callback, ABOUT)
    assert found.receipts == ()
    mail: Inbound = found.inbound[0]
    return mail


INLINE = {"type": "SNS", "encoding": "UTF-8"}
BASE64 = {"type": "SNS", "encoding": "BASE64"}
STORED = {"type": "S3", "bucketName": "mails", "objectKey": "in/1"}


@pytest.mark.parametrize(
    ("action", "content"),
    [
        (INLINE, MAIL.decode()),
        (BASE64, base64.b64encode(MAIL).decode()),
        (STORED, None),
    ],
    ids=["plain", "base64", "bucket"],
)
async def test_a_mail_is_heard_without_what_it_quotes(
    adapter: SesEmail, action: dict[str, Any], content: str | None
) -> None:
    mail = await heard(adapter, received(action, content))

    assert mail.text.splitlines()[0] == "Paid today. 👍"
    assert "Please pay" not in mail.text
    assert (mail.channel, mail.sender, mail.to) == (
        "email",
        "ada@customer.example",
        "reply@in.acme.example",
    )
    assert (mail.delivery, mail.provider_id, mail.subject) == (
        "d-7",
        "<abc@customer.example>",
        "Re: Invoice 7",
    )
    assert mail.at.isoformat() == "2026-03-02T10:00:00+00:00"
    assert (mail.proven, mail.data) == (True, {"spf": "pass", "dmarc": "pass"})


@pytest.mark.parametrize(
    ("verdicts", "source", "proven"),
    [
        ({"dmarcVerdict": {"status": "PASS"}}, "b@bounces.example", True),
        ({"spfVerdict": {"status": "PASS"}}, "b@customer.example", True),
        ({"spfVerdict": {"status": "PASS"}}, "b@bounces.example", False),
        ({"dkimVerdict": {"status": "PASS"}}, "b@customer.example", False),
        ({"dmarcVerdict": {"status": "FAIL"}}, "b@customer.example", False),
        ({"dmarcVerdict": "PASS"}, "b@customer.example", False),
        ({}, "b@customer.example", False),
    ],
)
async def test_the_sender_is_believed_where_ses_ties_the_mail_to_their_domain(
    adapter: SesEmail, verdicts: dict[str, Any], source: str, proven: bool
) -> None:
    mail = await heard(adapter, received(INLINE, MAIL.decode(), verdicts, source))
    assert mail.proven is proven


async def test_what_is_no_mail_says_nothing(adapter: SesEmail) -> None:
    for callback in (
        received(INLINE),
        received(BASE64, "no base64!"),
        received(INLINE, "From: nobody\r\n\r\nHello"),
        received({**STORED, "objectKey": "gone"}),
    ):
        assert await adapter.verify(callback, ABOUT) is None
        assert adapter.parse(callback, ABOUT).inbound == ()


async def test_a_mail_that_cannot_be_had_now_is_told_of_again(adapter: SesEmail) -> None:
    with pytest.raises(Unavailable, match="503"):
        await adapter.verify(received({**STORED, "objectKey": "busy"}), ABOUT)


async def test_nothing_is_fetched_for_who_is_not_believed(adapter: SesEmail, amazon: Web) -> None:
    other = SnsSigner(topic="arn:aws:sns:eu-central-1:999999999999:mine", key=SNS.key)
    before = len(amazon.asked)
    message = {"notificationType": "Received", "receipt": {"action": STORED}}
    doubt = await adapter.verify(other.post(f"{HOOK}/ses/mail", message, id="m-2"), ABOUT)
    assert (doubt, len(amazon.asked)) == ("it is of a topic that the secret does not name", before)
