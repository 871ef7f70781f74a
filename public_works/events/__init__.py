"""The event hub: what was accepted is kept, and reaches whoever listens, before or after."""

from public_works.events.hub import Accepted, Backlog, EventRecord, Events, Handover, Start

__all__ = ["Accepted", "Backlog", "EventRecord", "Events", "Handover", "Start"]
