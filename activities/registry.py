"""The capabilities this process can serve, ours and other people's alike."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from symphainy.capability import Capability
from symphainy.catalog import CapabilitySpec
from symphainy.errors import Refused

__all__ = ["Problem", "Registry"]

GROUP = "symphainy.capabilities"
Served = Capability[Any, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """An installed package whose capabilities cannot be served, and why."""

    plugin: str
    code: str
    message: str


class Registry:
    """Capabilities by name and major version; two of one address are refused, not overwritten."""

    def __init__(self, capabilities: Iterable[Served] = ()) -> None:
        self._known: dict[str, Served] = {}
        self.problems: list[Problem] = []
        for one in capabilities:
            self.add(one)

    @classmethod
    def installed(cls, *, ours: bool = True) -> "Registry":
        """What every installed package offers, or without `ours` what other people's packages
        do; a broken one becomes one of the `problems`."""
        registry = cls()
        for entry in sorted(entry_points(group=GROUP), key=_order):
            if ours or not _is_ours(entry):
                registry._plug(entry)
        return registry

    def __iter__(self) -> Iterator[Served]:
        return iter(self._known.values())

    @property
    def specs(self) -> tuple[CapabilitySpec, ...]:
        """What the catalog says about each."""
        return tuple(one.spec for one in self)

    def add(self, one: Served) -> None:
        """Add `one`; Refused("capability.taken") when its name and major version are taken."""
        if one.spec.address in self._known:
            raise Refused(
                "capability.taken",
                f"there is a capability {one.spec.address!r} already; rename one of the two",
            )
        self._known[one.spec.address] = one

    def get(self, address: str) -> Served:
        """The capability `realm.name:major`; Refused("capability.unknown") if there is none."""
        try:
            return self._known[address]
        except KeyError:
            known = ", ".join(sorted(self._known)) or "none"
            raise Refused(
                "capability.unknown", f"there is no capability {address!r}; there are {known}"
            ) from None

    def _plug(self, entry: EntryPoint) -> None:
        try:
            for one in entry.load():
                self.add(one)
        except Refused as error:
            self.problems.append(Problem(entry.value, error.code, error.message))
        except Exception as error:  # noqa: BLE001 - whatever a stranger's module does at import
            message = f"{type(error).__name__}: {error}"
            self.problems.append(Problem(entry.value, "capability.broken", message))


def _order(entry: EntryPoint) -> tuple[bool, str, str]:
    """Ours first, so that nobody takes the name of a built-in one."""
    return not _is_ours(entry), entry.name, entry.value


def _is_ours(entry: EntryPoint) -> bool:
    return entry.dist is not None and entry.dist.name == "symphainy"
