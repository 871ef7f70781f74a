"""Codes of the area `policy`: policies, the signed context, grants and approvals."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

_DOCUMENTS = (
    Code("policy.unknown-kind", "There is no such kind of policy", "Use one of the known kinds."),
    Code("policy.unknown-field", "The kind has no such field", "Correct or remove the field."),
    Code("policy.missing-field", "A field that the kind needs is missing", "Add the field."),
    Code(
        "policy.value", "A value is none that the field takes", "Write a value as the message says."
    ),
    Code(
        "policy.name",
        "The name cannot be used for a policy",
        "Begin with a letter; go on with letters, digits, - and _, at most 64 in all.",
    ),
    Code("policy.duplicate", "A layer has two policies of one name", "Rename one of them."),
    Code(
        "policy.not-compiled",
        "The policies cannot be made into rules",
        "Shorten the lists in the policy the message names; report a kind that stays refused.",
    ),
)

_VERDICTS = (
    Code("policy.quiet-hours", "It is quiet hours for the customer", "Wait until they end.", 409),
    Code(
        "policy.zone-unknown",
        "Quiet hours hold and the customer's time zone is unknown",
        "Record the customer's zone, or set unknownZone in the policy.",
        403,
    ),
    Code(
        "policy.no-consent",
        "The customer has not agreed to this channel and purpose",
        "Record the customer's consent, or use a channel they agreed to.",
        403,
    ),
    Code("policy.approval-needed", "A person has to approve first", "Ask for the approval.", 409),
    Code(
        "policy.approval-rejected",
        "A person has rejected this",
        "Talk to whoever rejected it; start again if they change their mind.",
        403,
    ),
    Code(
        "policy.approval-expired",
        "Nobody approved in time",
        "Start again, or allow more time in the policy.",
        403,
    ),
    Code(
        "policy.reservation-needed",
        "A place under a frequency cap has to be taken first",
        "Take the place, then decide again.",
        409,
    ),
    Code("policy.cap-reached", "A frequency cap is used up", "Wait, or raise the cap.", 429),
    Code(
        "policy.customer-unknown",
        "A cap counts by customer and the step names none",
        "Name the customer in the step, or count by run or solution.",
        403,
    ),
    Code(
        "policy.budget-exceeded",
        "A budget does not have as much left",
        "Wait until the period moves on, or raise the limit.",
        429,
    ),
    Code(
        "policy.amount-unknown",
        "A budget is about this and nobody knows what it costs",
        "Let the expression `amount` give a number or a sum such as 12.50 EUR, in the currency "
        "of the limit.",
        403,
    ),
    Code(
        "policy.mask-needed",
        "Something has to be masked first",
        "Mask what the verdict points to, then decide again.",
        409,
    ),
    Code(
        "policy.data-class",
        "Data of this class does not go there",
        "Leave it out of what the step is called with, or use another channel or adapter.",
        403,
    ),
    Code(
        "policy.region",
        "This is outside of the regions where it may be",
        "Use an adapter, a capability or a host in one of the regions.",
        403,
    ),
    Code(
        "policy.region-unknown",
        "Nobody knows in which region this is",
        "Write `region` to the binding of the experience, or the host to `hosts` of the policy.",
        403,
    ),
    Code(
        "policy.agent-tool",
        "An agent is not to call this",
        "List it under `tools` of the policy, or let a person start the run.",
        403,
    ),
    Code(
        "policy.destination",
        "A list of destinations does not let this go there",
        "Use another destination, or ask whoever keeps the list that the message names.",
        403,
    ),
    Code(
        "policy.destination-unknown",
        "Nobody knows where this goes, and a list of destinations is about it",
        "Record the customer's address, or write it to the step.",
        403,
    ),
    Code(
        "policy.cedar",
        "A rule in Cedar forbids this",
        "Ask whoever wrote the rule that the message names.",
        403,
    ),
    Code(
        "policy.kill-switch", "An operator has stopped this", "Ask the operator to release it.", 403
    ),
    Code(
        "policy.tenant-wall",
        "The principal belongs to another tenant",
        "Use a credential of the tenant that owns the run.",
        403,
    ),
    Code(
        "policy.stale-facts",
        "The decision takes fresh facts and got none",
        "Read the facts and decide again.",
        500,
    ),
    Code(
        "policy.engine-error",
        "The policies could not be evaluated",
        "Nothing is allowed until it is mended: report the message with the bundle's digest.",
        500,
    ),
)

_CONTEXT = (
    Code(
        "context.missing",
        "The run carries no signed context",
        "Start runs through the API or the command line, not through Temporal itself.",
        401,
    ),
    Code("context.malformed", "The context cannot be read", "Start the run again.", 401),
    Code(
        "context.forged",
        "No trusted key signed the context",
        "Start the run again; after a rotation keep the old public key while its runs go on.",
        401,
    ),
    Code("context.misplaced", "The context belongs to another run", "Start the run anew.", 401),
)

_GRANT = (
    Code(
        "grant.missing",
        "The activity was called without a grant",
        "Call it from a run of the platform, whose gate issues the grant.",
        403,
    ),
    Code("grant.malformed", "The grant cannot be read", "Let the run's gate issue a new one.", 403),
    Code(
        "grant.forged",
        "No trusted key signed the grant",
        "Give the worker the platform's current public keys.",
        403,
    ),
    Code(
        "grant.misplaced",
        "The grant was issued for something else",
        "Use a grant for exactly this call; none can be reused.",
        403,
    ),
    Code("grant.expired", "The grant is too old", "Let the run's gate decide again.", 403),
)

_APPROVAL = (
    Code(
        "approval.other-tenant",
        "The approver belongs to another tenant",
        "Ask somebody of the run's tenant.",
        403,
    ),
    Code("approval.not-a-person", "Only people approve", "Ask a person with the role.", 403),
    Code("approval.role", "The approver lacks the role", "Ask somebody who has the role.", 403),
    Code(
        "approval.not-distinct",
        "Nobody approves what they started",
        "Ask somebody else with the role.",
        403,
    ),
)

CODES: tuple[Code, ...] = (*_DOCUMENTS, *_VERDICTS, *_CONTEXT, *_GRANT, *_APPROVAL)
