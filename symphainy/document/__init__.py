"""Turns the text of a document into JSON data of which every value knows its place."""

from symphainy.document.loader import load
from symphainy.document.source import Position, Source

__all__ = ["Position", "Source", "load"]
