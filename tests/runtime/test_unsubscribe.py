"""The headers of RFC 8058 on the wire of every mail provider, and the links in texts."""

import base64
import json
from collections.abc import AsyncIterator
from email import message_from_bytes
from typing import NamedTuple

import pytest

from public_works.keyfiles import link_key
from public_works.links import Link, LinkSeal
from tests.runtime.platform import Platform, platform_on, real_server
from tests.twins.provider import Provider
from tests.twins.sendgrid import KEY, SendGridTwin
from tests.twins.ses import SECRET, SesTwin
from tests.twins.smtp import SmtpTwin
from workers.pool import Options

BASE = "https://care.acme.example"
TEXT = """
document: {dsl: 1.0.3, namespace: test, name: leaving-{{n}}, version: 1.0.0}
experiences:
  email: {channel: email, adapter: <ADAPTER>, from: shop@acme.example, <MORE>}
do:
  - tell:
      call: email
      with:
        to: "${ .customer }"
        subject: News
        text: "{{ unsubscribe_url }} {{ preferences_url }}"
"""


class Mails(NamedTuple):
    """A platform with three ways to send mail."""

    platform: Platform
    smtp: SmtpTwin
    sendgrid: SendGridTwin
    ses: SesTwin

    def text(self, adapter: str, more: str) -> str:
        twin: Provider | None = {"sendgrid": self.sendgrid, "ses": self.ses}.get(adapter)
        endpoint = f', settings: {{endpoint: "{twin.url}"}}' if twin else ""
        return TEXT.replace("<ADAPTER>", adapter).replace("<MORE>", more + endpoint)

    def headers(self, adapter: str) -> dict[str, str]:
        """The raw header lines of the newest mail."""
        if adapter == "sendgrid":
            headers: dict[str, str] = self.sendgrid.kept[-1].document["headers"]
            return headers
        if adapter == "ses":
            octets = base64.b64decode(self.ses.kept[-1].document["Content"]["Raw"]["Data"])
        else:
            octets = self.smtp.mails[-1].content.encode()
        # What was folded or encoded would not be the same.
        return dict(message_from_bytes(octets).raw_items())


@pytest.fixture(scope="module")
async def mails(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Mails]:
    folder = tmp_path_factory.mktemp("leaving")
    secrets = folder / "home" / "secrets" / "acme"
    secrets.mkdir(parents=True)
    (secrets / "sendgrid").write_text(KEY)
    (secrets / "ses").write_text(json.dumps(SECRET))
    async with (
        SmtpTwin() as smtp,
        SendGridTwin() as sendgrid,
        SesTwin() as ses,
        real_server(folder) as server,
        platform_on(
            server,
            folder / "home",
            Options(),
            egress_allow="127.0.0.1",
            public_base_url=BASE,
            unsubscribe_mailto="leave@acme.example",
            smtp_host="127.0.0.1",
            smtp_port=smtp.port,
            smtp_tls="none",
        ) as platform,
    ):
        yield Mails(platform, smtp, sendgrid, ses)


def customer(platform: Platform, id: str) -> str:
    platform.stores.customers.upsert("acme", id, name="Ada", email=f"{id}@customer.example")
    return id


def opened(mails: Mails, url: str) -> Link | None:
    seal = LinkSeal(link_key(mails.platform.settings.home))
    return seal.open(url.rpartition("/")[2])


@pytest.mark.parametrize("adapter", ["smtp", "sendgrid", "ses"])
async def test_a_mail_that_one_can_have_enough_of_says_how_to_leave(
    mails: Mails, adapter: str
) -> None:
    who = customer(mails.platform, f"leaving-with-a-rather-long-name-of-its-own-{adapter}")
    text = mails.text(adapter, "purpose: marketing, topic: product-news")
    given = await mails.platform.output(text, {"customer": who})

    assert isinstance(given, dict)
    headers = mails.headers(adapter)
    https, mailto = headers["List-Unsubscribe"].split(", ")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert https.startswith(f"<{BASE}/v1/unsubscribe/")
    assert mailto.startswith("<mailto:leave@acme.example?subject=unsubscribe%20")
    assert opened(mails, https.strip("<>")) == Link(
        use="unsubscribe",
        tenant="acme",
        delivery=str(given["delivery"]),
        customer=who,
        channel="email",
        scope="topic:product-news",
    )


@pytest.mark.parametrize("more", ["purpose: transactional", "purpose: security, topic: codes"])
async def test_a_mail_that_one_needs_does_not(mails: Mails, more: str) -> None:
    who = customer(mails.platform, f"leaving-{len(more)}")
    await mails.platform.output(mails.text("smtp", more), {"customer": who})
    assert not {"List-Unsubscribe", "List-Unsubscribe-Post"} & mails.headers("smtp").keys()


async def test_templates_know_both_links(mails: Mails) -> None:
    who = customer(mails.platform, "leaving-links")
    await mails.platform.output(mails.text("smtp", "purpose: marketing"), {"customer": who})
    text = mails.smtp.mails[-1].body("plain")
    assert text is not None
    leave, choose = text.split()
    found = opened(mails, leave)
    assert found is not None
    assert (found.use, found.scope) == ("unsubscribe", "purpose:marketing")
    assert choose.startswith(f"{BASE}/preferences/")
    assert opened(mails, choose) == Link(use="preferences", tenant="acme", customer=who)
