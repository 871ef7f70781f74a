"""`symphainy pool`: worker pools of a client's own."""

import base64
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from idp.client import Platform, Problem, Unreachable

if TYPE_CHECKING:
    from public_works import Stores
    from public_works.run_keys import LentKey

__all__ = ["accepted", "borrowing", "keys_for", "offered"]

PLATFORM = "platform"
GATE = "gate"
"""What the files of keys begin with that grants are signed with."""


def keys_for(tenant: str, queue: str, file: Path, days: int) -> int:
    """0 once `file` has what a pool of the tenant needs, and nothing else of the platform's."""
    from public_works import Settings, Stores
    from public_works.keyfiles import public_key_pems, signing_key_pem
    from public_works.pool_keys import PoolKey, PoolKeys
    from symphainy.errors import Refused

    settings = Settings()
    if queue == PLATFORM:
        raise Refused("settings.invalid", "The queue `platform` is for pools that interpret runs.")
    if not settings.payload_encryption:
        raise Refused("settings.invalid", "Nothing is sealed here: there are no keys to give.")
    signing_key_pem(settings.home, GATE)
    pems = public_key_pems(settings.home)
    stores = Stores.open(settings)
    try:
        found = [*stores.data_keys.handed(tenant, timedelta(days=days))]
        # Before the file is there: nobody has keys that are not on record.
        _record(stores, tenant, "pool.keys-handed", queue, keys=len(found), newest=found[0].id)
    finally:
        stores.close()
    PoolKeys(
        tenant=tenant,
        queue=queue,
        namespace=settings.temporal_namespace,
        grants=tuple(pem.decode() for name, pem in pems.items() if name.startswith(GATE)),
        data_keys=tuple(
            PoolKey(id=one.id, key=base64.b64encode(one.key).decode()) for one in found
        ),
    ).write(file)
    sys.stdout.write(f"{file} is for a pool of {tenant} on the queue {queue}: keep it secret\n")
    return 0


def _record(stores: "Stores", tenant: str, action: str, queue: str, **details: str | int) -> None:
    from public_works.audit.stores import PLATFORM as HERE
    from smart_city.audit import Entry, Subject, named

    subject = Subject(type="pool", id=named(queue))
    entry = Entry(actor=HERE, action=action, subject=subject, details={**details})
    stores.audit.record(tenant, entry)


def offered() -> int:
    """0; what a pool of this environment would offer, as JSON on stdout."""
    from public_works import Settings
    from public_works.pool_keys import PoolKeys
    from symphainy.errors import Refused
    from workers.confined import offer

    settings = Settings()
    if settings.pool_keys is None:
        message = "SYMPHAINY_POOL_KEYS names no file: `symphainy pool keys` writes it."
        raise Refused("settings.invalid", message)
    found = offer(PoolKeys.read(settings.pool_keys).queue)
    sys.stdout.write(json.dumps(found.model_dump(mode="json"), indent=1) + "\n")
    return 0


def accepted(file: Path, queue: str) -> int:
    """0 once definitions may call what the offer in `file` says, from that queue."""
    from pydantic import ValidationError

    from public_works import Settings, Stores
    from symphainy.catalog import Catalog
    from symphainy.errors import Refused

    try:
        offer = Catalog.model_validate_json(file.read_bytes())
    except ValidationError:
        raise Refused("settings.invalid", f"{file} holds no offer of a pool.") from None
    strange = [one.name for one in offer.capabilities if one.queue != queue]
    if strange or offer.adapters or queue == PLATFORM:
        message = f"{file} offers more than capabilities from the queue {queue!r}: {strange}"
        raise Refused("settings.invalid", message)
    settings = Settings()
    stores = Stores.open(settings)
    try:
        stores.catalogs.publish(queue, offer)
        count = len(offer.capabilities)
        _record(stores, settings.tenant, "pool.accepted", queue, capabilities=count)
    finally:
        stores.close()
    names = ", ".join(one.address for one in offer.capabilities)
    sys.stdout.write(f"offered from the queue {queue}: {names or 'nothing'}\n")
    return 0


def borrowing() -> "Callable[[str], LentKey | None] | None":
    """What borrows keys from the platform that SYMPHAINY_URL names, if it names one."""
    from public_works.run_keys import LentKey
    from symphainy.errors import Unavailable

    if Platform.here() is None:
        return None

    def lend(id: str) -> LentKey | None:
        platform = Platform.here()
        if platform is None:
            raise Unavailable("codec.key", "The platform that lends keys is not there.")
        try:
            told = platform.post(f"/v1/codec/keys/{id}/lend").body
            return LentKey(told["id"], base64.b64decode(told["key"]), told["workflow"])
        except Problem as problem:
            if problem.document.get("code") == "codec.no-key":
                return None
            raise Unavailable("codec.key", f"The platform lends no key: {problem}") from problem
        except (Unreachable, KeyError, TypeError, ValueError) as error:
            raise Unavailable("codec.key", f"The platform lends no key: {error}") from error
        finally:
            platform.close()

    return lend
