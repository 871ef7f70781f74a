"""Up to where something was looked through."""

from datetime import datetime

from sqlmodel import col, select

from public_works.database import Database, insert_new
from public_works.tables import MarkRow

__all__ = ["Marks"]


class Marks:
    """Moments by name, for the whole installation."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, name: str, first: datetime) -> datetime:
        """The moment of that name; `first` if it was never set, and that from now on."""
        with self._db.session() as session:
            insert_new(session, MarkRow(name=name, at=first))
            return session.get_one(MarkRow, name).at

    def move(self, name: str, at: datetime) -> None:
        """Set the moment, never back."""
        with self._db.session() as session:
            row = session.get(MarkRow, name)
            if row is not None and row.at < at:
                row.at = at

    def only(self, kind: str, name: str, at: datetime) -> str:
        """The one name of that kind that the installation has: `name` if it had none."""
        with self._db.session() as session:
            of_kind = col(MarkRow.name).startswith(f"{kind}:", autoescape=True)
            kept = session.exec(
                select(MarkRow.name).where(of_kind).order_by(col(MarkRow.at))
            ).first()
            if kept is None:
                insert_new(session, MarkRow(name=f"{kind}:{name}", at=at))
            return name if kept is None else kept.removeprefix(f"{kind}:")
