"""Codes of the life of versions: reviewed, approved, deployed, taken back."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "lifecycle.not-submitted",
        "The version is a draft that nobody has submitted",
        "Let its author submit it: `symphainy submit FILE`, or "
        "`POST /v1/solutions/{name}/versions/{version}/submit`.",
        409,
    ),
    Code(
        "lifecycle.not-approved",
        "The environment takes approved versions only",
        "The message says what is missing and who can do it. Until then the version can be tried "
        "in `sandbox`; in an emergency a person may deploy it with `break_glass` and a reason.",
        409,
    ),
    Code(
        "lifecycle.own-work",
        "Nobody decides on their own work",
        "Let another person do it; a second account of the same person is not another person.",
        403,
    ),
    Code(
        "lifecycle.not-yours",
        "Only who wrote or submitted a version withdraws it",
        "Ask them to, or let somebody who reviews send it back: "
        "`POST /v1/solutions/{name}/versions/{version}/reject`.",
        403,
    ),
    Code(
        "lifecycle.no-evidence",
        "The run shows nothing of this version",
        "Deploy exactly this version to `sandbox`, start it there "
        "(`POST /v1/solutions/{name}/intents/{intent}?environment=sandbox`), let it complete, and "
        "submit with that run. What `symphainy run` tries is a version of its own.",
        409,
    ),
    Code(
        "lifecycle.no-task",
        "The version has no such task",
        "Name a task by its reference, as its graph has it (`/do/0/hello`), or leave it out.",
    ),
    Code(
        "lifecycle.not-a-person",
        "Only a person may do this",
        "Let a person do it, with a key or token of their own.",
        403,
    ),
    Code(
        "lifecycle.other-digest",
        "The approval is of something else than what lies before the approver",
        "Read the review again (`GET …/versions/{version}/review`), and approve what it shows.",
        409,
    ),
    Code(
        "lifecycle.order",
        "Versions are not promoted that way",
        "Promote from an environment to a later one, as SYMPHAINY_ENVIRONMENTS orders them.",
    ),
    Code(
        "lifecycle.never-ran",
        "The version never ran in the environment it is to be promoted from",
        "Deploy it there first.",
        409,
    ),
    Code(
        "lifecycle.promote-first",
        "The environment takes only versions that ran in the one before",
        "Deploy the version to the environment before, then promote it.",
        409,
    ),
    Code(
        "lifecycle.nothing-before",
        "There is nothing to go back to",
        "See what ran there: `GET /v1/solutions/{name}/deployments`. Versions that were retired, "
        "and those whose approval was taken back, do not run again.",
        409,
    ),
    Code(
        "lifecycle.moved-on",
        "The environment runs another version by now",
        "Look what it runs, and ask again for the environment as it is.",
        409,
    ),
    Code(
        "lifecycle.glass-missing",
        "No glass was broken under this id",
        "List what was broken with `GET /v1/break-glass?every=true`.",
        404,
    ),
    Code(
        "lifecycle.glass-reviewed",
        "Somebody has reviewed it already",
        "Nothing is left to do; the first review stands.",
        409,
    ),
)
