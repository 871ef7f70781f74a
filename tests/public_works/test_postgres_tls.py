"""The way to PostgreSQL is encrypted, and who answers there has to prove who it is."""

import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from public_works.database import Database
from public_works.postgres_tls import secured
from symphainy.errors import Refused, Unavailable
from tests.twins.web import certificate

SSL_REQUEST = struct.pack("!II", 8, 80877103)


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for `localhost`."""
    return certificate(tmp_path_factory.mktemp("tls"), "localhost")


class Front:
    """In front of a PostgreSQL that has no TLS: whoever comes without gets nowhere."""

    def __init__(self, behind: str, proof: Path) -> None:
        found = make_url(behind)
        self._behind = (found.host or "", found.port or 0)
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(proof)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.encrypted = 0

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @contextmanager
    def serving(self) -> Iterator["Front"]:
        threading.Thread(target=self._serve, daemon=True).start()
        try:
            yield self
        finally:
            self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                came, _ = self._listener.accept()
                threading.Thread(target=self._meet, args=(came,), daemon=True).start()

    def _meet(self, came: socket.socket) -> None:
        with came, suppress(OSError):
            if came.recv(8) != SSL_REQUEST:
                return
            came.sendall(b"S")
            with self._context.wrap_socket(came, server_side=True) as inside:
                self.encrypted += 1
                with socket.create_connection(self._behind) as there:
                    back = threading.Thread(target=_pass, args=(there, inside), daemon=True)
                    back.start()
                    _pass(inside, there)


def _pass(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while told := one.recv(65536):
            other.sendall(told)
        other.shutdown(socket.SHUT_WR)


@pytest.fixture
def front(postgresql: str, proof: Path) -> Iterator[Front]:
    with Front(postgresql, proof).serving() as found:
        yield found


def ask(url: str) -> int:
    database = Database(url)
    try:
        with database.looking() as connection:
            return int(connection.execute(text("SELECT 41 + 1")).scalar_one())
    finally:
        database.dispose()


def test_a_server_that_proves_its_name_is_spoken_to_in_tls(front: Front, proof: Path) -> None:
    url = f"postgresql://test@localhost:{front.port}/postgres"

    assert ask(f"{url}?sslmode=verify-full&sslrootcert={proof}&application_name=x") == 42
    assert front.encrypted == 1


@pytest.mark.parametrize("query", ["sslmode=verify-full", "sslmode=verify-ca"])
def test_a_server_that_proves_nothing_is_told_nothing(front: Front, query: str) -> None:
    with pytest.raises(Unavailable, match=r"store\.unavailable"):
        ask(f"postgresql://test@localhost:{front.port}/postgres?{query}")
    assert front.encrypted == 0


def test_a_server_of_another_name_is_told_nothing_unless_asked_for(
    front: Front, proof: Path
) -> None:
    # Its certificate has no address in it.
    url = f"postgresql://test@127.0.0.1:{front.port}/postgres?sslrootcert={proof}"
    with pytest.raises(Unavailable, match="does not prove to be the host"):
        ask(f"{url}&sslmode=verify-full")
    before = front.encrypted

    assert (before, ask(f"{url}&sslmode=verify-ca"), front.encrypted) == (0, 42, 1)


def test_a_server_without_tls_is_told_nothing(postgresql: str, proof: Path) -> None:
    with pytest.raises(Unavailable, match=r"TLS"):
        ask(f"{postgresql}?sslmode=verify-full&sslrootcert={proof}")


@pytest.mark.parametrize(
    ("host", "verifies"),
    [
        ("db.acme.example", True),
        ("10.0.0.7", True),
        ("[2001:db8::1]", True),
        ("localhost.evil.example", True),
        ("localhost", False),
        ("127.0.0.1", False),
        ("[::1]", False),
    ],
)
def test_where_nothing_is_said_only_this_machine_is_spoken_to_in_plain(
    host: str, verifies: bool
) -> None:
    left, context = secured(make_url(f"postgresql://u:p@{host}/x"))

    assert (context is not None) == verifies
    if context is not None:
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
        assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert not left.query


def test_who_wants_no_tls_says_so() -> None:
    assert secured(make_url("postgresql://db.acme.example/x?sslmode=disable"))[1] is None


@pytest.mark.parametrize(
    "query",
    [
        "sslmode=require",
        "sslmode=prefer",
        "sslmode=on",
        "sslrootcert=/nowhere",
        "sslcert=/nowhere",
        "ssl=true",
        "options=-c",
    ],
)
def test_what_would_encrypt_less_than_it_sounds_is_refused(query: str) -> None:
    with pytest.raises(Refused, match="SYMPHAINY_DATABASE_URL"):
        Database(f"postgresql://u@db.acme.example/x?{query}")
