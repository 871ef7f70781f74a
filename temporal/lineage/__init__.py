"""Lineage of runs: their histories and what the stores keep, read and joined."""

from temporal.lineage.lineages import Lineages

__all__ = ["Lineages"]
