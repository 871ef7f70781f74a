"""The guarded way out: an HTTP client that cannot be talked into reaching inside."""

from public_works.egress.clearance import CLEARANCE, Clearance
from public_works.egress.client import Egress
from public_works.egress.hop import EgressResponse

__all__ = ["CLEARANCE", "Clearance", "Egress", "EgressResponse"]
