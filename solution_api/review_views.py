"""What the API shows of reviews, of what environments ran, and of differences."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from smart_city.lifecycle import Change, Evidence, Ground
from solution_api.views import Deployment, Version, View
from symphainy.findings import Finding

__all__ = [
    "BrokenGlass",
    "Compared",
    "Drift",
    "Here",
    "Ran",
    "Remark",
    "Review",
    "Reviewed",
    "Signature",
    "Versus",
    "Waiting",
]


class Signature(View):
    """The approval of one person."""

    by: str
    evidence: str = Field(description="Digest of the evidence it is bound to.")
    policies: str = Field(description="Digest of the policies that held at that moment.")
    at: datetime


class Remark(View):
    """Something said about a version."""

    id: str
    act: Literal["submit", "approve", "reject", "withdraw", "comment"]
    by: str
    text: str
    at: datetime
    task: str | None = Field(description="Reference of the task it is about.")


class Review(View):
    """A version laid before those who approve."""

    id: str
    n: int = Field(description="How many times it was submitted.")
    state: Literal["open", "approved", "rejected", "withdrawn", "expired"]
    evidence: Evidence = Field(description="What approvals are bound to.")
    digest: str = Field(description="Of the evidence.")
    by: str = Field(description="Who submitted it.")
    note: str
    at: datetime
    decided: datetime | None
    expires: datetime
    approvals: list[Signature]


class Reviewed(Version):
    """A version, and how its review stands."""

    review: Review | None = Field(description="The newest; null if it was never submitted.")
    needed: int = Field(description="How many persons have to approve.")
    who: str = Field(description="Who can approve, in words.")
    policies: str = Field(
        description="Digest of the policies that hold now; another one than the evidence's says "
        "that they have changed since."
    )
    findings: list[Finding] = Field(description="What the check found.")
    remarks: list[Remark]


class Waiting(Review):
    """A review that waits, and of what."""

    solution: str
    version: str


class Ran(View):
    """A version that an environment ran from then on."""

    solution: str
    environment: str
    n: int
    version: str
    act: Literal["deploy", "promote", "rollback"]
    ground: Ground
    by: str
    at: datetime
    why: str
    source: str | None
    review: str | None
    glass: str | None


class BrokenGlass(View):
    """A deployment past the approval it takes."""

    id: str
    solution: str
    version: str
    plan: str
    environment: str
    by: str
    reason: str
    at: datetime
    verdict: Literal["upheld", "objected"] | None = Field(
        description="Null while nobody else has looked."
    )
    reviewer: str | None
    comment: str | None
    reviewed: datetime | None


class Versus(View):
    """One side of a comparison."""

    version: str
    plan: str = Field(description="Digest of the compiled plan.")
    definition: str = Field(description="Digest of the text.")


class Compared(View):
    """What two versions of a solution differ in."""

    solution: str
    before: Versus
    after: Versus
    same: bool = Field(description="Whether they do the same, whatever their versions are.")
    changes: list[Change]


class Here(Deployment):
    """What an environment runs."""

    plan: str
    approved: bool = Field(description="Whether the version has an approval that counts now.")


class Between(View):
    """How one environment differs from another."""

    source: str = Field(serialization_alias="from")
    target: str = Field(serialization_alias="to")
    same: bool
    changes: list[Change]


class Drift(View):
    """How the environments of a solution have drifted apart."""

    solution: str
    environments: list[Here]
    drift: list[Between]
