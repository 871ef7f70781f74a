"""Temporal behind TLS that both sides prove themselves by, as its own variables say."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from temporalio.api.workflowservice.v1 import GetSystemInfoRequest
from temporalio.plugin import SimplePlugin

from public_works import Settings
from temporal.connection import connect
from tests.runtime.platform import Platform


def proofs(folder: Path, name: str) -> tuple[Path, Path]:
    """An authority of that name, and what it certified for `localhost`, each with its key."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (name, "leaf")]
    since = datetime.now(UTC) - timedelta(minutes=5)
    files = []
    for i, kind in enumerate(("authority", "leaf")):
        signed = (
            x509.CertificateBuilder()
            .subject_name(names[i])
            .issuer_name(names[0])
            .public_key(keys[i].public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(since + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=not i, path_length=None), critical=True)
            .sign(keys[0], hashes.SHA256())
        )
        secret = keys[i].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file = folder / f"{name}-{kind}.pem"
        file.write_bytes(secret + signed.public_bytes(Encoding.PEM))
        files.append(file)
    return files[0], files[1]


async def _pass(one: asyncio.StreamReader, other: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while told := await one.read(65536):
            other.write(told)
            await other.drain()
    other.close()


@asynccontextmanager
async def front(behind: str, proof: Path, believed: Path) -> AsyncIterator[int]:
    """Its port: in front of a Temporal without TLS, for who shows the certificate `believed`."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(believed))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(proof)
    context.set_alpn_protocols(["h2"])
    host, _, port = behind.rpartition(":")

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(host, int(port))
        await asyncio.gather(_pass(reader, back), _pass(there, writer))

    server = await asyncio.start_server(meet, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def reached(home: Path, port: int) -> str:
    """The version of the Temporal that a process of ours reaches there."""
    settings = Settings(home=home, temporal_address=f"localhost:{port}")
    client = await connect(settings, SimplePlugin("tests"))
    told = await client.workflow_service.get_system_info(GetSystemInfoRequest())
    return told.server_version


async def test_temporal_is_reached_by_tls_that_both_sides_prove_themselves_by(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, proof = proofs(tmp_path, "theirs")
    believed, ours = proofs(tmp_path, "ours")
    unknown, strange = proofs(tmp_path, "strange")
    behind = platform.client.service_client.config.target_host

    def shows(mine: Path, believes: Path) -> None:
        monkeypatch.setenv("TEMPORAL_TLS", "true")
        monkeypatch.setenv("TEMPORAL_TLS_SERVER_CA_CERT_PATH", str(believes))
        monkeypatch.setenv("TEMPORAL_TLS_CLIENT_CERT_PATH", str(mine))
        monkeypatch.setenv("TEMPORAL_TLS_CLIENT_KEY_PATH", str(mine))

    async with front(behind, proof, believed) as port:
        with pytest.raises(RuntimeError):
            await reached(tmp_path, port)
        shows(ours, authority)
        version = await reached(tmp_path, port)
        for mine, believes in ((strange, authority), (ours, unknown)):
            shows(mine, believes)
            with pytest.raises(RuntimeError):
                await reached(tmp_path, port)

    assert version
