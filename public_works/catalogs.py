"""What worker pools offer, published so that the API need not import them."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from public_works.database import Database, serialise
from public_works.record import now
from public_works.tables import CatalogRow
from symphainy.catalog import AdapterSpec, CapabilitySpec, Catalog
from symphainy.errors import Refused

__all__ = ["Catalogs"]


class Catalogs:
    """The catalogs of all pools, for every tenant."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def publish(self, pool: str, catalog: Catalog) -> None:
        """Replace what `pool` published.

        Raises Refused("catalog.taken") when another pool serves one of the names from
        another queue.
        """
        with self._db.session() as session:
            serialise(session, "pool_catalog")
            others = (one for one in _rows(session) if one.pool != pool)
            _free(catalog, ((one.pool, _catalog(one)) for one in others))
            row = CatalogRow(pool=pool, catalog=catalog.model_dump(mode="json"), published=now())
            session.merge(row)

    def read(self) -> Catalog:
        """Everything offered by any pool, each name once."""
        capabilities: dict[tuple[str, str], CapabilitySpec] = {}
        adapters: dict[tuple[str, str], AdapterSpec] = {}
        with self._db.reading() as session:
            for row in _rows(session):
                catalog = _catalog(row)
                capabilities |= {(one.name, one.version): one for one in catalog.capabilities}
                adapters |= {(one.channel, one.name): one for one in catalog.adapters}
        return Catalog(capabilities=tuple(capabilities.values()), adapters=tuple(adapters.values()))

    def pools(self) -> list[tuple[str, datetime]]:
        """Each pool with the time it last published, by name."""
        with self._db.reading() as session:
            return [(row.pool, row.published) for row in _rows(session)]


def _rows(session: Session) -> list[CatalogRow]:
    return list(session.exec(select(CatalogRow).order_by(col(CatalogRow.pool))))


def _catalog(row: CatalogRow) -> Catalog:
    return Catalog.model_validate(row.catalog)


def _queues(catalog: Catalog) -> dict[str, str]:
    capabilities = {one.address: one.queue for one in catalog.capabilities}
    return capabilities | {f"{one.name} ({one.channel})": one.queue for one in catalog.adapters}


def _free(catalog: Catalog, others: Iterable[tuple[str, Catalog]]) -> None:
    asked = _queues(catalog)
    for pool, other in others:
        for name, queue in _queues(other).items():
            if asked.get(name, queue) != queue:
                raise Refused(
                    "catalog.taken",
                    f"{name} is served by the pool {pool!r} from the queue {queue!r}; "
                    "rename it, raise its major version, or serve it from that queue.",
                )
