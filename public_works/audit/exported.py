"""An exported chain, read from its file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from public_works.audit.store import AuditChain, unreadable
from smart_city.audit import AuditRecord
from smart_city.audit_checkpoint import Checkpoint, Head
from symphainy.errors import Refused

__all__ = ["exported"]


def exported(file: Path) -> tuple[str, AuditChain]:
    """Whose chain is in the file, and the chain. Refused `audit.file` for any other file."""
    head, tenant = None, None
    checkpoints: list[Checkpoint] = []
    try:
        for what, content in _lines(file):
            tenant = tenant or str(content.get("tenant"))
            if what == "checkpoint":
                checkpoints.append(Checkpoint.model_validate(content))
            elif what == "head":
                head = Head.model_validate(content)
    except ValidationError:
        raise Refused("audit.file", "A checkpoint or the end of the file is unreadable.") from None
    if tenant is None:
        raise Refused("audit.file", "The file is empty.")
    return tenant, AuditChain(head, tuple(checkpoints), _records(file, tenant))


def _records(file: Path, tenant: str) -> Iterator[AuditRecord]:
    place = 0
    for what, content in _lines(file):
        if what == "record":
            place += 1
            try:
                yield AuditRecord.model_validate(content)
            except ValidationError:
                yield unreadable(tenant, place)


def _lines(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                [(what, content)] = json.loads(line).items()
                if what not in {"record", "checkpoint", "head"} or not isinstance(content, dict):
                    raise ValueError(what)
            except (ValueError, AttributeError):
                message = f"Line {number} is no line of an exported audit log."
                raise Refused("audit.file", message) from None
            yield what, content
