"""Three customers and an invoice each: what the platform does for them, as it does it."""

from idp.demo.demo import demo

__all__ = ["demo"]
