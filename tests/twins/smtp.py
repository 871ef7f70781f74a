"""A mail server that keeps what it is given and fails as it is told.

`python -m tests.twins.smtp --port N --state DIR [--drop-rate 0.2 --seed 1]` runs it alone: every
mail it keeps is a line of DIR/mails.jsonl, on disk before the answer leaves; DIR/port and the
first line of stdout tell the port; a share of the mails is kept and then, instead of answered,
dropped.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import ssl
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

__all__ = ["Fault", "Kept", "SmtpTwin"]

Fault = Literal[
    "none",
    "greeting 554",
    "mail 451",
    "mail 530",
    "rcpt 451",
    "rcpt 550",
    "rcpt drop",
    "rcpt silence",
    "data 451",
    "data 554",
    "data drop",
    "content drop",
    "dot 451",
    "dot 552",
    "dot nonsense",
    "kept drop",
    "kept silence",
]
"""The command at which it fails, and how; `kept`: the mail was kept before."""

_TEXTS = {
    "451": "451 4.3.0 Try again later",
    "530": "530 5.7.0 Authentication required",
    "550": "550 5.1.1 User unknown",
    "552": "552 5.3.4 Message too big",
    "554": "554 5.7.1 Not accepted",
    "nonsense": "999 what",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail the server took responsibility for."""

    id: str
    delivery: str | None
    sender: str
    recipients: list[str]
    content: str
    """The mail as received; octets beyond ASCII are surrogate escapes."""
    at: str

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(
            self.content.encode("utf-8", "surrogateescape"), _class=EmailMessage, policy=default
        )
        assert isinstance(parsed, EmailMessage)
        return parsed

    def body(self, kind: Literal["plain", "html"]) -> str | None:
        """The part of that kind, decoded, with lines as Python has them, or None."""
        part = self.message.get_body((kind,))
        return None if part is None else str(part.get_content()).replace("\r\n", "\n")


@dataclass
class SmtpTwin:
    """The server; start and stop it inside one event loop."""

    state: Path | None = None
    drop_rate: float = 0.0
    seed: int = 0
    tls: ssl.SSLContext | None = None
    login: tuple[str, str] | None = None
    """The user name and password it asks for."""
    utf8: bool = True
    fault: Fault = "none"
    mails: list[Kept] = field(default_factory=list)
    connections: int = 0
    contents: int = 0
    """How often content began to arrive."""
    port: int = 0
    _server: asyncio.Server | None = None

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    async def __aenter__(self) -> "SmtpTwin":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen on `port`, or on a free one."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuse connections from now on."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def of(self, delivery: str) -> list[Kept]:
        """The mails kept of a delivery; more than one is a duplicate."""
        return [one for one in self.mails if one.delivery == delivery]

    def keep(self, envelope: Envelope) -> Kept:
        """Take responsibility for a mail."""
        octets = envelope.original_content or b""
        message = message_from_bytes(octets, policy=default)
        kept = Kept(
            id=f"{self._chance.getrandbits(48):012X}",
            delivery=message["X-Symphainy-Delivery"],
            sender=str(envelope.mail_from),
            recipients=[str(one) for one in envelope.rcpt_tos],
            content=octets.decode("utf-8", "surrogateescape"),
            at=datetime.now(UTC).isoformat(),
        )
        self.mails.append(kept)
        if self.state is not None:
            _write(self.state / "mails.jsonl", kept)
        return kept

    def fault_after(self) -> Fault:
        """What goes wrong after a mail was kept."""
        if self.fault == "none" and self._chance.random() < self.drop_rate:
            return "kept drop"
        return self.fault

    def _protocol(self) -> "_Protocol":
        self.connections += 1
        return _Protocol(self)


class _Protocol(SMTP):
    """One connection."""

    def __init__(self, twin: SmtpTwin) -> None:
        self._twin = twin
        super().__init__(
            self,
            enable_SMTPUTF8=twin.utf8,
            hostname="twin.example",
            ident="Symphainy twin",
            tls_context=twin.tls,
            require_starttls=twin.tls is not None,
            auth_required=twin.login is not None,
            auth_require_tls=False,
            authenticator=self._authenticate,
            loop=asyncio.get_running_loop(),
        )

    async def push(self, status: Any) -> None:
        if self._twin.fault == "greeting 554" and str(status).startswith("220 "):
            status = _TEXTS["554"]
        await super().push(status)

    async def smtp_MAIL(self, arg: str | None) -> None:
        await self._at("mail", arg, super().smtp_MAIL)

    async def smtp_RCPT(self, arg: str | None) -> None:
        await self._at("rcpt", arg, super().smtp_RCPT)

    async def smtp_DATA(self, arg: str) -> None:
        if self._twin.fault == "content drop":
            await self.push("354 Go ahead")
            await self._reader.readline()
            self._twin.contents += 1
            await self._vanish()
        await self._at("data", arg, super().smtp_DATA)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._twin.contents += 1
        if self._twin.fault.startswith("dot "):
            return _TEXTS[self._twin.fault.split()[1]]
        kept = self._twin.keep(envelope)
        fault = self._twin.fault_after()
        if fault == "kept drop":
            await self._vanish()
        if fault == "kept silence":
            await asyncio.Event().wait()
        return f"250 2.0.0 Ok: queued as {kept.id}"

    async def _at(self, command: str, arg: Any, obey: Callable[[Any], Any]) -> None:
        at, _, how = self._twin.fault.partition(" ")
        if at != command:
            await obey(arg)
        elif how == "drop":
            await self._vanish()
        elif how == "silence":
            await asyncio.Event().wait()
        else:
            await self.push(_TEXTS[how])

    async def _vanish(self) -> None:
        assert isinstance(self.transport, asyncio.WriteTransport)
        self.transport.abort()
        # Losing the connection cancels this.
        await asyncio.Event().wait()

    def _authenticate(self, *arguments: Any) -> AuthResult:
        given = arguments[-1]
        assert isinstance(given, LoginPassword)
        pair = given.login.decode(), given.password.decode()
        return AuthResult(success=pair == self._twin.login, handled=False)


def _write(file: Path, kept: Kept) -> None:
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(kept)) + "\n")
        lines.flush()
        os.fsync(lines.fileno())


async def _run(port: int, state: Path, drop_rate: float, seed: int) -> None:
    state.mkdir(parents=True, exist_ok=True)
    stopped = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stopped.set)
    async with SmtpTwin(state=state, drop_rate=drop_rate, seed=seed, port=port) as twin:
        told = state / "port.new"
        told.write_text(str(twin.port))
        told.replace(state / "port")
        print(twin.port, flush=True)
        await stopped.wait()


def main() -> None:
    """Run the twin alone until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tests.twins.smtp")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--drop-rate", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    asyncio.run(_run(given.port, given.state, given.drop_rate, given.seed))


if __name__ == "__main__":
    main()
