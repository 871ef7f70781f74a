"""Hands events out to the endpoints that want them, as Standard Webhooks."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta

from experience_adapters.rules.json import octets
from experience_adapters.signed_post import ATTEMPTS, PAUSES, post
from public_works import Settings, Stores
from public_works.egress import CLEARANCE, Egress
from public_works.events import Post
from public_works.periodic import every
from symphainy.delivery import Sending, SendResult
from symphainy.errors import Ending
from symphainy.json import Json
from temporal.gate.reaching import Reaching

__all__ = ["Posting", "posting"]

log = logging.getLogger("symphainy.posting")

EVERY = 1.0
AT_ONCE = 16
LEASE = timedelta(minutes=2)
"""How long an attempt is its process's alone; longer than any time-out."""
LONGEST = 60.0
ATTRIBUTES = ("type", "source", "id", "subject", "dataschema")


@dataclass(frozen=True, slots=True)
class Posting:
    """One look at what is to be handed out, and the attempts."""

    stores: Stores
    egress: Egress
    timeout: float
    reaching: Reaching

    async def look(self) -> int:
        """Make the attempts that are due; how many."""
        await asyncio.to_thread(self.stores.outcomes.tell)
        await asyncio.to_thread(self.stores.posts.fan_out)
        due = await asyncio.to_thread(self.stores.posts.due, LEASE)
        room = asyncio.Semaphore(AT_ONCE)

        async def one(it: Post) -> None:
            async with room:
                await self._attempt(it)

        await asyncio.gather(*map(one, due))
        return len(due)

    async def _attempt(self, it: Post) -> None:
        # No run decides on it: what tenant and platform say of places is asked on the way.
        CLEARANCE.set(self.reaching.of_tenant(it.tenant, channel="webhook"))
        try:
            secrets = await asyncio.to_thread(self.stores.webhooks.secrets, it.tenant, it.webhook)
            sending = Sending(
                delivery=it.id, tenant=it.tenant, run="", step="", attempt=it.tries + 1
            )
            limit = min(self.timeout, LONGEST)
            result = await post(self.egress, it.url, body_of(it), sending, secrets, timeout=limit)
        except Ending as ending:
            result = SendResult(outcome="rejected", code=ending.code, detail=ending.message)
        except Exception as error:
            # One that cannot even be tried keeps nobody from trying the others.
            log.exception("event %s is not sent to %s", it.seq, it.webhook)
            result = broken(error, it.tries + 1)
        await asyncio.to_thread(self._settle, it, result)

    def _settle(self, it: Post, result: SendResult) -> None:
        posts, why = self.stores.posts, f"{result.code or result.outcome}: {result.detail or ''}"
        if result.outcome == "accepted":
            posts.settle(it, "done")
        elif result.code == "delivery.endpoint-gone":
            # What comes later waits for somebody to enable it; this one it has refused.
            self.stores.webhooks.enable(it.tenant, it.webhook, False, f"the server answered {why}")
            posts.settle(it, "dead", why[:500])
        elif result.retry_after is not None:
            posts.again(it, result.retry_after, why[:500])
        else:
            posts.settle(it, "dead", why[:500])
        self.stores.telemetry.meters.posts.labels(result.outcome).inc()
        if result.outcome != "accepted":
            log.warning("event %s is not taken by %s: %s", it.seq, it.webhook, result.code)


def broken(error: Exception, attempt: int) -> SendResult:
    """What an attempt that was none comes to: it is made again, and given up in the end."""
    detail = f"the attempt could not be made: {type(error).__name__}"
    if attempt >= ATTEMPTS:
        return SendResult(outcome="rejected", code="delivery.exhausted", detail=detail)
    pause = PAUSES[attempt - 1]
    return SendResult(
        outcome="retryable", code="delivery.unreachable", detail=detail, retry_after=pause
    )


def body_of(it: Post) -> bytes:
    """The event as its endpoint gets it, the same at every attempt."""
    envelope: Mapping[str, Json] = it.envelope
    told = {name: envelope[name] for name in ATTRIBUTES if name in envelope}
    data = envelope.get("data", envelope.get("data_base64"))
    return octets({**told, "timestamp": envelope.get("time"), "seq": it.seq, "data": data})


def posting(
    stores: Stores, settings: Settings, egress: Egress | None = None
) -> AbstractAsyncContextManager[None]:
    """Hand events out while the body runs."""
    out = egress or Egress(settings.egress_allow)
    each = Posting(stores, out, settings.delivery_timeout, Reaching(stores))

    async def look() -> None:
        while await each.look():
            pass

    return every(EVERY, look, log, "events are not handed out")
