"""What holds for every adapter."""
# ruff: noqa: S101 - this is a test suite, shipped

import re
from unittest import SkipTest

import jsonschema_rs

from symphainy.conformance.case import AdapterCase, Fault, Received, sending
from symphainy.delivery import Adapter, EmailMessage, Recipient

__all__ = ["AdapterSuite"]

_VERSION = re.compile(r"\d+\.\d+\.\d+")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class AdapterSuite:
    """Inherit it, and give it a fixture `case`."""

    def test_its_spec_can_be_shown_and_checked_against(self, case: AdapterCase) -> None:
        spec = case.adapter.spec

        assert isinstance(case.adapter, Adapter)
        assert _NAME.fullmatch(spec.name)
        assert _VERSION.fullmatch(spec.version)
        assert spec.summary.endswith(".")
        assert spec.description
        assert spec.settings.get("type") == "object"
        jsonschema_rs.meta.validate(spec.settings)

    def test_it_promises_exactly_once_only_with_a_key(self, case: AdapterCase) -> None:
        spec = case.adapter.spec

        assert spec.promise != "exactly once" or spec.keyed

    async def test_when_its_provider_is_there_nothing_is_missing(self, case: AdapterCase) -> None:
        assert await case.adapter.check() == []

    async def test_it_says_so_when_its_provider_is_not_there(self, case: AdapterCase) -> None:
        await _provoke(case, "unreachable")

        assert await case.adapter.check() != []

    async def test_a_message_is_accepted_and_named_as_the_provider_names_it(
        self, case: AdapterCase
    ) -> None:
        result = await case.adapter.send(case.message, sending("d-1"))

        assert result.outcome == "accepted"
        assert result.provider_id
        assert await case.received("d-1") == [_expected(case.message)]

    async def test_a_send_is_one_write(self, case: AdapterCase) -> None:
        await case.adapter.send(case.message, sending("d-1"))

        assert await case.writes() == 1

    async def test_a_message_in_many_scripts_arrives_as_it_left(self, case: AdapterCase) -> None:
        message = _in_many_scripts(case.message)

        assert case.adapter.validate(message) == []
        assert (await case.adapter.send(message, sending("d-1"))).outcome == "accepted"
        assert await case.received("d-1") == [_expected(message)]

    async def test_lines_of_a_single_dot_arrive(self, case: AdapterCase) -> None:
        message = case.message.model_copy(update={"text": "one\n.\n..\n.two\n", "html": None})

        await case.adapter.send(message, sending("d-1"))

        assert await case.received("d-1") == [_expected(message)]

    async def test_what_the_provider_refuses_is_rejected(self, case: AdapterCase) -> None:
        await _ends(case, "refused", outcome="rejected", kept=0)

    async def test_a_busy_provider_can_be_tried_again(self, case: AdapterCase) -> None:
        await _ends(case, "busy", outcome="retryable", kept=0)

    async def test_a_provider_out_of_reach_can_be_tried_again(self, case: AdapterCase) -> None:
        await _ends(case, "unreachable", outcome="retryable", kept=None)

    async def test_a_connection_lost_early_can_be_tried_again(self, case: AdapterCase) -> None:
        await _ends(case, "lost before", outcome="retryable", kept=0)

    async def test_a_connection_lost_late_leaves_it_unknown(self, case: AdapterCase) -> None:
        await _ends(case, "lost after", outcome="unknown", kept=1)

    async def test_silence_leaves_it_unknown(self, case: AdapterCase) -> None:
        await _ends(case, "silent after", outcome="unknown", kept=1)

    async def test_what_it_refuses_to_send_it_says_beforehand(self, case: AdapterCase) -> None:
        for message in _malformed(case.message):
            assert case.adapter.validate(message) != [], message
            result = await case.adapter.send(message, sending("d-1"))
            assert result.outcome == "rejected", message
            assert result.detail, message
        assert await case.writes() == 0

    async def test_it_finds_what_was_accepted(self, case: AdapterCase) -> None:
        sent = await case.adapter.send(case.message, sending("d-1"))
        found = await case.adapter.find(case.message, sending("d-1"))

        if not case.adapter.spec.finds:
            assert found is None
        else:
            assert found is not None
            assert (found.outcome, found.provider_id) == ("accepted", sent.provider_id)

    async def test_it_does_not_find_what_was_never_sent(self, case: AdapterCase) -> None:
        await case.adapter.send(case.message, sending("d-1"))
        found = await case.adapter.find(case.message, sending("d-2"))

        if not case.adapter.spec.finds:
            assert found is None
        else:
            assert found is not None
            assert found.outcome == "retryable"

    async def test_a_delivery_sent_again_is_one_message_where_there_is_a_key(
        self, case: AdapterCase
    ) -> None:
        first = await case.adapter.send(case.message, sending("d-1"))
        again = await case.adapter.send(case.message, sending("d-1", attempt=2))

        assert again.outcome == "accepted"
        if case.adapter.spec.keyed:
            assert again.provider_id == first.provider_id
        assert len(await case.received("d-1")) == (1 if case.adapter.spec.keyed else 2)


async def _provoke(case: AdapterCase, fault: Fault) -> None:
    if fault not in case.faults:
        raise SkipTest(f"the twin of {case.adapter.spec.name} cannot be told to be {fault!r}")
    await case.provoke(fault)


async def _ends(case: AdapterCase, fault: Fault, *, outcome: str, kept: int | None) -> None:
    before = await case.writes()
    await _provoke(case, fault)
    result = await case.adapter.send(case.message, sending("d-1"))

    assert result.outcome == outcome, result
    assert result.code, result
    # A twin out of reach cannot be looked into either.
    if kept is not None:
        assert len(await case.received("d-1")) == kept
        assert await case.writes() <= before + 1


def _expected(message: EmailMessage) -> Received:
    return Received(
        to=message.to.address, subject=message.subject, text=message.text, html=message.html
    )


def _in_many_scripts(message: EmailMessage) -> EmailMessage:
    words = "Grüße, Ελλάδα, Україна, 日本語, עברית, 🙂"
    return message.model_copy(
        update={
            "subject": f"{words} " * 5 + "!",
            "text": f"{words}\n" * 50,
            "html": f"<p>{words}</p>\n",
        }
    )


def _malformed(message: EmailMessage) -> list[EmailMessage]:
    """Messages that would smuggle headers or recipients in, or that nobody could read."""
    spoilt: list[dict[str, object]] = [
        {"subject": "Hello\r\nBcc: eve@example.com"},
        {"subject": "Hello\nthere"},
        {"subject": "Hello\u2028there"},
        {"sender": "a@example.com\r\nBcc: eve@example.com"},
        {"sender": "Acme\r\nBcc: eve@example.com <a@example.com>"},
        {"to": Recipient(address="ada@example.com\r\nRCPT TO:<eve@example.com>")},
        {"to": Recipient(address="ada@example.com, eve@example.com")},
        {"to": Recipient(address="ada@example.com> SIZE=1")},
        {"to": Recipient(address="nobody")},
        {"to": Recipient(address="")},
        {"headers": {"X-Note\r\nBcc": "eve@example.com"}},
        {"headers": {"X-Note": "1\r\nBcc: eve@example.com"}},
        {"headers": {"Bcc": "eve@example.com"}},
        {"headers": {"Content-Type": "text/html"}},
        {"text": "a\0b"},
        {"text": "\ud800"},
    ]
    return [message.model_copy(update=one) for one in spoilt]
