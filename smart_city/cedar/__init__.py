"""The decision core: Cedar policies as text that people can read, asked through cached handles."""

from smart_city.cedar.engine import Answer, Engine, Place, Question, Unusable
from smart_city.cedar.schema import schema
from smart_city.cedar.text import Rule, literal, names, screen

__all__ = [
    "Answer",
    "Engine",
    "Place",
    "Question",
    "Rule",
    "Unusable",
    "literal",
    "names",
    "schema",
    "screen",
]
