"""What is secret in a value, how it may be written, and what this process read of it so far."""

import json
from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from urllib.parse import quote, quote_plus

from symphainy.json import Json

__all__ = ["HIDDEN", "READ", "Known", "forms", "leaves"]

SHORTEST = 6
"""Shorter texts are all over the place: hiding them would hide everything else."""
HIDDEN = "***"
OPEN_MEMBERS = frozenset({"username", "id", "authority", "grant", "type", "authentication"})
"""Members of a secret that say who somebody is, not how they prove it."""
MOST = 2_000


def leaves(value: Json, key: str = "") -> Iterable[str]:
    """The texts in `value` that are secret; `key` is the member that it is."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one, key)
    elif isinstance(value, str) and key not in OPEN_MEMBERS:
        yield value
    elif isinstance(value, int | float) and key not in OPEN_MEMBERS:
        yield json.dumps(value)


def forms(secrets: Iterable[str]) -> set[str]:
    """Every way in which those long enough to be hidden may be written, in URLs and in JSON."""
    return {form for one in secrets if len(one) >= SHORTEST for form in _forms(one)}


def _forms(secret: str) -> Iterable[str]:
    yield from (secret, quote(secret, safe=""), quote_plus(secret))
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]


class Known:
    """The latest secrets that were read, of whoever they are."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._texts: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()
        self.changes = 0
        """How often it became more."""

    def add(self, value: Json) -> None:
        """All that is secret in `value` was read."""
        with self._lock:
            for one in leaves(value):
                self.changes += one not in self._texts
                self._texts[one] = None
                self._texts.move_to_end(one)
            while len(self._texts) > self._most:
                self._texts.popitem(last=False)

    def texts(self) -> list[str]:
        """What is known now."""
        with self._lock:
            return [*self._texts]


READ = Known()
"""Of this process, wherever it read them: files, variables, managers of secrets."""
