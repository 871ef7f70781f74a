"""What SendGrid tells afterwards of the mails it took: signed, in batches, some of it twice."""

import asyncio
import http.client
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from symphainy.delivery import Callback
from tests.chaos.providers import TENANT, reads
from tests.crash.process import until
from tests.twins.signing import SendGridSigner

__all__ = ["Receipts"]

BATCH = 20


@dataclass
class Receipts:
    """The event webhook of the account."""

    folder: Path
    """That of the twin."""
    platform: str
    """The URL of the API."""
    signer: SendGridSigner = field(default_factory=SendGridSigner)
    told: int = 0
    """Of how many mails the platform has confirmed to know."""

    @asynccontextmanager
    async def telling(self) -> AsyncIterator[None]:
        """Tell while the body runs."""
        task = asyncio.create_task(self._tell())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def drained(self) -> None:
        """Wait until the platform knows all that was taken."""
        await until(lambda: self.told == len(self._kept()), "every receipt is taken", within=300)

    def _kept(self) -> list[Any]:
        return reads(self.folder, "kept.jsonl")

    async def _tell(self) -> None:
        while True:
            new = self._kept()[self.told :][:BATCH]
            if new and await asyncio.to_thread(self._posted, new):
                self.told += len(new)
            else:
                await asyncio.sleep(0.2)

    def _posted(self, mails: list[Any]) -> bool:
        """Whether the platform said it has them; SendGrid goes on until it does."""
        url = f"{self.platform}/v1/hooks/sendgrid/reach?t={TENANT}&c=email"
        events = [event for mail in mails for event in _events(mail)]
        callback = self.signer.post(url, (json.dumps([*events, events[0]]) + "\r\n").encode())
        try:
            return _status(callback) == 200
        except OSError:
            return False


def _events(mail: Any) -> list[dict[str, Any]]:
    """The later first: webhooks keep no order."""
    about = {
        "email": mail["document"]["personalizations"][0]["to"][0]["email"],
        "sg_message_id": f"{mail['id']}.filter0001.0",
        "delivery_id": mail["delivery"],
        "timestamp": int(datetime.now(UTC).timestamp()),
    }
    kinds = ("delivered", "processed")
    return [{**about, "event": one, "sg_event_id": f"{one}-{mail['id']}"} for one in kinds]


def _status(callback: Callback) -> int:
    parts = urlsplit(callback.url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        path = f"{parts.path}?{parts.query}"
        connection.request(callback.method, path, callback.body, dict(callback.headers))
        return connection.getresponse().status
    except http.client.HTTPException:
        return 0
    finally:
        connection.close()
