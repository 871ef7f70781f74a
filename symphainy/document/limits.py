"""How much of a document is read before it is refused."""

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_FINDINGS", "MAX_KEY", "MAX_NODES"]

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 64
MAX_NODES = 50_000
"""Values and keys together."""
MAX_KEY = 1024
"""Characters of one key. YAML has this bound on plain keys; it also bounds pointers."""
MAX_FINDINGS = 200
