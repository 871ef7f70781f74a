"""The functions an expression may call: pure, metered, deterministic."""
