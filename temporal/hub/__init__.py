"""The event hub's way to runs: what was accepted is handed to those that listen."""

from temporal.hub.hub import Hub, Taken
from temporal.hub.listening import listening
from temporal.hub.publishing import publishing
from temporal.hub.sweep import sweeping
from temporal.hub.triggers import meaning
from temporal.hub.watch import Watch

__all__ = ["Hub", "Taken", "Watch", "listening", "meaning", "publishing", "sweeping"]
