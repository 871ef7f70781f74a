"""AsyncAPI documents of version 2 and 3: which server and address an operation comes to; pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.compiler.context import nearest

__all__ = ["SPOKEN", "Document", "Found", "Missing", "Unspoken"]

SPOKEN: Mapping[str, tuple[str, bool]] = {
    "http": ("http", False),
    "https": ("http", True),
    "mqtt": ("mqtt", False),
    "mqtts": ("mqtt", True),
    "secure-mqtt": ("mqtt", True),
    "mqtt5": ("mqtt5", False),
    "nats": ("nats", False),
    "tls": ("nats", True),
}
"""By the name a document gives it: the protocol that is spoken, and whether inside TLS."""
PARAMETER = re.compile(r"\{([^{}]+)\}")
DEPTH = 8


class Missing(Exception):
    """The document has not what is asked for; `member` is where it is asked for."""

    def __init__(self, member: str, message: str) -> None:
        super().__init__(message)
        self.member = member


class Unspoken(Missing):
    """The document has it, over a protocol that is not spoken here."""


class Unusable(Exception):
    """The document itself is broken, or of a version that is not read."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a call goes."""

    protocol: str
    tls: bool
    url: str
    """Of the server, variables as `{name}`."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Their defaults."""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What some of them have to be one of."""
    address: str = ""
    """Of the channel, parameters as `{name}`."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Their defaults, or where in the message they are (`$message.…`)."""
    bindings: Mapping[str, Any] = field(default_factory=dict)
    """Of the operation, for the protocol."""
    content_type: str = "application/json"


class Document:
    """An AsyncAPI document that was fetched."""

    def __init__(self, content: Any) -> None:
        self._whole = content if isinstance(content, dict) else {}
        version = str(self._whole.get("asyncapi", ""))
        self.major = version.partition(".")[0]
        if self.major not in ("2", "3"):
            raise Unusable("it is no AsyncAPI document of version 2 or 3")

    def find(
        self,
        *,
        operation: str | None = None,
        channel: str | None = None,
        publishes: bool,
        server: str | None = None,
        protocol: str | None = None,
    ) -> Found:
        """Where the operation goes; raises Missing, Unspoken and Unusable."""
        if operation is not None:
            doing, at, address = self._operation(operation)
        else:
            doing, at, address = self._channel(str(channel), publishes=publishes)
        chosen = self._server(at, server, protocol)
        known = str(chosen.get("protocol", "")).lower()
        spoken, tls = SPOKEN[known]
        url, variables, choices = self._url(chosen, known)
        return Found(
            protocol=spoken,
            tls=tls,
            url=url,
            variables=variables,
            choices=choices,
            address=address,
            parameters=self._parameters(at, address),
            bindings=self._bindings(doing, spoken),
            content_type=str(self._whole.get("defaultContentType") or "application/json"),
        )

    def _bindings(self, doing: dict[str, Any], spoken: str) -> dict[str, Any]:
        found = self._object(doing.get("bindings"))
        return self._object(found.get(spoken, found.get(spoken.removesuffix("5"))))

    def _operation(self, name: str) -> tuple[dict[str, Any], dict[str, Any], str]:
        if self.major != "3":
            raise Missing("operation", "the document is of version 2: name a `channel` instead")
        operations = self._object(self._whole.get("operations"))
        if name not in operations:
            hint = nearest(name, operations)
            raise Missing("operation", f"the document has no operation {name!r}; {hint}")
        doing = self._object(operations[name])
        at = self._object(doing.get("channel"))
        address = at.get("address")
        if not isinstance(address, str):
            raise Unusable(f"the channel of {name!r} has no `address`")
        return doing, at, address

    def _channel(self, name: str, *, publishes: bool) -> tuple[dict[str, Any], dict[str, Any], str]:
        if self.major != "2":
            raise Missing("channel", "the document is of version 3: name an `operation` instead")
        channels = self._object(self._whole.get("channels"))
        if name not in channels:
            hint = nearest(name, channels)
            raise Missing("channel", f"the document has no channel {name!r}; {hint}")
        at = self._object(channels[name])
        what = "publish" if publishes else "subscribe"
        if what not in at:
            raise Missing("channel", f"the channel {name!r} has no `{what}`")
        return self._object(at[what]), at, name

    def _server(
        self, channel: dict[str, Any], name: str | None, protocol: str | None
    ) -> dict[str, Any]:
        servers = dict(self._servers(channel))
        if name is not None:
            if name not in servers:
                hint = nearest(name, servers)
                raise Missing("server/name", f"the channel has no server {name!r}; {hint}")
            return self._spoken(servers[name], "server/name")
        for one in servers.values():
            known = str(one.get("protocol", "")).lower()
            if protocol is None or protocol in (known, SPOKEN.get(known, ("",))[0]):
                return self._spoken(one, "protocol" if protocol else "document")
        if protocol is not None:
            there = {str(one.get("protocol", "")) for one in servers.values()}
            hint = nearest(protocol, there)
            raise Missing("protocol", f"no server of the channel speaks {protocol}; {hint}")
        raise Unusable("it has no server")

    def _servers(self, channel: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        everywhere = self._object(self._whole.get("servers"))
        listed = channel.get("servers")
        for i, one in enumerate(listed if isinstance(listed, list) else []):
            name = one if isinstance(one, str) else self._name(one) or str(i)
            yield name, self._object(everywhere.get(name) if isinstance(one, str) else one)
        if not listed:
            for name, one in everywhere.items():
                yield name, self._object(one)

    def _spoken(self, server: dict[str, Any], member: str) -> dict[str, Any]:
        known = str(server.get("protocol", "")).lower()
        if known not in SPOKEN:
            there = ", ".join(SPOKEN)
            raise Unspoken(member, f"{known or 'no protocol'!r} is not spoken here; {there} are")
        return server

    def _url(
        self, server: dict[str, Any], known: str
    ) -> tuple[str, dict[str, str], dict[str, tuple[str, ...]]]:
        url = server.get("url")
        if self.major == "3":
            path = server.get("pathname")
            url = f"{server.get('host') or ''}{path if isinstance(path, str) else ''}"
        if not isinstance(url, str) or not url:
            raise Unusable("its server has no address")
        # The address of version 2 may or may not say the protocol again.
        url = url.partition("://")[2] or url
        defaults: dict[str, str] = {}
        choices: dict[str, tuple[str, ...]] = {}
        declared = self._object(server.get("variables"))
        for name in PARAMETER.findall(url):
            one = self._object(declared.get(name))
            if isinstance(one.get("default"), str):
                defaults[name] = one["default"]
            if isinstance(one.get("enum"), list):
                choices[name] = tuple(str(each) for each in one["enum"])
        return url, defaults, choices

    def _parameters(self, channel: dict[str, Any], address: str) -> dict[str, str]:
        declared = self._object(channel.get("parameters"))
        found = {}
        for name in PARAMETER.findall(address):
            one = self._object(declared.get(name))
            default = one.get("default", self._object(one.get("schema")).get("default"))
            place = one.get("location", default)
            if isinstance(place, str):
                found[name] = place
        return found

    def _object(self, value: Any) -> dict[str, Any]:
        """`value`, or what its `$ref` leads to within the document, if that is an object."""
        for _ in range(DEPTH):
            if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
                break
            value = self._at(value["$ref"])
        return value if isinstance(value, dict) else {}

    def _at(self, reference: str) -> Any:
        if not reference.startswith("#/"):
            raise Unusable(f"it refers to {reference[:80]!r}; it has to stand for itself")
        found: Any = self._whole
        for part in reference[2:].split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            found = found.get(key) if isinstance(found, dict) else None
        if found is None:
            raise Unusable(f"{reference[:80]!r} leads nowhere in it")
        return found

    def _name(self, reference: Any) -> str | None:
        target = reference.get("$ref") if isinstance(reference, dict) else None
        return target.rpartition("/")[2] if isinstance(target, str) else None
