"""Journey: the people whom solutions are for."""

from activities.journey.profile import profile

__all__ = ["CAPABILITIES"]

CAPABILITIES = (profile,)
