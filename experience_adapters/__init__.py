"""How people are reached: one adapter a channel and vendor."""

from experience_adapters.registry import Problem, Registry

__all__ = ["Problem", "Registry"]
