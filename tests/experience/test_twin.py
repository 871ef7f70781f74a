"""The mail server twin on its own, as the crash test runs it."""

import json
import signal
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from pathlib import Path

from experience_adapters.smtp import SmtpEmail
from public_works.settings import Settings
from symphainy.conformance import sending
from symphainy.delivery import EmailMessage

ROOT = Path(__file__).parent.parent.parent


async def test_every_mail_is_on_disk_before_its_answer_even_if_the_answer_is_dropped(
    tmp_path: Path, message: EmailMessage
) -> None:
    options = ["--port", "0", "--state", str(tmp_path), "--drop-rate", "0.5", "--seed", "1"]
    process = await create_subprocess_exec(
        sys.executable, "-m", "tests.twins.smtp", *options, stdout=PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    port = int(await process.stdout.readline())
    adapter = SmtpEmail(
        Settings(smtp_host="127.0.0.1", smtp_port=port, smtp_tls="none", smtp_timeout=20.0)
    )
    outcomes = {f"d-{n}": (await adapter.send(message, sending(f"d-{n}"))) for n in range(20)}
    kept = [json.loads(line) for line in (tmp_path / "mails.jsonl").read_text().splitlines()]
    process.send_signal(signal.SIGTERM)

    assert {one.outcome for one in outcomes.values()} == {"accepted", "unknown"}
    assert [one["delivery"] for one in kept] == list(outcomes)
    assert int((tmp_path / "port").read_text()) == port
    assert await process.wait() == 0
