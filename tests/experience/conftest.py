"""Adapters with their twins."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from experience_adapters.smtp import SmtpEmail
from public_works.database import Database
from public_works.settings import Settings
from symphainy.delivery import EmailMessage, Recipient, SmsMessage
from tests.twins.smtp import SmtpTwin

pytest.register_assert_rewrite("symphainy.conformance.adapter")

MESSAGE = EmailMessage(
    to=Recipient(address="ada@example.com", customer="c-1"),
    sender="Acme Billing <billing@acme.example>",
    subject="Invoice 7 is due",
    text="Dear Ada,\n\ninvoice 7 is due.\n",
    html="<p>Dear Ada,</p>\n<p>invoice 7 is due.</p>\n",
)

TEXT_MESSAGE = SmsMessage(
    to=Recipient(address="+4366012345678", customer="c-1"),
    sender="+15005550006",
    text="Hello Ada, invoice 7 is due. Acme",
)


@pytest.fixture(autouse=True)
def patience(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a provider says nothing, a test waits no longer than it has to; everywhere else nobody
    gives up because the machine is slow."""
    if "silence" in request.node.name:
        for name in ("DELIVERY_TIMEOUT", "SMTP_TIMEOUT"):
            monkeypatch.setenv(f"SYMPHAINY_{name}", "1")


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with every table and no rows, to be copied: making one takes longer than most
    tests."""
    file = tmp_path_factory.mktemp("migrated") / "symphainy.db"
    one = Database(f"sqlite:///{file}")
    one.migrate()
    one.dispose()
    assert [*file.parent.iterdir()] == [file]
    return file


@pytest.fixture
def database(migrated: Path, tmp_path: Path) -> Iterator[Database]:
    """A database of the test's own."""
    one = Database(f"sqlite:///{shutil.copy(migrated, tmp_path)}")
    yield one
    one.dispose()


@pytest.fixture
def message() -> EmailMessage:
    return MESSAGE


@pytest.fixture
async def twin() -> AsyncIterator[SmtpTwin]:
    async with SmtpTwin() as one:
        yield one


@pytest.fixture
def smtp(twin: SmtpTwin) -> SmtpEmail:
    return SmtpEmail(settings_for(twin))


def settings_for(twin: SmtpTwin, **more: object) -> Settings:
    known: dict[str, object] = {
        "smtp_host": "localhost",
        "smtp_port": twin.port,
        "smtp_tls": "none",
        "mail_from": "Acme Billing <billing@acme.example>",
    }
    return Settings(**{**known, **more})
