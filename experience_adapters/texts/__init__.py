"""What every adapter of text messages needs: their rules, and how networks cut them."""

from experience_adapters.texts.rules import flaws
from symphainy.delivery.segments import segments

__all__ = ["flaws", "segments"]
