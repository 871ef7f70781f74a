"""The kinds of policy that ship with the platform, offered by the same entry point as any other."""

from collections.abc import Mapping
from types import MappingProxyType

from smart_city.policies.approval import NeedsApproval
from smart_city.policies.consent import Consent
from smart_city.policies.frequency_cap import FrequencyCap
from smart_city.policies.kind import Forbid, Hold, Ref, Restriction
from smart_city.policies.quiet_hours import QuietHours

__all__ = [
    "KINDS",
    "Consent",
    "Forbid",
    "FrequencyCap",
    "Hold",
    "NeedsApproval",
    "QuietHours",
    "Ref",
    "Restriction",
]

KINDS: Mapping[str, type[Restriction]] = MappingProxyType(
    {
        "approval": NeedsApproval,
        "consent": Consent,
        "frequencyCap": FrequencyCap,
        "quietHours": QuietHours,
    }
)
"""The model of each kind by its name: what an entry point of `symphainy.policies` offers."""
