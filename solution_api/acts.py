"""Which operations the audit log has, as what; and why it has not the others that change something.

Keys are names of operations, as the OpenAPI document has them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["ACTS", "LEFT_OUT", "Deed"]


@dataclass(frozen=True, slots=True)
class Deed:
    """How an operation is recorded."""

    action: str
    about: str
    """What kind of thing it is done to."""
    subject: str = ""
    """Its id, from the parameters of the path; empty where the operation says it itself."""
    tokens: bool = False
    """Whether the id leads to a person, so that only a token of it is recorded."""


VERSION = "{name}@{version}"

ACTS: Mapping[str, Deed] = MappingProxyType(
    {
        "register_version": Deed("solution.registered", "version", VERSION),
        "deploy_version": Deed("solution.deployed", "version", VERSION),
        "submit_version": Deed("solution.submitted", "version", VERSION),
        "approve_version": Deed("solution.approved", "version", VERSION),
        "reject_version": Deed("solution.rejected", "version", VERSION),
        "withdraw_version": Deed("solution.withdrawn", "version", VERSION),
        "comment_version": Deed("solution.commented", "version", VERSION),
        "promote_version": Deed("solution.promoted", "version", VERSION),
        "rollback_solution": Deed("solution.rolled-back", "solution", "{name}"),
        "review_glass": Deed("glass.reviewed", "broken-glass", "{glass}"),
        "retire_version": Deed("solution.retired", "version", VERSION),
        "pause_solution": Deed("solution.paused", "solution", "{name}"),
        "resume_solution": Deed("solution.resumed", "solution", "{name}"),
        "pause_run": Deed("run.paused", "run", "{run}"),
        "resume_run": Deed("run.resumed", "run", "{run}"),
        "migrate_run": Deed("run.migrated", "run", "{run}"),
        "migrate_solution": Deed("runs.migrated", "solution", "{name}"),
        "cancel_run": Deed("run.cancelled", "run", "{run}"),
        "put_source": Deed("source.changed", "source", "{source}"),
        "delete_source": Deed("source.deleted", "source", "{source}"),
        "rotate_source": Deed("source.secret-rotated", "source", "{source}"),
        "resend_delivery": Deed("delivery.resent", "delivery", "{delivery}"),
        "resolve_delivery": Deed("delivery.resolved", "delivery", "{delivery}"),
        "resend_dead_letter": Deed("dead-letter.resent", "dead-letter", "{letter}"),
        "discard_dead_letter": Deed("dead-letter.discarded", "dead-letter", "{letter}"),
        "replay_webhook": Deed("webhook.replayed", "webhook", "{name}"),
        "create_webhook": Deed("webhook.created", "webhook"),
        "delete_webhook": Deed("webhook.deleted", "webhook", "{name}"),
        "rotate_webhook": Deed("webhook.secret-rotated", "webhook", "{name}"),
        "enable_webhook": Deed("webhook.enabled", "webhook", "{name}"),
        "disable_webhook": Deed("webhook.disabled", "webhook", "{name}"),
        "set_tenant_policies": Deed("policies.changed", "policies", "tenant"),
        "set_platform_policies": Deed("policies.changed", "policies", "platform"),
        "put_issuer": Deed("issuer.trusted", "issuer", "{issuer}"),
        "delete_issuer": Deed("issuer.removed", "issuer", "{issuer}"),
        "end_sign_in": Deed("sign-in.ended", "sign-in", "{sign_in}"),
        "create_user": Deed("person.created", "person"),
        "replace_user": Deed("person.changed", "person"),
        "change_user": Deed("person.changed", "person"),
        "delete_user": Deed("person.removed", "person"),
        "create_group": Deed("group.created", "group"),
        "replace_group": Deed("group.changed", "group"),
        "change_group": Deed("group.changed", "group"),
        "delete_group": Deed("group.removed", "group"),
        "put_role": Deed("role.changed", "role", "{role}"),
        "delete_role": Deed("role.removed", "role", "{role}"),
        "put_customer": Deed("customer.changed", "customer", "{customer}", tokens=True),
        "put_preferences": Deed("preferences.changed", "customer", "{customer}", tokens=True),
        "erase_customer": Deed("customer.forgotten", "customer", "{customer}", tokens=True),
        "add_suppression": Deed("suppression.added", "suppression"),
        "remove_suppression": Deed(
            "suppression.removed", "suppression", "{suppression}", tokens=True
        ),
        "acknowledge_alarm": Deed("alarm.acknowledged", "alarm", "{alarm}"),
        "decode_payloads": Deed("payloads.read", "namespace", "{namespace}"),
        "download_payloads": Deed("payloads.read", "namespace", "{namespace}"),
        "rotate_data_key": Deed("data-key.rotated", "data-keys", "tenant"),
        "lend_data_key": Deed("data-key.lent", "data-key", "{key}"),
        "rewrap_data_keys": Deed("data-keys.rewrapped", "data-keys", "platform"),
        "export_audit": Deed("audit.exported", "audit", "all"),
    }
)

WORK = "It is the solution's work, which the run itself tells of."
KEEPS_NOTHING = "It changes nothing."
ITSELF = "It is recorded by what it does, whoever's page it comes from."

LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "check_definition": KEEPS_NOTHING,
        "language": KEEPS_NOTHING,
        "read_provisioning": KEEPS_NOTHING,
        "preview_template": KEEPS_NOTHING,
        "replay_policies": KEEPS_NOTHING,
        "encode_payloads": KEEPS_NOTHING,
        "submit_intent": WORK,
        "ask_endpoint": WORK,
        "send_events": WORK,
        "submit_form": WORK,
        "write_in_session": WORK,
        "write_own_message": WORK,
        "see_own_messages": WORK,
        "act_on_message": "It plays a provider, and nothing real happens.",
        "receive_event": "Those that are not believed are recorded as security events.",
        "receive_callback": "Those that are not believed are recorded as security events.",
        "issue_key": ITSELF,
        "rotate_key": ITSELF,
        "revoke_key": ITSELF,
        "approve": ITSELF,
        "reject": ITSELF,
        "decide_own_approval": ITSELF,
        "put_own_preferences": ITSELF,
        "buy_widget_token": "Tokens are counted, and the count is recorded.",
    }
)
"""Operations that are no reading and have no record of their own, and why."""
