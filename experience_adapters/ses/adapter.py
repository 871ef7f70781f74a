"""The mail adapter for Amazon SES."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

from experience_adapters import aws_notifications
from experience_adapters.aws import Access, Answer, Aws
from experience_adapters.exchange import accepts, credentials, unanswered
from experience_adapters.flaw import Flaw
from experience_adapters.mail import (
    beyond_ascii,
    built,
    encoded,
    flaws,
    spelled,
    with_reply_address,
)
from experience_adapters.ses import callbacks, inbound
from experience_adapters.ses.answers import settled
from experience_adapters.ses.spec import REGION, SECRET, SPEC
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.delivery import Asking, Callback, EmailMessage, Heard, Sending, SendResult
from symphainy.errors import Ending, Refused, Unavailable
from symphainy.json import Json
from symphainy.plan import SecretPart

__all__ = ["SesEmail"]

BEGINNING = 512 * 1024
"""Bytes of a mail that came in that are read: attachments follow."""
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")


class SesEmail:
    """Speaks to SES, with the credentials that the binding names."""

    spec = SPEC

    def __init__(self, settings: Settings, egress: Egress, vault: Vault) -> None:
        self._settings = settings
        self._egress = egress
        self._vault = vault
        self._aws = Aws(egress, settings.delivery_timeout)
        self._kept: dict[inbound.Stored, bytes] = {}
        """Mails of callbacks that were verified, until they are parsed."""

    async def check(self) -> list[str]:
        """Whether the credentials of this platform's own tenant are there and may send."""
        try:
            answer = await self._ask(self._settings.tenant, {}, "get_account", {})
        except Ending as error:
            return [error.message]
        if answer.status != 200:
            return [f"SES answers {answer.status} {answer.error}: {answer.message}"]
        if answer.document.get("SendingEnabled") is not True:
            return ["SES does not let this account send"]
        return []

    def validate(self, message: EmailMessage) -> list[str]:
        return [one.message for one in self._wrongs(message)]

    async def send(self, message: EmailMessage, sending: Sending) -> SendResult:
        message = with_reply_address(message, sending)
        for flaw in self._wrongs(message):
            return SendResult(outcome="rejected", code=flaw.code, detail=flaw.message)
        now = datetime.now(UTC)
        if sending.not_after is not None and now > sending.not_after:
            return SendResult(outcome="rejected", code="delivery.expired")
        parameters = self._parameters(message, sending, now)
        try:
            answer = await self._ask(sending.tenant, sending.settings, "send_email", parameters)
        except Refused as error:
            return credentials(error) if error.code.startswith("secret.") else unanswered(error)
        except Ending as error:
            return unanswered(error)
        return settled(answer)

    async def find(self, message: EmailMessage, sending: Sending) -> SendResult | None:
        return None

    async def verify(self, callback: Callback, about: Asking) -> str | None:
        part = SecretPart(secret=str(about.settings.get("secret") or SECRET))
        secret = await asyncio.to_thread(self._vault.read, about.tenant, part)
        notifications = aws_notifications.of(self._egress, self._settings.delivery_timeout)
        doubt = await notifications.doubt(callback, aws_notifications.topics(secret))
        place = inbound.stored(callbacks.notified(callback)) if doubt is None else None
        if place is not None:
            await self._fetch(place, about, secret)
        return doubt

    def parse(self, callback: Callback, about: Asking) -> Heard:
        told = callbacks.notified(callback)
        if not inbound.is_mail(told):
            return callbacks.heard(callback)
        place = inbound.stored(told)
        return inbound.heard(callback, told, self._kept.pop(place, b"") if place else None)

    async def _fetch(self, place: inbound.Stored, about: Asking, secret: Json) -> None:
        """Have the beginning of the mail that is in a bucket, where its text is.

        Unavailable while S3 does not give it: SNS tells of it again.
        """
        access = Access.of(secret, str(about.settings.get("region") or REGION), None)
        asked = {"Bucket": place.bucket, "Key": place.key, "Range": f"bytes=0-{BEGINNING - 1}"}
        answer = await self._aws.call(access, "s3", "get_object", asked)
        if answer.error is None:
            self._kept[place] = answer.document["Body"].read()
        elif answer.status != 404:
            message = f"S3 answers {answer.status} {answer.error} for a mail that came in."
            raise Unavailable("egress.unreachable", message)

    async def _ask(
        self,
        tenant: str,
        settings: dict[str, Json],
        operation: str,
        parameters: dict[str, Any],
    ) -> Answer:
        given = settings.get("endpoint")
        endpoint = str(given) if given is not None else None
        forbidden = accepts(self._egress, endpoint) if endpoint else None
        if forbidden is not None:
            raise forbidden
        part = SecretPart(secret=str(settings.get("secret") or SECRET))
        region = str(settings.get("region") or REGION)
        access = Access.of(self._vault.read(tenant, part), region, endpoint)
        return await self._aws.call(access, "sesv2", operation, parameters)

    def _parameters(self, message: EmailMessage, sending: Sending, at: datetime) -> dict[str, Any]:
        mime = built(message, sender=self._sender(message), delivery=sending.delivery, at=at)
        parameters: dict[str, Any] = {
            "Destination": {"ToAddresses": [spelled(message.to.address)]},
            "Content": {"Raw": {"Data": encoded(mime, utf8=False)}},
        }
        if _TAG.fullmatch(sending.delivery):
            parameters["EmailTags"] = [{"Name": "delivery_id", "Value": sending.delivery}]
        if "configurationSet" in sending.settings:
            parameters["ConfigurationSetName"] = sending.settings["configurationSet"]
        return parameters

    def _wrongs(self, message: EmailMessage) -> list[Flaw]:
        sender = self._sender(message)
        return flaws(message, sender) or [*beyond_ascii(message, sender, "SES")]

    def _sender(self, message: EmailMessage) -> str:
        return message.sender or self._settings.mail_from or ""
