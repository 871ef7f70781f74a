"""retention: how long what runs leave behind is kept."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from smart_city.facts import Facts, Step, Subject
from smart_city.policies.kind import Duration, Forbid, Hold, Ref, Restriction, Text

__all__ = ["KEPT", "Kept", "Retention"]

Kept = Literal["runs", "outbox", "transcripts", "facts"]
KEPT: tuple[Kept, ...] = ("runs", "outbox", "transcripts", "facts")


class Retention(Restriction):
    """What is older is let go of, every hour. Of several policies that speak about the same, the
    shortest holds. What proves what happened stays: the ledger, the audit log and decisions
    without their facts."""

    fresh = False

    kind: Literal["retention"]
    runs: Duration | None = None
    """The histories of runs that ended, with the data they carried; their traces, what they
    answered over the API, what people wrote to them, and what providers told and gave."""
    outbox: Duration | None = None
    """What messages of the sandbox said."""
    transcripts: Duration | None = None
    """What was said in sessions since which nobody has said anything."""
    facts: Duration | None = None
    """What decisions were made on; `policy replay` decides on it again."""
    solutions: Annotated[tuple[Text, ...], Field(min_length=1, max_length=100)] | None = None
    """Only of these, `namespace.name`."""

    @model_validator(mode="after")
    def _keeps_something(self) -> Self:
        if not any(self.periods().values()):
            what = ", ".join(f"`{one}`" for one in KEPT)
            raise PydanticCustomError("empty", "say how long to keep one of {what}", {"what": what})
        if self.channels or self.before or self.when:
            message = "it is about no step: leave out channels, before and when"
            raise PydanticCustomError("scope", message)
        return self

    def periods(self) -> Mapping[Kept, timedelta]:
        """How long it lets what be kept."""
        said = {"runs": self.runs, "outbox": self.outbox, "transcripts": self.transcripts}
        all_ = {**said, "facts": self.facts}
        return {one: found for one in KEPT if (found := all_[one]) is not None}

    def forbids(self, ref: Ref) -> Iterator[Forbid]:
        return iter(())

    def hold(self, ref: Ref, part: str, step: Step, facts: Facts) -> Hold:
        # Without a forbid nobody asks; whoever does all the same is not let through by it.
        return Hold("policy.unsettled", f"`{ref.name}` is about no step")

    def about(self, subject: Subject) -> bool:
        return False
