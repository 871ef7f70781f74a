"""A twin on its own, as crash tests run it."""

import json
import signal
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from pathlib import Path

from experience_adapters.twilio import TwilioSms
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.conformance import sending
from tests.experience.conftest import TEXT_MESSAGE
from tests.twins.twilio import SECRET

ROOT = Path(__file__).parent.parent.parent
RATES = {"kept drop": 0.3, "429": 0.2}


async def test_what_it_keeps_is_on_disk_even_if_the_answer_is_dropped(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets" / "conformance"
    secrets.mkdir(parents=True)
    (secrets / "twilio").write_text(json.dumps(SECRET))
    options = ["--state", str(tmp_path), "--rates", json.dumps(RATES), "--seed", "1"]
    process = await create_subprocess_exec(
        sys.executable, "-m", "tests.twins.alone", "twilio", *options, stdout=PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    port = int(await process.stdout.readline())
    settings = Settings(home=tmp_path, public_base_url="https://hooks.acme.example")
    adapter = TwilioSms(settings, Egress(["127.0.0.1"]), Vault(settings))
    there: dict[str, object] = {"endpoint": f"http://127.0.0.1:{port}"}
    outcomes = {
        f"d-{n}": (await adapter.send(TEXT_MESSAGE, sending(f"d-{n}", settings=there))).outcome
        for n in range(20)
    }
    kept = [json.loads(line) for line in (tmp_path / "kept.jsonl").read_text().splitlines()]
    process.send_signal(signal.SIGTERM)

    assert set(outcomes.values()) == {"accepted", "unknown", "retryable"}
    assert [one["delivery"] for one in kept] == [
        name for name, outcome in outcomes.items() if outcome != "retryable"
    ]
    assert int((tmp_path / "port").read_text()) == port
    assert await process.wait() == 0
