"""How a run leaves its position, so that it can go on in a fresh history."""

from symphainy.json import Json

__all__ = ["Suspended", "Suspension"]


class Suspended(Exception):
    """Unwinds a run towards continue-as-new, collecting its position on the way up."""

    def __init__(self, frame: Json = None) -> None:
        super().__init__()
        self.frame = frame

    def within(self, **outer: Json) -> "Suspended":
        """The same, one level further up: `outer` is that level's own position."""
        return Suspended({**outer, "inner": self.frame})


class Suspension:
    """Whether this history is long enough; everything that waits watches it."""

    def __init__(self) -> None:
        self.wanted = False

    def check(self, frame: Json = None) -> None:
        """Raise Suspended with `frame` if the run is to go on elsewhere."""
        if self.wanted:
            raise Suspended(frame)
