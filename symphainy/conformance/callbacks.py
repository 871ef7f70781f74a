"""What holds for every adapter whose provider calls back."""
# ruff: noqa: S101 - this is a test suite, shipped

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import Any
from unittest import SkipTest

from symphainy.delivery import Asking, Callback, DeliveryEvent, Heard, Receiving
from symphainy.errors import Refused

__all__ = ["CallbackCase", "CallbackSuite"]

JUNK = (b"", b"\0\xff", b"{", b"[]", b"{}", b"null", b'[{"a":1}]', b"a=b&c", b"[" * 10_000)


class CallbackCase(ABC):
    """One adapter, and a twin of its provider that signs what it tells."""

    adapter: Any
    """An adapter that is `Receiving`."""
    about: Asking
    """Whom the callbacks are about, with the settings that name the secrets to check with."""
    events: tuple[DeliveryEvent, ...]
    """What the provider can tell."""
    dated: bool = True
    """Whether a signature says when it was made."""
    whole: bool = True
    """Whether every octet of the body is signed, and not only what it says."""

    @abstractmethod
    def told(self, event: DeliveryEvent, delivery: str) -> Callback:
        """The provider's callback of that event of a delivery, now, for the first time; the same
        delivery and event again is told again, with a signature made again."""


class CallbackSuite:
    """Inherit it, and give it a fixture `callbacks`."""

    def test_it_receives(self, callbacks: CallbackCase) -> None:
        assert callbacks.adapter.spec.receives
        assert isinstance(callbacks.adapter, Receiving)

    async def test_what_the_provider_tells_is_believed(self, callbacks: CallbackCase) -> None:
        for event in callbacks.events:
            callback = callbacks.told(event, "d-1")
            assert await callbacks.adapter.verify(callback, callbacks.about) is None

    async def test_other_words_are_not_believed(self, callbacks: CallbackCase) -> None:
        callback = callbacks.told(callbacks.events[0], "d-1")
        others = [b"x" + callback.body, callback.body[:-1] + b"\0", b""]
        for other in (*others, callback.body + b" ") if callbacks.whole else others:
            if other != callback.body:
                await _doubted(callbacks, callback.model_copy(update={"body": other}))

    async def test_words_without_a_signature_are_not_believed(
        self, callbacks: CallbackCase
    ) -> None:
        callback = callbacks.told(callbacks.events[0], "d-1")
        for spoilt in ("", "x", "é", "v1,", "v1,AAAA", "====", "A" * 5_000, "t=1,v1=0"):
            headers = {
                name: spoilt if "sign" in name or name == "authorization" else value
                for name, value in callback.headers.items()
            }
            if headers != callback.headers:
                await _doubted(callbacks, callback.model_copy(update={"headers": headers}))
        if any("sign" in name or name == "authorization" for name in callback.headers):
            await _doubted(callbacks, callback.model_copy(update={"headers": {}}))

    async def test_words_of_long_ago_are_not_believed(self, callbacks: CallbackCase) -> None:
        if not callbacks.dated:
            raise SkipTest("the provider's signature does not say when it was made")
        callback = callbacks.told(callbacks.events[0], "d-1")
        for far in (timedelta(hours=2), timedelta(days=400), -timedelta(hours=2)):
            await _doubted(callbacks, callback.model_copy(update={"at": callback.at + far}))

    async def test_words_for_somebody_else_are_not_believed(self, callbacks: CallbackCase) -> None:
        """A secret that the tenant does not have is no reason to believe."""
        callback = callbacks.told(callbacks.events[0], "d-1")
        about = callbacks.about.model_copy(update={"tenant": "somebody-else"})
        try:
            assert await callbacks.adapter.verify(callback, about) is not None
        except Refused as error:
            assert error.code.startswith("secret."), error  # noqa: PT017

    async def test_each_event_is_that_of_its_delivery(self, callbacks: CallbackCase) -> None:
        for event in callbacks.events:
            heard = _heard(callbacks, callbacks.told(event, "d-1"))
            told = [(one.event, one.delivery or callbacks.about.delivery) for one in heard.receipts]
            assert (event, "d-1") in told, told

    async def test_what_is_told_twice_is_known_again(self, callbacks: CallbackCase) -> None:
        for event in callbacks.events:
            first = _heard(callbacks, callbacks.told(event, "d-1")).receipts
            again = _heard(callbacks, callbacks.told(event, "d-1")).receipts
            assert [_identity(one) for one in first] == [_identity(one) for one in again]

    async def test_what_cannot_be_read_says_nothing(self, callbacks: CallbackCase) -> None:
        callback = callbacks.told(callbacks.events[0], "d-1")
        for body in JUNK:
            heard = _heard(callbacks, callback.model_copy(update={"body": body}))
            assert heard.inbound == ()


def _heard(callbacks: CallbackCase, callback: Callback) -> Heard:
    heard = callbacks.adapter.parse(callback, callbacks.about)
    assert isinstance(heard, Heard)
    return heard


def _identity(receipt: Any) -> tuple[object, ...]:
    return receipt.event, receipt.provider_id, receipt.dedupe or receipt.at


async def _doubted(callbacks: CallbackCase, callback: Callback) -> None:
    assert await callbacks.adapter.verify(callback, callbacks.about) is not None, callback
