"""Says what payloads, failures and headers of a history hold."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import DataConverter

from smart_city.context import ExecutionContext, unseal
from smart_city.grant import ISSUED_BYTES, Grant
from smart_city.signing import Keyring
from smart_city.token import unpack
from symphainy.errors import Refused
from symphainy.identity import Principal
from symphainy.json import Json, digest
from temporal.events import problem_of
from temporal.gate.contexts import Contexts
from temporal.gate.request import approvals_of
from temporal.headers import CONTEXT, GRANT, PROOF, read
from temporal.lineage.account import Given

__all__ = ["Decoding"]

Headers = Mapping[str, Payload]


class Decoding:
    """Decodes for one run; what nobody can be shown to have signed is None."""

    def __init__(self, converter: DataConverter, keys: Keyring, workflow: str) -> None:
        self.workflow = workflow
        self._converter = converter
        self._keys = keys
        self._contexts = Contexts(keys)

    async def value(self, payloads: Payloads) -> Json:
        """What the first of them says."""
        return await self.payload(payloads.payloads[0]) if payloads.payloads else None

    async def payload(self, payload: Payload) -> Json:
        """What it says."""
        found: list[Any] = await self._converter.decode([payload])
        value: Json = found[0]
        return value

    async def digest(self, payloads: Payloads) -> str | None:
        """The digest of what the first of them says; None if there is none."""
        return digest(await self.value(payloads)) if payloads.payloads else None

    async def summary(self, event: HistoryEvent) -> str | None:
        """The task's reference, which is the summary of what it does."""
        if not event.user_metadata.HasField("summary"):
            return None
        return str(await self.payload(event.user_metadata.summary))

    async def code(self, failure: Failure) -> str | None:
        """The code of a failure, or its type where it has none."""
        problem = problem_of(await self._converter.decode_failure(failure))
        found = problem.get("code") or problem.get("type")
        return str(found) if found else None

    def context(self, headers: Headers, run_id: str) -> ExecutionContext | None:
        """The context that a run was started with, if it is genuine."""
        token = read(headers, CONTEXT)
        try:
            return self._contexts.verified(token, workflow=self.workflow, run=run_id)
        except Refused:
            return None

    def sender(self, headers: Headers) -> Principal | None:
        """Who told the run something, if that was signed."""
        try:
            return unseal(read(headers, CONTEXT), self._keys, workflow=self.workflow).principal
        except Refused:
            return None

    def grant(self, headers: Headers) -> Given | None:
        """The grant that an activity was sent with."""
        proof, token = read(headers, PROOF), read(headers, GRANT)
        if proof is not None:
            issued = datetime.fromtimestamp(int.from_bytes(proof[:ISSUED_BYTES], "big"), UTC)
            return Given(at=issued, form="proof", verified=False)
        if token is None:
            return None
        try:
            grant = unpack("grant", token, self._keys, Grant)
        except Refused:
            return None
        return Given(
            at=datetime.fromtimestamp(grant.issued, UTC),
            form="signed",
            verified=True,
            bundle=grant.bundle,
            kid=grant.kid,
            approved=tuple(approvals_of(grant.obligations)),
        )
