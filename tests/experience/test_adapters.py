"""Every adapter of ours, by the suite that authors of others use."""

import pytest

from experience_adapters.smtp import SmtpEmail
from symphainy.conformance import AdapterCase, AdapterSuite, Fault, Received
from tests.experience.conftest import MESSAGE, settings_for
from tests.twins.smtp import Fault as SmtpFault
from tests.twins.smtp import SmtpTwin

SMTP_FAULTS: dict[Fault, SmtpFault] = {
    "refused": "rcpt 550",
    "busy": "data 451",
    "lost before": "data drop",
    "lost after": "kept drop",
    "silent after": "kept silence",
}


class SmtpCase(AdapterCase):
    """The smtp adapter and a mail server."""

    message = MESSAGE
    faults = frozenset({*SMTP_FAULTS, "unreachable"})

    def __init__(self, twin: SmtpTwin) -> None:
        self.twin = twin
        self.adapter = SmtpEmail(settings_for(twin))

    async def provoke(self, fault: Fault) -> None:
        if fault == "unreachable":
            await self.twin.stop()
        else:
            self.twin.fault = SMTP_FAULTS[fault]

    async def received(self, delivery: str) -> list[Received]:
        return [
            Received(
                to=one.recipients[0],
                subject=one.message["Subject"],
                text=one.body("plain") or "",
                html=one.body("html"),
            )
            for one in self.twin.of(delivery)
        ]

    async def writes(self) -> int:
        return self.twin.contents


class TestSmtp(AdapterSuite):
    @pytest.fixture
    async def case(self, twin: SmtpTwin) -> SmtpCase:
        return SmtpCase(twin)
