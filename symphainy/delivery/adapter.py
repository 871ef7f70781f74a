"""What an adapter is asked to do."""

from typing import Any, Protocol, runtime_checkable

from symphainy.catalog import AdapterSpec
from symphainy.delivery.messages import M_contra
from symphainy.delivery.receipts import Asking, Callback, Heard
from symphainy.delivery.sending import Sending, SendResult

__all__ = ["Adapter", "AdapterFactory", "Canceling", "Receiving"]


@runtime_checkable
class Adapter(Protocol[M_contra]):
    """Reaches people on one channel through one vendor, with the messages of that channel.

    `send` makes at most one write on the wire and never retries: Temporal is the only retry
    loop, the ledger the only memory. Provider outcomes are returned, not raised.
    """

    spec: AdapterSpec

    async def check(self) -> list[str]:
        """What is missing before it can send; empty when ready."""
        ...

    def validate(self, message: M_contra) -> list[str]:
        """What the provider would refuse in `message`; pure."""
        ...

    async def send(self, message: M_contra, sending: Sending) -> SendResult:
        """Put `message` on the wire once."""
        ...

    async def find(self, message: M_contra, sending: Sending) -> SendResult | None:
        """Ask the provider whether it has the delivery; None when it cannot be asked.

        accepted: it has it. retryable: it certainly has not. unknown: it cannot tell yet.
        """
        ...


@runtime_checkable
class Receiving(Protocol):
    """An adapter whose provider calls back; its spec says `receives`."""

    async def verify(self, callback: Callback, about: Asking) -> str | None:
        """Why the callback is not genuine, or None: it is signed by the provider, for this
        platform, now. Raises Refused("secret.missing") where there is nothing to check with."""
        ...

    def parse(self, callback: Callback, about: Asking) -> Heard:
        """What a genuine callback says; pure, and nothing for what cannot be read."""
        ...


@runtime_checkable
class Canceling(Protocol[M_contra]):
    """An adapter that can take back what did not happen yet; its spec says `cancels`."""

    async def cancel(self, message: M_contra, sending: Sending, provider_id: str) -> SendResult:
        """Ask the provider not to do it any more.

        accepted: it will not. rejected: it has already. unknown: it did not say.
        """
        ...


class AdapterFactory(Protocol):
    """What an entry point of `symphainy.adapters` offers: a spec and a way to make the adapter."""

    spec: AdapterSpec

    def make(self, services: "dict[type, object]") -> Adapter[Any]:
        """The adapter, given the worker's services (settings, stores) by type."""
        ...
