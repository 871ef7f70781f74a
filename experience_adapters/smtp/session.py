"""One SMTP conversation that says which part of it went wrong."""

import re
from types import TracebackType

from aiosmtplib import SMTP, SMTPException, SMTPHeloError, SMTPNotSupported, SMTPResponse
from aiosmtplib.errors import SMTPDataError, SMTPServerDisconnected

from public_works.settings import Settings

__all__ = ["Session"]

_DOT = re.compile(rb"(?m)^\.")
_GO_AHEAD = 354
_GOODBYE = 1.0


class Session:
    """A connection to the mail server for one mail, closed on leaving the context.

    The content is handed over apart from the envelope because only what comes after its first
    octet is open to doubt; the library's own `send` does not tell the two apart.
    """

    def __init__(self, settings: Settings, *, hostname: str) -> None:
        password = settings.smtp_password
        self._client = SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username,
            password=password.get_secret_value() if password else None,
            local_hostname=hostname,
            timeout=settings.smtp_timeout,
            use_tls=settings.smtp_tls == "tls",
            start_tls=settings.smtp_tls == "starttls",
        )
        self._timeout = settings.smtp_timeout

    async def __aenter__(self) -> "Session":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    async def connect(self) -> None:
        """Connect, encrypt, log in and learn what the server can."""
        await self._client.connect()
        if self._client.is_ehlo_or_helo_needed:
            try:
                await self._client.ehlo()
            except SMTPHeloError:
                await self._client.helo()

    async def envelope(self, sender: str, recipient: str, *, utf8: bool, size: int) -> None:
        """Say from whom, to whom and how large, and get the server's go-ahead for the content."""
        encoding = "utf-8" if utf8 else "ascii"
        options = self._options(utf8=utf8, size=size)
        await self._client.mail(sender, options=options, encoding=encoding)
        await self._client.rcpt(recipient, encoding=encoding)
        answer = await self._client.execute_command(b"DATA")
        if answer.code != _GO_AHEAD:
            raise SMTPDataError(answer.code, answer.message)

    async def content(self, octets: bytes) -> SMTPResponse:
        """Send the mail itself, and get the server's answer to it, whatever it is."""
        protocol = self._client.protocol
        if protocol is None:
            raise SMTPServerDisconnected("the connection was lost")
        protocol.write(_DOT.sub(b"..", octets) + b".\r\n")
        return await protocol.read_response(timeout=self._timeout)

    async def quit(self) -> None:
        """Part politely; how the server takes it does not matter any more."""
        try:
            await self._client.quit(timeout=_GOODBYE)
        except (SMTPException, OSError):
            return

    def _options(self, *, utf8: bool, size: int) -> list[str]:
        options = [f"SIZE={size}"] if self._client.supports_extension("size") else []
        if not utf8:
            return options
        if not self._client.supports_extension("smtputf8"):
            raise SMTPNotSupported("the mail server takes ASCII addresses only (no SMTPUTF8)")
        return [*options, "SMTPUTF8", "BODY=8BITMIME"]
