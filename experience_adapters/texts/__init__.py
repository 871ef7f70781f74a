"""What every adapter of text messages needs: their rules, and how networks cut them."""

from experience_adapters.texts.rules import flaws
from experience_adapters.texts.segments import segments

__all__ = ["flaws", "segments"]
