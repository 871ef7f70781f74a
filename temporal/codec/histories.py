"""Reading a history: whose payloads stand in it, and what Temporal itself wrote there."""

import json
from typing import Any

from temporalio.api.history.v1 import MarkerRecordedEventAttributes
from temporalio.client import Client
from temporalio.converter import DataConverter, WorkflowSerializationContext

__all__ = ["converter_for", "local_activity"]


def converter_for(client: Client, workflow: str) -> DataConverter:
    """The converter of what stands in the histories of that workflow id."""
    context = WorkflowSerializationContext(namespace=client.namespace, workflow_id=workflow)
    return client.data_converter.with_context(context)


def local_activity(marker: MarkerRecordedEventAttributes) -> dict[str, Any]:
    """Which local activity a marker tells of: the SDK's core wrote it, past every codec, and
    nothing of it is data."""
    told = marker.details["data"].payloads if "data" in marker.details else ()
    found: dict[str, Any] = json.loads(told[0].data) if told else {}
    return found
