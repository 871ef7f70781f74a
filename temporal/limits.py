"""How much data a run may carry, and where it is kept."""

__all__ = ["INLINE", "LOCAL_RESULT", "LOCAL_STEPS", "PAYLOAD"]

INLINE = 64 * 1024
"""Bytes of a payload that stand in the history itself; larger ones are kept as blobs. Temporal
refuses 2 MB in one payload and suggests a fresh history at 4 MB of all."""

PAYLOAD = 16 * 1024 * 1024
"""Bytes of one payload at most; beyond it a step or a run ends with a clear error."""

LOCAL_RESULT = 16 * 1024
"""Bytes that a local activity may give; a larger result comes from an ordinary one."""

LOCAL_STEPS = 100
"""Local activities in a row. What they gave is written with the workflow task they are in, in one
message, of which Temporal takes 4 MB; an ordinary activity between them ends that task."""
