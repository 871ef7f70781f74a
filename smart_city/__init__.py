"""What is allowed: pure decisions on facts."""

__all__ = [
    "approval",
    "bundle",
    "context",
    "decide",
    "grant",
    "policies",
    "signing",
    "verdict",
]
