"""Every table, which migrations are compared with."""

from public_works.tables.base import Row
from public_works.tables.care import PreferenceRow, SuppressionRow, TurnRow
from public_works.tables.definition import DeploymentRow, PlanRow, SolutionRow, VersionRow
from public_works.tables.delivery import AttemptRow, CapRow, DeliveryRow, EventRow, OutboxRow
from public_works.tables.events import CloudEventRow, HandoverRow, ListenerRow
from public_works.tables.governance import ApprovalRow, CatalogRow, DecisionRow, SwitchRow
from public_works.tables.intake import ApiKeyRow, CustomerRow, IntentRow

__all__ = [
    "METADATA",
    "ApiKeyRow",
    "ApprovalRow",
    "AttemptRow",
    "CapRow",
    "CatalogRow",
    "CloudEventRow",
    "CustomerRow",
    "DecisionRow",
    "DeliveryRow",
    "DeploymentRow",
    "EventRow",
    "HandoverRow",
    "IntentRow",
    "ListenerRow",
    "OutboxRow",
    "PlanRow",
    "PreferenceRow",
    "Row",
    "SolutionRow",
    "SuppressionRow",
    "SwitchRow",
    "TurnRow",
    "VersionRow",
]

METADATA = Row.metadata
