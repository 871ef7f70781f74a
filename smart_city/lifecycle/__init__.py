"""The governed life of a version: from a draft to what environments run, and out of them again."""

from smart_city.lifecycle.clearance import Candidate, Ground, cleared
from smart_city.lifecycle.diff import Change, Side, diff
from smart_city.lifecycle.paths import Ran, before, next_environment, upwards
from smart_city.lifecycle.rehearsed import Rehearsed, rehearsed
from smart_city.lifecycle.review import (
    Attachment,
    Counted,
    Evidence,
    Given,
    Round,
    Signatory,
    approvable,
    reviewable,
    somebody,
    withdrawable,
)
from smart_city.lifecycle.rules import Rules
from smart_city.lifecycle.states import SANDBOX, TABLE, Act, Row, Stage, Standing, State, moved

__all__ = [
    "SANDBOX",
    "TABLE",
    "Act",
    "Attachment",
    "Candidate",
    "Change",
    "Counted",
    "Evidence",
    "Given",
    "Ground",
    "Ran",
    "Rehearsed",
    "Round",
    "Row",
    "Rules",
    "Side",
    "Signatory",
    "Stage",
    "Standing",
    "State",
    "approvable",
    "before",
    "cleared",
    "diff",
    "moved",
    "next_environment",
    "rehearsed",
    "reviewable",
    "somebody",
    "upwards",
    "withdrawable",
]
