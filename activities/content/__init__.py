"""Content: what is said to people."""

from activities.content.render import render

__all__ = ["CAPABILITIES"]

CAPABILITIES = (render,)
