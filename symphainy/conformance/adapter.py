"""What holds for every adapter."""
# ruff: noqa: S101 - this is a test suite, shipped

import re
from unittest import SkipTest

import jsonschema_rs

from symphainy.conformance import specimens
from symphainy.conformance.case import AdapterCase, Fault
from symphainy.delivery import Adapter

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
        assert spec.setup, "nobody is told what to set up at the vendor"
        assert {outcome for _, outcome, _ in spec.said} >= {"accepted", "rejected"}
        assert spec.settings.get("type") == "object"
        jsonschema_rs.meta.validate(spec.settings)

    def test_it_serves_the_channel_of_its_messages(self, case: AdapterCase) -> None:
        assert case.adapter.spec.channel == case.message.channel

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
        result = await case.adapter.send(case.message, case.sending("d-1"))

        assert result.outcome == "accepted"
        assert result.provider_id
        assert await case.received("d-1") == [specimens.expected(case.message)]

    async def test_a_send_is_one_write(self, case: AdapterCase) -> None:
        await case.adapter.send(case.message, case.sending("d-1"))

        assert await case.writes() == 1

    async def test_a_message_in_many_scripts_arrives_as_it_left(self, case: AdapterCase) -> None:
        message = specimens.in_many_scripts(case.message)

        assert case.adapter.validate(message) == []
        assert (await case.adapter.send(message, case.sending("d-1"))).outcome == "accepted"
        assert await case.received("d-1") == [specimens.expected(message)]

    async def test_lines_of_a_single_dot_arrive(self, case: AdapterCase) -> None:
        message = specimens.of_dots(case.message)

        await case.adapter.send(message, case.sending("d-1"))

        assert await case.received("d-1") == [specimens.expected(message)]

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

    async def test_an_answer_that_proves_nothing_leaves_it_unknown(self, case: AdapterCase) -> None:
        await _ends(case, "failed after", outcome="unknown", kept=1)

    async def test_what_it_refuses_to_send_it_says_beforehand(self, case: AdapterCase) -> None:
        for message in specimens.malformed(case.message):
            assert case.adapter.validate(message) != [], message
            result = await case.adapter.send(message, case.sending("d-1"))
            assert result.outcome == "rejected", message
            assert result.detail, message
        assert await case.writes() == 0

    async def test_it_finds_what_was_accepted(self, case: AdapterCase) -> None:
        sent = await case.adapter.send(case.message, case.sending("d-1"))
        found = await case.adapter.find(case.message, case.sending("d-1"))

        if not case.adapter.spec.finds:
            assert found is None
        else:
            assert found is not None
            assert (found.outcome, found.provider_id) == ("accepted", sent.provider_id)

    async def test_it_does_not_find_what_was_never_sent(self, case: AdapterCase) -> None:
        """Also where the provider can only be asked for what a message says, and has the same
        message to the same address for another delivery."""
        sent = await case.adapter.send(case.message, case.sending("d-1"))
        others = frozenset({sent.provider_id or ""})
        found = await case.adapter.find(case.message, case.sending("d-2", others=others))

        if not case.adapter.spec.finds:
            assert found is None
        else:
            assert found is not None
            assert found.outcome == ("accepted" if case.repeatable else "retryable")

    async def test_it_finds_what_was_taken_and_never_answered(self, case: AdapterCase) -> None:
        await _provoke(case, "lost after")
        await case.adapter.send(case.message, case.sending("d-1"))
        found = await case.adapter.find(case.message, case.sending("d-1"))

        if not case.adapter.spec.finds:
            assert found is None
        else:
            assert found is not None
            assert found.outcome == "accepted"
            assert found.provider_id

    async def test_a_provider_that_cannot_be_asked_leaves_it_unknown(
        self, case: AdapterCase
    ) -> None:
        await _provoke(case, "unreachable")
        found = await case.adapter.find(case.message, case.sending("d-1"))

        if not case.adapter.spec.finds:
            assert found is None
        else:
            assert found is not None
            assert found.outcome == "unknown"

    async def test_a_delivery_sent_again_is_one_message_where_there_is_a_key(
        self, case: AdapterCase
    ) -> None:
        first = await case.adapter.send(case.message, case.sending("d-1"))
        again = await case.adapter.send(case.message, case.sending("d-1", attempt=2))

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
    result = await case.adapter.send(case.message, case.sending("d-1"))

    assert result.outcome == outcome, result
    assert result.code, result
    # A twin out of reach cannot be looked into either.
    if kept is not None:
        assert len(await case.received("d-1")) == kept
        assert await case.writes() <= before + 1
