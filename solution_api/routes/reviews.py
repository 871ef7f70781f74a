"""Reviews: versions are submitted, approved by others than their authors, or sent back."""

import asyncio
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from public_works.definitions import VersionRecord
from smart_city.lifecycle import Attachment, Evidence, Given, rehearsed, somebody
from solution_api.auth import Approver, Author, Held, Reader, Reviewer
from solution_api.bodies import model
from solution_api.examples import DIGEST
from solution_api.governance import governing
from solution_api.headers import IdempotencyKey
from solution_api.names import Limit, Name, Version
from solution_api.openapi import BODY, answers, takes
from solution_api.review_views import Remark, Review, Reviewed, Waiting
from solution_api.services import Services
from solution_api.solutions import plan_of, rules
from solution_api.solutions import version as version_of
from solution_api.views import Page
from solution_api.views import Version as VersionView
from symphainy.errors import Refused
from symphainy.identity import Principal
from symphainy.json import digest

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["Reviews"])

MISSING = ("solution.missing", "solution.version-missing", "store.key-too-long")
OF_VERSION = "/solutions/{name}/versions/{version}"
DECIDED = (
    "solution.version-retired",
    "lifecycle.not-submitted",
    "lifecycle.not-a-person",
    *MISSING,
    *BODY,
)


class Submission(BaseModel, extra="forbid"):
    """What is laid before those who approve, besides the version."""

    note: str = Field("", max_length=2000, description="What it is about.")
    attached: tuple[Attachment, ...] = Field(
        (),
        max_length=20,
        description="What was made to show that it does what it should, such as a simulation; "
        "approvals are bound to it by its digest. The platform takes your word for it.",
    )
    runs: tuple[Annotated[str, Field(max_length=400)], ...] = Field(
        (),
        max_length=5,
        description="Runs by exactly this version in an environment that asks for no approval "
        "(`sandbox`). The platform looks what they did, and approvals are bound to that.",
    )


class Approval(BaseModel, extra="forbid"):
    """What is approved; what is left out is what lies before the approver now."""

    plan: str | None = Field(None, max_length=200, description="Digest of the plan you looked at.")
    evidence: str | None = Field(
        None, max_length=200, description="Digest of the evidence you looked at."
    )
    note: str = Field("", max_length=2000)


class Rejection(BaseModel, extra="forbid"):
    """What has to change."""

    reason: str = Field(min_length=1, max_length=2000)


class Comment(BaseModel, extra="forbid"):
    """Something to say."""

    text: str = Field(min_length=1, max_length=2000)
    task: str | None = Field(
        None, max_length=500, description="Reference of the task it is about, `/do/0/hello`."
    )


class Withdrawal(BaseModel, extra="forbid"):
    """Why it is taken back."""

    reason: str = Field("", max_length=2000)


@router.post(
    OF_VERSION + "/submit",
    responses=answers(
        "solution.version-retired",
        "lifecycle.no-evidence",
        "run.unknown",
        "run.temporal-unreachable",
        "run.bad-query",
        *MISSING,
        *BODY,
    ),
    openapi_extra=takes(Submission.model_json_schema(), {"note": "Reminds by voice, too."}),
)
async def submit_version(
    services: Held,
    by: Author,
    name: Name,
    version: Version,
    given: Annotated[Submission, Depends(model(Submission))],
    idempotency_key: IdempotencyKey,
) -> Reviewed:
    """Lay a version before those who approve. With other evidence than before, approvals that
    were given are void; the same again changes nothing."""
    record = await version_of(services, by.tenant, name, version)
    asked = rules(services, by.tenant)
    ran = [await services.lineages.of_run(by.tenant, run) for run in dict.fromkeys(given.runs)]
    evidence = Evidence(
        plan=record.plan_digest,
        definition=record.digest,
        findings=digest(list(record.findings)),
        policies=await _policies(services, record),
        attached=given.attached,
        rehearsed=tuple(rehearsed(one, record.plan_digest, asked.free) for one in ran),
    )
    submit = partial(services.stores.reviews.submit, evidence=evidence, note=given.note)
    await asyncio.to_thread(partial(submit, by.tenant, name, version, by, rules=asked))
    return await _reviewed(services, by, name, version)


@router.post(
    OF_VERSION + "/approve",
    responses=answers("lifecycle.own-work", "lifecycle.other-digest", *DECIDED),
    openapi_extra=takes(Approval.model_json_schema(), {"plan": DIGEST, "note": "Looks right."}),
)
async def approve_version(
    services: Held,
    by: Approver,
    name: Name,
    version: Version,
    given: Annotated[Approval, Depends(model(Approval))],
    idempotency_key: IdempotencyKey,
) -> Reviewed:
    """Approve exactly this version: its plan and its evidence, by their digests.

    Who wrote or submitted it may not, by none of their accounts; nor may services and agents.
    A second approval of the same person changes nothing.
    """
    record = await version_of(services, by.tenant, name, version)
    approve = partial(
        services.stores.reviews.approve,
        given=Given(given.plan, given.evidence),
        policies=await _policies(services, record),
        rules=rules(services, by.tenant),
        comment=given.note,
    )
    await asyncio.to_thread(approve, by.tenant, name, version, by)
    return await _reviewed(services, by, name, version)


@router.post(
    OF_VERSION + "/reject",
    responses=answers(*DECIDED),
    openapi_extra=takes(
        Rejection.model_json_schema(), {"reason": "Who consents to calls?"}, required=True
    ),
)
async def reject_version(
    services: Held,
    by: Reviewer,
    name: Name,
    version: Version,
    given: Annotated[Rejection, Depends(model(Rejection))],
    idempotency_key: IdempotencyKey,
) -> Reviewed:
    """Ask for changes: the version is a draft again, with a reason. Approvals are void, also of a
    version that was approved; what runs goes on running."""
    await version_of(services, by.tenant, name, version)
    reject = services.stores.reviews.reject
    await asyncio.to_thread(reject, by.tenant, name, version, by, given.reason)
    return await _reviewed(services, by, name, version)


@router.post(
    OF_VERSION + "/withdraw",
    responses=answers(
        "lifecycle.not-yours",
        "lifecycle.not-submitted",
        "solution.version-retired",
        *MISSING,
        *BODY,
    ),
    openapi_extra=takes(Withdrawal.model_json_schema(), {"reason": "It calls people at night."}),
)
async def withdraw_version(
    services: Held,
    by: Author,
    name: Name,
    version: Version,
    given: Annotated[Withdrawal, Depends(model(Withdrawal))],
    idempotency_key: IdempotencyKey,
) -> Reviewed:
    """Take back what you wrote or submitted: the version is a draft again, and approvals of it are
    void. What runs goes on running."""
    await version_of(services, by.tenant, name, version)
    withdraw = services.stores.reviews.withdraw
    await asyncio.to_thread(withdraw, by.tenant, name, version, by, given.reason)
    return await _reviewed(services, by, name, version)


@router.post(
    OF_VERSION + "/comments",
    status_code=201,
    responses=answers("lifecycle.no-task", *MISSING, *BODY),
    openapi_extra=takes(
        Comment.model_json_schema(),
        {"text": "What if they have no phone?", "task": "/do/0/hello"},
        required=True,
    ),
)
async def comment_version(
    services: Held,
    by: Reader,
    name: Name,
    version: Version,
    given: Annotated[Comment, Depends(model(Comment))],
    idempotency_key: IdempotencyKey,
) -> Remark:
    """Say something that decides nothing, of a version or of one of its tasks. Whoever may read it
    may."""
    record = await version_of(services, by.tenant, name, version)
    if given.task is not None and (await plan_of(services, record)).task(given.task) is None:
        raise Refused("lifecycle.no-task", f"{name} {version} has no task {given.task[:200]!r}.")
    comment = partial(services.stores.reviews.comment, task=given.task, request=idempotency_key)
    made = await asyncio.to_thread(comment, by.tenant, name, version, by, given.text)
    return Remark.model_validate(made)


@router.get(OF_VERSION + "/review", responses=answers(*MISSING))
async def get_review(services: Held, by: Reader, name: Name, version: Version) -> Reviewed:
    """A version, what approvals of it are bound to, who approved it and what was said."""
    await version_of(services, by.tenant, name, version)
    return await _reviewed(services, by, name, version)


@router.get("/reviews", responses=answers("store.key-too-long"))
async def list_reviews(services: Held, by: Reader, limit: Limit = 50) -> Page[Waiting]:
    """Versions that wait to be approved, the longest first."""
    found = await asyncio.to_thread(services.stores.reviews.waiting, by.tenant, limit)
    return Page(items=[Waiting.model_validate(one) for one in found], cursor=None)


async def _policies(services: Services, record: VersionRecord) -> str:
    plan = await plan_of(services, record)
    return (await governing(services, record.tenant, plan)).digest


async def _reviewed(services: Services, by: Principal, name: str, version: str) -> Reviewed:
    record = await version_of(services, by.tenant, name, version)
    reviews = services.stores.reviews
    review = await asyncio.to_thread(reviews.newest, by.tenant, name, version)
    remarks = await asyncio.to_thread(reviews.remarks, by.tenant, name, version)
    but = [record.author, *([review.by] if review else [])]
    shown = VersionView.model_validate(record).model_dump()
    # What it is read by has another name than what it is shown as.
    shown["plan_digest"] = shown.pop("plan")
    return Reviewed.model_validate(
        {
            **shown,
            "review": Review.model_validate(review) if review else None,
            "needed": services.settings.approvals_needed,
            "who": somebody("approve", but),
            "policies": await _policies(services, record),
            "findings": list(record.findings),
            "remarks": [Remark.model_validate(one) for one in remarks],
        }
    )
