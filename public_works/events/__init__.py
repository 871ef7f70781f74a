"""The event hub: what was accepted is kept, and reaches whoever listens, before or after."""

from public_works.events.hub import (
    Accepted,
    Backlog,
    EventRecord,
    Events,
    Handover,
    Start,
    Untold,
)
from public_works.events.letters import DeadLetter, DeadLetters
from public_works.events.marks import Marks
from public_works.events.outcomes import Outcomes
from public_works.events.posts import Post, Posts
from public_works.events.sources import Proof, Source, Sources

__all__ = [
    "Accepted",
    "Backlog",
    "DeadLetter",
    "DeadLetters",
    "EventRecord",
    "Events",
    "Handover",
    "Marks",
    "Outcomes",
    "Post",
    "Posts",
    "Proof",
    "Source",
    "Sources",
    "Start",
    "Untold",
]
