"""`symphainy forget`: a customer, for good."""

import sys

from idp.client import Platform, part

__all__ = ["forget"]


def forget(platform: Platform, customer: str, reason: str) -> int:
    """0; what went, a line for each kind."""
    done = platform.post(f"/v1/customers/{part(customer)}/erase", {"reason": reason}).body
    for name, count in done["counts"].items():
        sys.stdout.write(f"{name}\t{count}\n")
    sys.stdout.write(f"erasure {done['id']}\n")
    return 0
