"""Every table, which migrations are compared with."""

from public_works.tables.audit import AuditCheckpointRow, AuditHeadRow, AuditRow
from public_works.tables.base import Row
from public_works.tables.care import DigestRow, PreferenceRow, SuppressionRow, TurnRow
from public_works.tables.definition import DeploymentRow, PlanRow, SolutionRow, VersionRow
from public_works.tables.delivery import AttemptRow, CapRow, DeliveryRow, EventRow, OutboxRow
from public_works.tables.endpoints import AnswerRow, WebhookRow
from public_works.tables.events import CloudEventRow, HandoverRow, ListenerRow
from public_works.tables.governance import ApprovalRow, CatalogRow, DecisionRow, SwitchRow
from public_works.tables.heard import CallbackRow, InboundRow, MessageRow, SecurityEventRow
from public_works.tables.intake import ApiKeyRow, CustomerRow, IntentRow
from public_works.tables.people import GroupRow, MemberRow, PersonRow, RoleRow
from public_works.tables.policies import PolicyRow
from public_works.tables.session import SessionMessageRow, SessionRow
from public_works.tables.trust import IssuerRow

__all__ = [
    "METADATA",
    "AnswerRow",
    "ApiKeyRow",
    "ApprovalRow",
    "AttemptRow",
    "AuditCheckpointRow",
    "AuditHeadRow",
    "AuditRow",
    "CallbackRow",
    "CapRow",
    "CatalogRow",
    "CloudEventRow",
    "CustomerRow",
    "DecisionRow",
    "DeliveryRow",
    "DeploymentRow",
    "DigestRow",
    "EventRow",
    "GroupRow",
    "HandoverRow",
    "InboundRow",
    "IntentRow",
    "IssuerRow",
    "ListenerRow",
    "MemberRow",
    "MessageRow",
    "OutboxRow",
    "PersonRow",
    "PlanRow",
    "PolicyRow",
    "PreferenceRow",
    "RoleRow",
    "Row",
    "SecurityEventRow",
    "SessionMessageRow",
    "SessionRow",
    "SolutionRow",
    "SuppressionRow",
    "SwitchRow",
    "TurnRow",
    "VersionRow",
    "WebhookRow",
]

METADATA = Row.metadata
