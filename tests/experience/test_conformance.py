"""The suite for adapters finds the faults it is there to find."""

from collections.abc import Awaitable, Callable

import pytest

from experience_adapters.smtp import SmtpEmail
from symphainy.conformance import AdapterCase, AdapterSuite
from symphainy.delivery import EmailMessage, Sending, SendResult
from tests.experience.conftest import settings_for
from tests.experience.test_adapters import SmtpCase
from tests.twins.smtp import SmtpTwin

SUITE = AdapterSuite()


class Eager(SmtpEmail):
    """Tries again by itself when it does not know."""

    async def send(self, message: EmailMessage, sending: Sending) -> SendResult:
        first = await super().send(message, sending)
        return await super().send(message, sending) if first.outcome == "unknown" else first


class Hopeful(SmtpEmail):
    """Takes silence for success."""

    async def send(self, message: EmailMessage, sending: Sending) -> SendResult:
        result = await super().send(message, sending)
        return result.model_copy(update={"outcome": result.outcome.replace("unknown", "accepted")})


class Knowing(SmtpEmail):
    """Says it has not, of what it cannot know."""

    async def find(self, message: EmailMessage, sending: Sending) -> SendResult | None:
        return SendResult(outcome="retryable")


class Lenient(SmtpEmail):
    """Lets the server find out."""

    def validate(self, message: EmailMessage) -> list[str]:
        return []


@pytest.mark.parametrize(
    ("kind", "test"),
    [
        (Eager, SUITE.test_a_connection_lost_late_leaves_it_unknown),
        (Hopeful, SUITE.test_silence_leaves_it_unknown),
        (Knowing, SUITE.test_it_does_not_find_what_was_never_sent),
        (Lenient, SUITE.test_what_it_refuses_to_send_it_says_beforehand),
    ],
)
async def test_a_faulty_adapter_does_not_pass(
    twin: SmtpTwin, kind: type[SmtpEmail], test: Callable[[AdapterCase], Awaitable[None]]
) -> None:
    case = SmtpCase(twin)
    case.adapter = kind(settings_for(twin))

    with pytest.raises(AssertionError):
        await test(case)
