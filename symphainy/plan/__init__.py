"""The plan: a definition compiled, frozen and addressed by digest; all a run needs to know.

Values that hold runtime expressions are kept as written: a string of the form `${ … }` inside
them is evaluated, everything else is literal. Where the specification takes a bare expression
(`if`, `when`, `from`, `as`, `in`, `while`), the compiler has put it into that form.
"""

from symphainy.plan.calls import Call, Emit, Http, Remote, Run
from symphainy.plan.node import Case, Deadline, Retry, SecretPart, Secrets, Shape
from symphainy.plan.plan import Experience, Intent, Parts, Plan, Schedule, Template
from symphainy.plan.tasks import (
    Catch,
    Correlation,
    Do,
    Each,
    Extension,
    Filter,
    For,
    Fork,
    Listen,
    Raise,
    Set,
    Switch,
    Task,
    Try,
    Until,
    Wait,
    inside,
    walk,
)

__all__ = [
    "Call",
    "Case",
    "Catch",
    "Correlation",
    "Deadline",
    "Do",
    "Each",
    "Emit",
    "Experience",
    "Extension",
    "Filter",
    "For",
    "Fork",
    "Http",
    "Intent",
    "Listen",
    "Parts",
    "Plan",
    "Raise",
    "Remote",
    "Retry",
    "Run",
    "Schedule",
    "SecretPart",
    "Secrets",
    "Set",
    "Shape",
    "Switch",
    "Task",
    "Template",
    "Try",
    "Until",
    "Wait",
    "inside",
    "walk",
]
