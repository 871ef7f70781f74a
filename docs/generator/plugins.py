"""What this distribution itself offers; other people's plugins have their own pages."""

from collections.abc import Iterator
from importlib.metadata import distribution
from typing import Any

from activities.registry import Registry as Capabilities
from experience_adapters.registry import Registry as Adapters
from symphainy.catalog import Catalog

__all__ = ["catalog", "offered"]


def offered(group: str) -> Iterator[Any]:
    """What each of our entry points of `group` names, in the order of their names."""
    entries = distribution("symphainy").entry_points.select(group=group)
    for entry in sorted(entries, key=lambda one: one.name):
        yield entry.load()


def catalog() -> Catalog:
    """The catalog that definitions in the documentation are checked against."""
    capabilities = [one for many in offered("symphainy.capabilities") for one in many]
    adapters = [one for many in offered("symphainy.adapters") for one in many]
    return Catalog(capabilities=Capabilities(capabilities).specs, adapters=Adapters(adapters).specs)
