"""A provider's twin in a process of its own, as crash tests run it.

`python -m tests.twins.alone twilio --port N --state DIR --rates '{"kept drop": 0.12}' --seed 1`:
every message it keeps is a line of DIR/kept.jsonl, on disk before the answer leaves; DIR/port and
the first line of stdout tell the port.
"""

import argparse
import asyncio
import json
import signal
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.twins.provider import Provider

__all__ = ["main"]

TWINS = {
    "connect": "connect:ConnectTwin",
    "hubspot": "hubspot:HubSpotTwin",
    "jira": "jira:JiraTwin",
    "receiver": "receiver:ReceiverTwin",
    "salesforce": "salesforce:SalesforceTwin",
    "sendgrid": "sendgrid:SendGridTwin",
    "ses": "ses:SesTwin",
    "slack": "slack:SlackTwin",
    "sns": "sns:SnsTwin",
    "twilio": "twilio:TwilioTwin",
    "zendesk": "zendesk:ZendeskTwin",
}


def _kind(name: str) -> type[Provider]:
    module, _, kind = TWINS[name].partition(":")
    found: type[Provider] = getattr(import_module(f"tests.twins.{module}"), kind)
    return found


async def _run(kind: type[Provider], state: Path, **given: Any) -> None:
    state.mkdir(parents=True, exist_ok=True)
    stopped = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stopped.set)
    async with kind(state=state, **given) as twin:
        told = state / "port.new"
        told.write_text(str(twin.port))
        told.replace(state / "port")
        print(twin.port, flush=True)
        await stopped.wait()


def _rates(text: str) -> Mapping[str, float]:
    found: dict[str, float] = json.loads(text)
    return found


def main() -> None:
    """Run a twin until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.twins.alone")
    parser.add_argument("twin", choices=sorted(TWINS))
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--rates", type=_rates, default={})
    parser.add_argument("--seed", type=int, default=0)
    given = vars(parser.parse_args())
    asyncio.run(_run(_kind(given.pop("twin")), given.pop("state"), **given))


if __name__ == "__main__":
    main()
