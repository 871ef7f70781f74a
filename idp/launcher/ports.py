"""Ports that are free now."""

import secrets
import socket

__all__ = ["LOOPBACK", "choose", "is_free"]

LOOPBACK = "127.0.0.1"
OURS = range(15_000, 30_000)
"""Systems give others to who asks for any: nobody has one of these by chance before it is used."""
TRIES = 100


def choose(wanted: int, taken: frozenset[int] = frozenset()) -> int:
    """`wanted` if nobody listens there, else any that is free and not among `taken`."""
    for port in (wanted, *secrets.SystemRandom().sample(OURS, TRIES)):
        if port and port not in taken and is_free(port):
            return port
    while True:
        with socket.socket() as one:
            one.bind((LOOPBACK, 0))
            port = int(one.getsockname()[1])
        if port not in taken:
            return port


def is_free(port: int) -> bool:
    """Whether nobody listens on `port`."""
    with socket.socket() as one:
        # As servers do: an address that only lingers in TIME_WAIT is free.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
