"""TLS to PostgreSQL, as the parameters of its URLs say that libpq's own users know."""

import ipaddress
import ssl

from sqlalchemy import URL

from symphainy.errors import Refused

__all__ = ["secured"]

MODES = ("disable", "verify-ca", "verify-full")
TLS = frozenset({"sslmode", "sslrootcert", "sslcert", "sslkey"})
KNOWN = TLS | {"application_name"}


def secured(url: URL) -> tuple[URL, ssl.SSLContext | None]:
    """`url` without what it says of TLS, and what that comes to; None for none.

    Where nothing is said, the server has to prove that it is the host of the URL, except on this
    machine. Refused `settings.invalid`.
    """
    said = {name: str(value) for name, value in url.query.items()}
    strange = sorted(said.keys() - KNOWN)
    if strange:
        raise _wrong(f"has `{strange[0]}`: {', '.join(sorted(KNOWN))} are known")
    mode = said.get("sslmode") or ("disable" if _here(url.host) else "verify-full")
    if mode not in MODES:
        # They go on in plaintext, or with whoever answers.
        raise _wrong(f"has sslmode={mode}: one of {', '.join(MODES)} is expected")
    left = url.difference_update_query(TLS)
    return left, None if mode == "disable" else _context(mode, said)


def _context(mode: str, said: dict[str, str]) -> ssl.SSLContext:
    root = said.get("sslrootcert")
    try:
        context = ssl.create_default_context(cafile=None if root in (None, "system") else root)
        if "sslcert" in said:
            context.load_cert_chain(said["sslcert"], said.get("sslkey"))
    except (OSError, ValueError) as error:
        raise _wrong(f"names certificates that cannot be read: {error}") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = mode == "verify-full"
    return context


def _here(host: str | None) -> bool:
    """Whether it is this machine: no name at all is a socket of its own."""
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address((host or "").strip("[]")).is_loopback
    except ValueError:
        return False


def _wrong(what: str) -> Refused:
    return Refused("settings.invalid", f"SYMPHAINY_DATABASE_URL {what}.")
