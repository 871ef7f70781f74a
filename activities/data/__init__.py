"""Data: large documents, turned into others."""

from activities.data.transform import transform

__all__ = ["CAPABILITIES"]

CAPABILITIES = (transform,)
