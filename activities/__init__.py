"""What can be done: the realms' capabilities."""

from activities.registry import Problem, Registry

__all__ = ["Problem", "Registry"]
