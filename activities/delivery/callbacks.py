"""What providers tell and people write, believed only when it is proven."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from temporalio import activity

from activities.delivery.receipts import Receipts, went_by
from activities.delivery.replies import Replies
from experience_adapters.registry import Registry
from public_works import Settings, Stores
from public_works.callbacks import SecurityKind
from symphainy.delivery import Adapter, Asking, Callback, Heard, Receiving
from symphainy.errors import Refused, Unavailable, Unsure
from symphainy.json import Json
from symphainy.plan import Experience
from temporal.callbacks import ACTIVITY, Said, Seen
from temporal.gate.activity import asking
from temporal.plans import Plans
from temporal.sessions import Sessions

__all__ = ["CallbackReader"]

log = logging.getLogger("symphainy.callbacks")

TRIED = timedelta(days=1)
"""As long as a provider makes the same request again because it heard no answer."""
Doubt = tuple[SecurityKind, str]


class CallbackReader:
    """The activity `gate.callback`: verify, keep, tell the run, answer.

    However often it is attempted, and however often the provider calls, everything happens once.
    """

    def __init__(
        self,
        stores: Stores,
        plans: Plans,
        adapters: Registry,
        settings: Settings,
        services: Mapping[type, Any],
        receipts: Receipts,
        sessions: Sessions,
    ) -> None:
        self._stores = stores
        self._plans = plans
        self._adapters = adapters
        self._settings = settings
        self._services = services
        self._receipts = receipts
        self._replies = Replies(stores, receipts, sessions, settings.environment)

    def activity(self) -> Callable[..., Any]:
        """What a worker registers."""

        @activity.defn(name=ACTIVITY)
        async def callback(wire: dict[str, Json]) -> dict[str, Json]:
            seen, context = Seen.model_validate(wire), asking.get()
            if (seen.tenant, f"callback|{seen.id}") != (context.tenant, context.intent):
                raise Refused("context.misplaced", "the context is that of another callback")
            said: dict[str, Json] = (await self.read(seen)).model_dump(mode="json")
            return said

        return callback

    async def read(self, seen: Seen) -> Said:
        """What the provider is answered, once what it tells is kept."""
        found = self._adapter(seen)
        if found is None:
            return Said(status=404)
        adapter, recalls = found
        callback = seen.callback
        about = await asyncio.to_thread(self._about, seen, recalls)
        doubt = await self._doubt(adapter, callback, about) or await self._replayed(seen)
        if doubt is not None:
            return await self._refused(seen, *doubt)
        heard = _heard(adapter, callback, about)
        if heard is None:
            return Said(status=400)
        for receipt in heard.receipts:
            await self._receipts.take(seen, about, receipt)
        for message in heard.inbound:
            await self._replies.take(seen, message)
        answer = heard.answer
        return Said(status=answer.status, media_type=answer.media_type, body=answer.body)

    def _adapter(self, seen: Seen) -> tuple[Receiving, bool] | None:
        """The adapter, if it receives, and whether it recalls what was sent."""
        try:
            found: Adapter[Any] = self._adapters.make(seen.channel, seen.adapter, self._services)
        except Refused:
            return None
        spec = found.spec
        return (found, spec.recalls) if spec.receives and isinstance(found, Receiving) else None

    def _about(self, seen: Seen, recalls: bool) -> Asking:
        record = message = None
        if seen.delivery is not None:
            found = self._stores.ledger.get(seen.tenant, seen.delivery)
            record = found if found is not None and went_by(found, seen) else None
        if record is not None and recalls:
            message = self._stores.recalled.get(seen.tenant, record.id)
        plan = record.plan if record is not None else self._deployed(seen)
        bound = self._bound(plan, seen)
        return Asking(
            tenant=seen.tenant,
            channel=seen.channel,
            binding=seen.binding,
            settings=bound.settings if bound is not None else {},
            delivery=record.id if record is not None else None,
            message=message,
        )

    def _deployed(self, seen: Seen) -> str | None:
        if seen.solution is None:
            return None
        definitions, environment = self._stores.definitions, self._settings.environment
        found = definitions.deployed(seen.tenant, seen.solution, environment)
        return found.plan_digest if found is not None else None

    def _bound(self, plan: str | None, seen: Seen) -> Experience | None:
        """The experience that the callback is for, if it is this adapter's."""
        if plan is None:
            return None
        try:
            bound = self._plans.get(plan).experiences.get(seen.binding)
        except Refused:
            return None
        mine = bound is not None and (bound.channel, bound.adapter) == (seen.channel, seen.adapter)
        return bound if mine else None

    async def _doubt(self, adapter: Receiving, callback: Callback, about: Asking) -> Doubt | None:
        try:
            reason = await adapter.verify(callback, about)
        except (Unavailable, Unsure):
            raise
        except Refused as refused:
            kind: SecurityKind = "callback.forged"
            if refused.code.startswith("secret."):
                kind = "callback.unproven"
                log.warning("callbacks of %s cannot be checked: %s", about.binding, refused.message)
            return kind, refused.message
        except Exception:
            # Whatever a stranger sends, and whatever an adapter makes of it, proves nothing.
            log.exception("a callback for %s cannot be verified", about.binding)
            return "callback.forged", "it cannot be read"
        return ("callback.forged", reason) if reason is not None else None

    async def _replayed(self, seen: Seen) -> Doubt | None:
        callbacks = self._stores.callbacks
        first = await asyncio.to_thread(callbacks.seen, seen.tenant, seen.id, seen.at)
        if seen.at - first <= TRIED:
            return None
        return "callback.replayed", f"it was heard before, on {first:%Y-%m-%d}"

    async def _refused(self, seen: Seen, kind: SecurityKind, reason: str) -> Said:
        log.warning("a callback for %s is not believed: %s", seen.binding, reason)
        await asyncio.to_thread(
            self._stores.callbacks.doubted,
            seen.tenant,
            kind,
            adapter=seen.adapter,
            binding=seen.binding,
            reason=reason[:300],
            source=seen.source,
        )
        return Said(status=401, believed=False)


def _heard(adapter: Receiving, callback: Callback, about: Asking) -> Heard | None:
    try:
        return adapter.parse(callback, about)
    except Exception:
        # It is the provider's, so the fault is the adapter's; the provider may tell it again.
        log.exception("what a provider tells of %s cannot be read", about.binding)
        return None
