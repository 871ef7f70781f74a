"""An MQTT broker: amqtt's, with a user."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import aiomqtt
from amqtt.broker import Broker
from pwdlib.hashers.argon2 import Argon2Hasher

__all__ = ["PASSWORD", "USER", "MqttTwin", "broker", "mqtt_twin"]

USER, PASSWORD = "ada", "canary-of-mqtt-7312"


@dataclass
class MqttTwin:
    """Where it is, with a port for everyone and one for those it knows."""

    port: int
    closed: int

    async def retain(self, topic: str, payload: str) -> None:
        """Have the broker keep a message for whoever subscribes."""
        async with aiomqtt.Client("127.0.0.1", self.port) as client:
            await client.publish(topic, payload, qos=1, retain=True)

    @asynccontextmanager
    async def hearing(self, topic: str) -> AsyncIterator["asyncio.Queue[bytes]"]:
        """What is published on `topic` during the block."""
        heard: asyncio.Queue[bytes] = asyncio.Queue()

        async def listen(client: aiomqtt.Client) -> None:
            async for one in client.messages:
                heard.put_nowait(bytes(one.payload))

        async with aiomqtt.Client("127.0.0.1", self.port) as client:
            await client.subscribe(topic, qos=1)
            listening = asyncio.create_task(listen(client))
            yield heard
            listening.cancel()


@asynccontextmanager
async def mqtt_twin() -> AsyncIterator[MqttTwin]:
    """A broker until the end of the block."""
    from tests.runtime.platform import free_port

    twin = MqttTwin(free_port(), free_port())
    async with broker(twin.port), broker(twin.closed, known=True):
        yield twin


@asynccontextmanager
async def broker(
    port: int, *, known: bool = False, certificate: Path | None = None
) -> AsyncIterator[None]:
    """A broker on that port, for those it knows or for everyone, inside TLS or not."""
    with TemporaryDirectory() as folder:
        passwords = Path(folder, "passwords")
        passwords.write_text(f"{USER}:{Argon2Hasher().hash(PASSWORD)}\n")
        plugins: dict[str, dict[str, object]] = {
            "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": not known}
        }
        if known:
            plugins = {
                "amqtt.plugins.authentication.FileAuthPlugin": {"password_file": str(passwords)}
            }
        listener = {"type": "tcp", "bind": f"127.0.0.1:{port}"}
        if certificate is not None:
            file = str(certificate)
            listener |= {"ssl": True, "certfile": file, "keyfile": file}
        server = Broker(
            {
                "listeners": {"default": listener},
                "plugins": plugins,
            }
        )
        await server.start()
        try:
            yield
        finally:
            await server.shutdown()
