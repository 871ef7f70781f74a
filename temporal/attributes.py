"""The search attributes under which runs are found."""

from datetime import timedelta

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.client import Client
from temporalio.common import SearchAttributeKey

__all__ = ["ALL", "CUSTOMER", "ENVIRONMENT", "SOLUTION", "STAGE", "TENANT", "VERSION", "register"]

TENANT = SearchAttributeKey.for_keyword("SymTenant")
SOLUTION = SearchAttributeKey.for_keyword("SymSolution")
VERSION = SearchAttributeKey.for_keyword("SymVersion")
CUSTOMER = SearchAttributeKey.for_keyword("SymCustomer")
STAGE = SearchAttributeKey.for_keyword("SymStage")
ENVIRONMENT = SearchAttributeKey.for_keyword("SymEnvironment")

# A namespace has room for ten keywords in Temporal's SQL visibility: six are ours, four a client's.
ALL = (TENANT, SOLUTION, VERSION, CUSTOMER, STAGE, ENVIRONMENT)


async def register(client: Client) -> None:
    """Make sure the namespace knows every attribute; safe to call again."""
    service = client.operator_service
    listed = await service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace), timeout=timedelta(seconds=10)
    )
    missing = [key.name for key in ALL if key.name not in listed.custom_attributes]
    if missing:
        keyword = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
        await service.add_search_attributes(
            AddSearchAttributesRequest(
                namespace=client.namespace,
                search_attributes=dict.fromkeys(missing, keyword),
            ),
            timeout=timedelta(seconds=10),
        )
