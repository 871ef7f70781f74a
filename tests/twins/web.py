"""The web as far as tests need it: sites on real sockets, over TLS, under their real names."""

import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from public_works.egress import Egress

__all__ = ["Answer", "Asked", "Site", "Web", "web"]


@dataclass(frozen=True)
class Asked:
    """A request as a site got it; header names are in lower case."""

    method: str
    host: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    url: str
    """Path and query as they were sent."""

    @property
    def form(self) -> dict[str, Any]:
        """The body as form or JSON, by its content type."""
        if "json" in self.headers.get("content-type", ""):
            found: dict[str, Any] = json.loads(self.body)
            return found
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Answer:
    """What a site answers; a body that is no bytes is sent as JSON, status 0 is hanging up."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


Site = Callable[[Asked], Answer]


@dataclass
class Web:
    """Sites that run, everything they were asked, and the way to them."""

    port: int
    """Over TLS, by names."""
    plain: int
    """Without TLS, as 127.0.0.1: the first site."""
    tls: ssl.SSLContext
    hosts: tuple[str, ...]
    asked: list[Asked] = field(default_factory=list)

    def egress(self, *allow: str) -> Egress:
        """The platform's own client in a world where these sites are the web."""
        stands_in = {host: ("127.0.0.1", self.port) for host in self.hosts}
        return Egress([f"127.0.0.1:{self.plain}", *allow], stands_in=stands_in, tls=self.tls)


@contextmanager
def web(folder: Path, sites: Mapping[str, Site]) -> Iterator[Web]:
    """`sites` by host name, until the end of the block."""
    file = certificate(folder, *sites)
    trusting = ssl.create_default_context(cafile=str(file))
    proving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    proving.load_cert_chain(file)
    found = Web(0, 0, trusting, tuple(sites))
    with ExitStack() as stack:
        handler = _handler(found, sites)
        found.port = stack.enter_context(_serving(handler, proving))
        found.plain = stack.enter_context(_serving(handler, None))
        yield found


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler], tls: ssl.SSLContext | None) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if tls is not None:
        # The handshake belongs to the thread of the connection, not to the one that accepts.
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def _handler(found: Web, sites: Mapping[str, Site]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            asked = self._asked()
            found.asked.append(asked)
            site = sites.get(asked.host) or next(iter(sites.values()))
            self._tell(site(asked))

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = _serve

        def _asked(self) -> Asked:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", "0")))
            host = headers.get("host", "").partition(":")[0]
            query = parse_qs(parts.query, keep_blank_values=True)
            return Asked(self.command, host, parts.path, query, headers, body, self.path)

        def _tell(self, answer: Answer) -> None:
            if answer.status == 0:
                self.close_connection = True
                return
            raw = isinstance(answer.body, bytes)
            body = answer.body if raw else json.dumps(answer.body).encode()
            if answer.body is None:
                body = b""
            self.send_response(answer.status)
            headers = {"content-type": "application/json", **answer.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Keep quiet."""

    return Handler


def certificate(folder: Path, *hosts: str) -> Path:
    """A file with a key and a certificate of its own for `hosts`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the web of the tests")])
    now = datetime.now(UTC)
    names = [x509.DNSName(host) for host in ("localhost", *hosts)]
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = folder / "web.pem"
    file.write_bytes(secret + signed.public_bytes(Encoding.PEM))
    return file
