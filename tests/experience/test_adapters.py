"""Every adapter of ours, by the suite that authors of others use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from experience_adapters.sandbox import SandboxEmail, SandboxSms
from experience_adapters.smtp import SmtpEmail
from public_works.database import Database
from public_works.outbox import Outbox
from symphainy.conformance import AdapterCase, AdapterSuite, Fault, Received
from symphainy.delivery import Message
from tests.experience.conftest import MESSAGE, TEXT_MESSAGE, settings_for
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


class SandboxCase(AdapterCase):
    """The sandbox of a channel, and an outbox."""

    faults = frozenset({"unreachable"})

    def __init__(self, database: Database, message: Message) -> None:
        self.database = database
        self.outbox = Outbox(database)
        self.message = message
        sandboxes = {"email": SandboxEmail, "sms": SandboxSms}
        self.adapter = sandboxes[message.channel](self.outbox)

    async def provoke(self, fault: Fault) -> None:
        with self.database.session() as session:
            session.connection().execute(text("ALTER TABLE outbox_message RENAME TO elsewhere"))

    async def received(self, delivery: str) -> list[Received]:
        kept = [one for one in self.outbox.list("conformance") if one.delivery == delivery]
        return [Received(one.to, one.subject or None, one.text, one.html) for one in kept]

    async def writes(self) -> int:
        return len(self.outbox.list("conformance"))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    one = Database(f"sqlite:///{tmp_path / 'outbox.db'}")
    one.migrate()
    yield one
    one.dispose()


class TestSandboxOfMails(AdapterSuite):
    @pytest.fixture
    async def case(self, database: Database) -> SandboxCase:
        return SandboxCase(database, MESSAGE)


class TestSandboxOfTextMessages(AdapterSuite):
    @pytest.fixture
    async def case(self, database: Database) -> SandboxCase:
        return SandboxCase(database, TEXT_MESSAGE)
