"""Somebody else's mail adapters, installed as one does: two letter boxes made of files.

While there is a file `stop` in the folder CRASH_BOX, a letter whose text is one of their moments
stops them there until they are killed; `at/<delivery>` says so. A letter with the text `no answer`
is taken, and never answered for.
"""

import asyncio
import os
from pathlib import Path
from typing import Any

from symphainy.catalog import AdapterSpec
from symphainy.delivery import AdapterFactory, EmailMessage, Sending, SendResult

__all__ = ["ADAPTERS", "letters", "stopped"]


def letters(box: Path, delivery: str) -> int:
    """How many letters of that delivery were put in."""
    file = box / "letters" / delivery
    return len(file.read_text().splitlines()) if file.exists() else 0


def stopped(box: Path) -> int:
    """How many deliveries are stopped."""
    return len(list(box.glob("at/*")))


class LetterBox:
    """Takes every letter it is given, twice if given twice."""

    def __init__(self, spec: AdapterSpec, box: Path) -> None:
        self.spec = spec
        self._box = box

    async def check(self) -> list[str]:
        return []

    def validate(self, message: EmailMessage) -> list[str]:
        return []

    async def send(self, message: EmailMessage, sending: Sending) -> SendResult:
        await self._moment("before the write", message, sending)
        _append(self._box / "letters" / sending.delivery, message.subject)
        await self._moment("after the write", message, sending)
        if message.text == "no answer":
            return SendResult(outcome="unknown")
        return SendResult(outcome="accepted", provider_id=sending.delivery)

    async def find(self, message: EmailMessage, sending: Sending) -> SendResult | None:
        if not self.spec.finds:
            return None
        found = letters(self._box, sending.delivery)
        return SendResult(outcome="accepted" if found else "retryable")

    async def _moment(self, name: str, message: EmailMessage, sending: Sending) -> None:
        if (self._box / "stop").exists() and message.text == name:
            _append(self._box / "at" / sending.delivery, name)
            await asyncio.Event().wait()


class _Factory:
    def __init__(self, name: str, *, finds: bool) -> None:
        self.spec = AdapterSpec(
            name=name,
            channel="email",
            version="1.0.0",
            summary="A letter box.",
            description="A letter box that may stop at a moment of its work.",
            settings={"type": "object"},
            promise="at most once",
            finds=finds,
            reconcile_seconds=0.0,
        )

    def make(self, services: dict[type, Any]) -> LetterBox:
        return LetterBox(self.spec, Path(os.environ["CRASH_BOX"]))


def _append(file: Path, line: str) -> None:
    file.parent.mkdir(exist_ok=True)
    with file.open("a") as out:
        out.write(line + "\n")
        out.flush()
        os.fsync(out.fileno())


ADAPTERS: tuple[AdapterFactory, ...] = (
    _Factory("mute-box", finds=False),
    _Factory("open-box", finds=True),
)
