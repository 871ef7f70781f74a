"""Libraries that connect to the checked address still verify the name that was asked for."""

import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from activities.remote import asyncapi, grpc
from activities.remote.asked import Asked
from public_works.egress import Egress
from symphainy.errors import Unavailable
from tests.experience.certificate import certificate
from tests.runtime.platform import free_port
from tests.twins.grpc import PROTO, GrpcTwin
from tests.twins.mqtt import broker

HERE = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for `localhost`."""
    return certificate(tmp_path_factory.mktemp("tls"))


def believing(proof: Path, *hosts: str) -> Egress:
    """An egress that believes the certificate; all names lead here."""
    context = ssl.create_default_context(cafile=str(proof))
    return Egress(hosts, resolver=lambda *_: HERE, tls=context)


def asked(egress: Egress, **arguments: Any) -> Asked:
    return Asked(arguments, PROTO, "key", egress)


@pytest.fixture(scope="module")
async def rooms(proof: Path) -> AsyncIterator[GrpcTwin]:
    async with GrpcTwin().serving(certificate=proof.read_bytes()) as twin:
        yield twin


@pytest.fixture(scope="module")
async def lamps(proof: Path) -> AsyncIterator[int]:
    port = free_port()
    async with broker(port, certificate=proof):
        yield port


def buying(egress: Egress, port: int, host: str) -> Asked:
    return asked(
        egress,
        host=host,
        port=port,
        tls=True,
        service="pets.v1.Shop",
        method="Buy",
        arguments={"name": "Rex"},
    )


def switching(egress: Egress, port: int, host: str) -> Asked:
    return asked(
        egress,
        protocol="mqtt",
        tls=True,
        url=f"{host}:{port}",
        address="lamp",
        message={"payload": {"on": True}},
    )


async def test_grpc_inside_tls_verifies_the_name(proof: Path, rooms: GrpcTwin) -> None:
    egress = believing(proof, "localhost", "other.example")

    given: Any = await grpc.call(buying(egress, rooms.port, "localhost"))

    assert given["name"] == "Rex"
    with pytest.raises(Unavailable, match=r"egress\.unreachable"):
        await grpc.call(buying(egress, rooms.port, "other.example"))


async def test_mqtt_inside_tls_verifies_the_name(proof: Path, lamps: int) -> None:
    egress = believing(proof, "localhost", "other.example")

    given = await asyncapi.call(switching(egress, lamps, "localhost"))

    assert given == {"payload": {"on": True}}
    with pytest.raises(Unavailable, match=r"egress\.unreachable") as refused:
        await asyncapi.call(switching(egress, lamps, "other.example"))
    assert isinstance(refused.value.__cause__, aiomqtt.MqttError)


async def test_who_is_not_believed_is_told_nothing(proof: Path, rooms: GrpcTwin) -> None:
    rooms.metadata.clear()
    strange = Egress(["localhost"], resolver=lambda *_: HERE)

    with pytest.raises(Unavailable, match=r"egress\.unreachable"):
        await grpc.call(buying(strange, rooms.port, "localhost"))
    assert rooms.metadata == []
