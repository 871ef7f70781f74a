"""Turns of bindings that have a rate: who asks is told when to send, each in its order."""

from datetime import datetime, timedelta

from sqlmodel import select

from public_works.database import Database, serialise
from public_works.tables import TurnRow

__all__ = ["Turns"]


class Turns:
    """When each message of a binding may leave so that its rate is kept."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def take(self, tenant: str, binding: str, every: timedelta, now: datetime) -> datetime:
        """The next free moment of the binding, one each `every`; who asked earlier goes first.

        Each call takes one: who was told a moment keeps it and does not ask again.
        """
        with self._db.session() as session:
            serialise(session, "delivery_turn", tenant, binding)
            known = session.exec(
                select(TurnRow.next).where(TurnRow.tenant == tenant, TurnRow.binding == binding)
            ).first()
            turn = max(known, now) if known is not None else now
            session.merge(TurnRow(tenant=tenant, binding=binding, next=turn + every))
            return turn
