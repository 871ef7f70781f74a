"""The adapters this process can send with, ours and other people's alike."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from symphainy.catalog import AdapterSpec
from symphainy.delivery import Adapter, AdapterFactory
from symphainy.errors import Refused

__all__ = ["Problem", "Registry"]

GROUP = "symphainy.adapters"


@dataclass(frozen=True, slots=True)
class Problem:
    """An installed package whose adapters cannot be used, and why."""

    plugin: str
    code: str
    message: str


class Registry:
    """Adapters by channel and name; two of one name are refused, not overwritten."""

    def __init__(self, factories: Iterable[AdapterFactory] = ()) -> None:
        self._known: dict[tuple[str, str], AdapterFactory] = {}
        self.problems: list[Problem] = []
        for one in factories:
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

    def __iter__(self) -> Iterator[AdapterFactory]:
        return iter(self._known.values())

    @property
    def specs(self) -> tuple[AdapterSpec, ...]:
        """What the catalog says about each."""
        return tuple(one.spec for one in self)

    def add(self, one: AdapterFactory) -> None:
        """Add `one`; Refused("adapter.taken") when its channel has an adapter of that name."""
        key = one.spec.channel, one.spec.name
        if key in self._known:
            raise Refused(
                "adapter.taken",
                f"channel {key[0]!r} has an adapter {key[1]!r} already; rename one of the two",
            )
        self._known[key] = one

    def make(self, channel: str, name: str, services: Mapping[type, object]) -> Adapter[Any]:
        """The adapter of that channel and name; Refused("adapter.unknown") if there is none."""
        try:
            factory = self._known[channel, name]
        except KeyError:
            known = ", ".join(sorted(one for of, one in self._known if of == channel)) or "none"
            raise Refused(
                "adapter.unknown", f"channel {channel!r} has no adapter {name!r}; it has {known}"
            ) from None
        return factory.make(dict(services))

    def _plug(self, entry: EntryPoint) -> None:
        try:
            for one in entry.load():
                self.add(one)
        except Refused as error:
            self.problems.append(Problem(entry.value, error.code, error.message))
        except Exception as error:  # noqa: BLE001 - whatever a stranger's module does at import
            message = f"{type(error).__name__}: {error}"
            self.problems.append(Problem(entry.value, "adapter.broken", message))


def _order(entry: EntryPoint) -> tuple[bool, str, str]:
    """Ours first, so that nobody takes the name of a built-in one."""
    return not _is_ours(entry), entry.name, entry.value


def _is_ours(entry: EntryPoint) -> bool:
    return entry.dist is not None and entry.dist.name == "symphainy"
