"""Solutions that set other solutions to work."""

from activities.solution.start import start

__all__ = ["CAPABILITIES", "start"]

CAPABILITIES = (start,)
