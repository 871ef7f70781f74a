"""Every table, which migrations are compared with."""

from public_works.tables.audit import AuditCheckpointRow, AuditHeadRow, AuditRow
from public_works.tables.base import Row
from public_works.tables.care import DigestRow, PreferenceRow, SuppressionRow, TurnRow
from public_works.tables.data_keys import DataKeyRow
from public_works.tables.definition import DeploymentRow, PlanRow, SolutionRow, VersionRow
from public_works.tables.delivery import AttemptRow, CapRow, DeliveryRow, EventRow, OutboxRow
from public_works.tables.endpoints import AnswerRow, WebhookRow
from public_works.tables.erasure import ErasureRow, RunKeyRow, TokenSaltRow
from public_works.tables.events import (
    CloudEventRow,
    HandoverRow,
    ListenerRow,
    MarkRow,
    PostRow,
    ProofRow,
    SourceRow,
)
from public_works.tables.governance import ApprovalRow, CatalogRow, DecisionRow, FactRow, SwitchRow
from public_works.tables.heard import CallbackRow, InboundRow, MessageRow, SecurityEventRow
from public_works.tables.intake import ApiKeyRow, CustomerRow, IntentRow
from public_works.tables.lifecycle import (
    BrokenGlassRow,
    RanRow,
    RemarkRow,
    ReviewRow,
    SignatureRow,
)
from public_works.tables.people import FormerRow, GroupRow, MemberRow, PersonRow, RoleRow
from public_works.tables.policies import PolicyRow
from public_works.tables.session import SessionMessageRow, SessionRow
from public_works.tables.telemetry import AlarmRow, SpanRow
from public_works.tables.trust import IssuerRow, SignInRow

__all__ = [
    "METADATA",
    "AlarmRow",
    "AnswerRow",
    "ApiKeyRow",
    "ApprovalRow",
    "AttemptRow",
    "AuditCheckpointRow",
    "AuditHeadRow",
    "AuditRow",
    "BrokenGlassRow",
    "CallbackRow",
    "CapRow",
    "CatalogRow",
    "CloudEventRow",
    "CustomerRow",
    "DataKeyRow",
    "DecisionRow",
    "DeliveryRow",
    "DeploymentRow",
    "DigestRow",
    "ErasureRow",
    "EventRow",
    "FactRow",
    "FormerRow",
    "GroupRow",
    "HandoverRow",
    "InboundRow",
    "IntentRow",
    "IssuerRow",
    "ListenerRow",
    "MarkRow",
    "MemberRow",
    "MessageRow",
    "OutboxRow",
    "PersonRow",
    "PlanRow",
    "PolicyRow",
    "PostRow",
    "PreferenceRow",
    "ProofRow",
    "RanRow",
    "RemarkRow",
    "ReviewRow",
    "RoleRow",
    "Row",
    "RunKeyRow",
    "SecurityEventRow",
    "SessionMessageRow",
    "SessionRow",
    "SignInRow",
    "SignatureRow",
    "SolutionRow",
    "SourceRow",
    "SpanRow",
    "SuppressionRow",
    "SwitchRow",
    "TokenSaltRow",
    "TurnRow",
    "VersionRow",
    "WebhookRow",
]

METADATA = Row.metadata
