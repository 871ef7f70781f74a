"""Whether a chain is whole, and if not, the first record at which it is not, and what was done."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from smart_city.audit import GENESIS, AuditRecord
from smart_city.audit_checkpoint import Checkpoint, Head, genuine
from smart_city.signing import Keyring

__all__ = ["Broken", "Tampering", "Verified", "verify"]

Tampering = Literal["changed", "deleted", "reordered", "inserted", "truncated", "forged"]
"""changed: its content is not what was written. deleted: it is gone, others follow. reordered:
another record stands there. inserted: it was not written by the platform. truncated: it is gone
and all that followed. forged: a checkpoint is not the installation's."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The first record that is not as it was written."""

    kind: Tampering
    seq: int
    message: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and what was found; `broken` is None for a whole chain."""

    tenant: str
    records: int
    """How many were found good, from the first."""
    checkpoints: int
    broken: Broken | None


def verify(
    tenant: str,
    records: Iterable[AuditRecord],
    *,
    head: Head | None,
    checkpoints: Collection[Checkpoint],
    keys: Keyring,
) -> Verified:
    """Follow the chain of `tenant` in the order of `records`.

    `head` is where the chain says it ends; a checkpoint behind the end tells that it was cut even
    if the head was moved along.
    """
    known = {one.seq: one for one in checkpoints}
    forged = next((one for one in checkpoints if not _good(one, tenant, keys)), None)
    if forged is not None:
        return Verified(tenant, 0, 0, _forged(forged))
    walk = _Walk(tenant, known)
    broken = walk.along(iter(records)) or walk.end(head)
    seen = sum(1 for seq in known if seq <= walk.good)
    return Verified(tenant, walk.good, seen, broken)


class _Walk:
    def __init__(self, tenant: str, checkpoints: dict[int, Checkpoint]) -> None:
        self._tenant = tenant
        self._checkpoints = checkpoints
        self._hash = GENESIS
        self.good = 0

    def along(self, records: Iterator[AuditRecord]) -> Broken | None:
        for one in records:
            broken = self._next(one, records)
            if broken is not None:
                return broken
            self.good, self._hash = one.seq, one.hash
        return None

    def _next(self, one: AuditRecord, rest: Iterator[AuditRecord]) -> Broken | None:
        seq = self.good + 1
        if one.tenant != self._tenant:
            return Broken("inserted", seq, f"It belongs to the tenant {one.tenant!r}.")
        if one.seq != seq:
            return _misplaced(one, seq, rest)
        if one.sealed() != one.hash:
            return _altered(one, rest)
        if one.prev != self._hash:
            return self._unlinked(seq)
        known = self._checkpoints.get(seq)
        if known is not None and known.hash != one.hash:
            return Broken("changed", self._since(seq), _rewritten(self._since(seq), seq))
        return None

    def _unlinked(self, seq: int) -> Broken:
        if seq == 1:
            return Broken("changed", 1, "It does not begin a chain.")
        return Broken("changed", seq - 1, f"Record {seq} was written behind another record.")

    def end(self, head: Head | None) -> Broken | None:
        """What the end of the chain tells of what is no longer, or not really, there."""
        last = max([head.seq if head else 0, *self._checkpoints])
        if last > self.good:
            return Broken("truncated", self.good + 1, f"The chain went on to record {last}.")
        if head is None or head.seq < self.good:
            seq = (head.seq if head else 0) + 1
            return Broken("inserted", seq, "It stands behind the end of the chain.")
        if head.hash != self._hash:
            since = self._since(head.seq)
            return Broken("changed", since, _rewritten(since, head.seq))
        return None

    def _since(self, seq: int) -> int:
        """The first record that may be another, when that of `seq` is."""
        return max((one for one in self._checkpoints if one < seq), default=0) + 1


def _good(one: Checkpoint, tenant: str, keys: Keyring) -> bool:
    return one.tenant == tenant and genuine(one, keys)


def _forged(one: Checkpoint) -> Broken:
    message = f"No key of the installation signed the checkpoint; it names {one.kid!r}."
    return Broken("forged", one.seq, message)


def _misplaced(one: AuditRecord, seq: int, rest: Iterator[AuditRecord]) -> Broken:
    if one.seq > seq:
        if any(later.seq == seq for later in rest):
            return Broken("reordered", seq, f"Record {one.seq} stands before it.")
        gone = f"Records {seq} to {one.seq - 1} are gone." if one.seq - seq > 1 else "It is gone."
        return Broken("deleted", seq, gone)
    return Broken("inserted", seq, f"There is a record {one.seq} for the second time.")


def _altered(one: AuditRecord, rest: Iterator[AuditRecord]) -> Broken:
    """What became of a record whose content does not have its hash."""
    later = list(rest)
    own = _own_place(one, 2 * (one.seq + len(later)))
    if own is None:
        return Broken("changed", one.seq, "Its content does not have its hash.")
    if own < one.seq:
        return Broken("inserted", own, f"What stood there is record {one.seq} now.")
    if any(other.sealed(one.seq) == other.hash for other in later):
        return Broken("reordered", one.seq, f"What stands there was record {own}.")
    return Broken("deleted", one.seq, f"It is gone; what stands there was record {own}.")


def _own_place(one: AuditRecord, most: int) -> int | None:
    """Where a record that was given another number was written."""
    near = range(max(1, one.seq - 8), one.seq + 9)
    return next((seq for seq in chain(near, range(1, most)) if one.sealed(seq) == one.hash), None)


def _rewritten(since: int, seq: int) -> str:
    return f"Something of the records {since} to {seq} was rewritten, and all behind it."
