"""The decision core: Cedar policies as text that people can read, asked through cached handles."""

from smart_city.cedar.engine import Answer, Engine, Question, Unusable
from smart_city.cedar.schema import ACTIONS, schema
from smart_city.cedar.text import Rule, literal, names, screen

__all__ = [
    "ACTIONS",
    "Answer",
    "Engine",
    "Question",
    "Rule",
    "Unusable",
    "literal",
    "names",
    "schema",
    "screen",
]
