"""Twins behind the names of their providers."""

import json
import ssl
from pathlib import Path
from typing import Any

from public_works.egress import Egress
from tests.twins.provider import Provider
from tests.twins.web import certificate

__all__ = ["Behind"]


class Behind:
    """A folder of a platform whose twins stand behind `host`, with the tenant's secret."""

    def __init__(self, folder: Path, host: str, name: str, secret: dict[str, Any]) -> None:
        self.folder = folder
        self.host = host
        self._file = certificate(folder, host)
        secrets = folder / "secrets" / "conformance"
        secrets.mkdir(parents=True, exist_ok=True)
        (secrets / name).write_text(json.dumps(secret))

    @property
    def proving(self) -> ssl.SSLContext:
        """How the twin proves to be the provider."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._file)
        return context

    def egress(self, twin: Provider) -> Egress:
        """A way out on which `twin` is the provider."""
        trusted = ssl.create_default_context(cafile=str(self._file))
        return Egress(stands_in={self.host: ("127.0.0.1", twin.port)}, tls=trusted)
