"""Mail that attacks try to get sent, or to keep from being stopped."""

import json
from zoneinfo import ZoneInfo

from public_works.ledger.records import DeliveryRecord
from tests.runtime.platform import Platform

__all__ = ["MAIL", "customer", "letters", "mailing"]

MAIL = """\
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
experiences:
  email:
    adapter: sandbox
    from: billing@acme.example
    templates:
      hello: {subject: Hello, text: "Dear {{ customer.name }}, hello."}
do:
  - send: {call: email, with: {to: "${ .customer }", template: hello}}
"""


def mailing(**policies: object) -> str:
    """A definition that sends one mail under these policies."""
    return MAIL.replace("do:\n", f"policies: {json.dumps(policies)}\ndo:\n")


def customer(
    platform: Platform,
    tenant: str,
    id: str,
    *,
    zone: str | None = "UTC",
    consent: bool = True,
) -> str:
    """A customer of that tenant."""
    if zone is not None:
        ZoneInfo(zone)
    platform.stores.customers.upsert(
        tenant,
        id,
        name="Ada",
        email=f"{id}@customer.example",
        zone=zone,
        consents=[{"channel": "email", "purpose": "transactional", "granted": consent}],
    )
    return id


def letters(platform: Platform, tenant: str, customer: str) -> list[DeliveryRecord]:
    """What was or is to be delivered to them, as the ledger has it."""
    return list(platform.stores.ledger.list(tenant, customer=customer))
