"""What Temporal takes, with room for what is added on the way."""

__all__ = ["PAYLOAD"]

PAYLOAD = 1_500_000
"""Bytes of one payload. Temporal refuses 2 MB; a command over it would be tried for ever, so the
run ends with a clear error before."""
