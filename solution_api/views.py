"""What the API shows of what the stores keep."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from public_works.ledger import State as DeliveryState
from smart_city.documents import Policy
from smart_city.lifecycle import Ground, Stage, State
from solution_api.simulator import Act
from symphainy.catalog import Promise
from symphainy.delivery import Outcome
from symphainy.findings import Finding
from symphainy.json import Json
from symphainy.standing import Standing
from workflows.compiler import Graph
from workflows.language import Completions, Hover

__all__ = [
    "Approval",
    "Attempt",
    "CallStanding",
    "Check",
    "CodePage",
    "Customer",
    "Decision",
    "Delivery",
    "DeliveryStory",
    "Deployment",
    "Language",
    "Message",
    "MessageLine",
    "Page",
    "PolicyKind",
    "PolicyShown",
    "Preference",
    "Preferences",
    "Registered",
    "RunGraph",
    "Solution",
    "Suppression",
    "Version",
    "page",
]

T = TypeVar("T")


class View(BaseModel):
    """Something shown; made of whatever has its fields."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Page(View, Generic[T]):
    """Some of a list."""

    items: list[T]
    cursor: str | None = Field(description="Send it to get what follows; null at the end.")


class Solution(View):
    """A solution with its latest version and what runs where."""

    name: str
    title: str
    latest: str
    deployed: dict[str, str] = Field(description="Version by environment.")
    paused: bool
    created: datetime


class Version(View):
    """A version, which never changes."""

    solution: str
    version: str
    title: str
    digest: str = Field(description="Of the definition's text.")
    plan: str = Field(validation_alias="plan_digest", description="Digest of the compiled plan.")
    state: State = Field(
        description="Where it is in its life. What only `sandbox` runs is not deployed."
    )
    stage: Stage = Field(description="How far its review has come, whether it runs or not.")
    environments: list[str]
    author: str
    created: datetime


class Registered(View):
    """What became of a registration."""

    solution: str
    version: str
    digest: str
    plan: str
    state: State
    findings: list[Finding] = Field(description="Warnings; the version is registered all the same.")
    promises: dict[str, Promise] = Field(description="Of each step that leaves the platform.")


class PolicyShown(View):
    """A policy, and whose it is."""

    id: str = Field(description="`layer/name`, as decisions name it.")
    layer: str
    name: str
    kind: str
    document: dict[str, Any]

    @classmethod
    def of(cls, policy: Policy) -> "PolicyShown":
        """`policy` as it is shown."""
        document = policy.document.model_dump(by_alias=True, exclude_none=True, mode="json")
        return cls(
            id=policy.id,
            layer=policy.layer,
            name=policy.name,
            kind=policy.kind,
            document=document,
        )


class Check(View):
    """Everything about a document; nothing is kept of it."""

    valid: bool
    problems: list[Finding]
    graph: Graph | None
    mermaid: str | None
    """The graph as Mermaid text."""
    promises: dict[str, Promise]
    policies: dict[str, list[PolicyShown]] = Field(
        default_factory=dict,
        description="By reference of a task: the policies of every layer that are about it now.",
    )


class RunGraph(View):
    """How the tasks of a run stand, by reference, on the graph of its version."""

    run: str
    graph: Graph
    overlay: dict[str, Standing]
    mermaid: str


class Language(View):
    """What an editor shows at the cursor."""

    completions: Completions
    hover: Hover | None


class Deployment(View):
    """The version that an environment runs."""

    solution: str
    version: str
    environment: str
    by: str
    at: datetime
    ground: Ground | None = Field(
        None,
        description="What it stands on. free: no approval is asked for there. approved. owner: the "
        "only person of an embedded platform deployed what they wrote. broken-glass: an emergency, "
        "to be reviewed. before: it ran before approvals were asked for.",
    )
    act: Literal["deploy", "promote", "rollback"] | None = None
    source: str | None = Field(None, description="Where it was promoted from.")
    glass: str | None = Field(None, description="Id of what was broken, for its review.")
    why: str = ""


class Delivery(View):
    """One message to one recipient, and how it stands."""

    id: str
    solution: str
    run: str
    step: str
    channel: str
    experience: str = Field(validation_alias="binding")
    adapter: str | None = Field(validation_alias="provider")
    purpose: str
    topic: str | None
    customer: str | None
    state: DeliveryState
    reason: str | None
    provider_id: str | None
    event: str | None = Field(
        description="Of what the provider told since, what says most: `delivered`, `replied`…"
    )
    instead_of: str | None = Field(
        description="The delivery that certainly was not sent, and that this one replaces."
    )
    not_before: datetime | None = Field(description="Held until then.")
    expires: datetime | None = Field(description="Not worth sending any more then.")
    gave: dict[str, Any] | None = Field(
        description="What the provider answered besides; `redirectedFrom` is the adapter it would "
        "have gone by, `digest` the delivery that says it too."
    )
    attempt: int
    created: datetime
    updated: datetime


class Attempt(View):
    """One write on the wire."""

    n: int
    adapter: str = Field(validation_alias="provider")
    started: datetime
    ended: datetime | None
    outcome: Outcome | None
    provider_id: str | None
    code: str | None
    detail: str | None


class Receipt(View):
    """Something a provider told."""

    event: str
    at: datetime
    source: str
    detail: str | None
    data: dict[str, Any] | None = Field(description="What was written, pressed, said or clicked.")


class DeliveryStory(Delivery):
    """A delivery with all that happened to it."""

    attempts: list[Attempt]
    events: list[Receipt]
    resent: list[str] = Field(description="Deliveries made because somebody wanted it once more.")


class MessageLine(View):
    """A message in the outbox."""

    id: str
    delivery: str
    run: str
    step: str
    channel: str
    experience: str | None
    customer: str | None
    to: str
    sender: str
    subject: str
    at: datetime


class CallLine(View):
    """Something that was heard, pressed or happened."""

    who: Literal["platform", "person", "note"]
    text: str


class CallStanding(View):
    """How a call stands."""

    phase: Literal["ringing", "asking", "transferring", "transferred", "over"]
    keys: str = Field(description="Pressed so far, of an answer of several keys.")
    lines: list[CallLine]


class Message(MessageLine):
    """A message as its receiver would have got it."""

    text: str
    html: str | None
    headers: dict[str, str]
    document: dict[str, Any] | None = Field(
        description="What it holds besides: the script of a call, a record, an event."
    )
    acts: list[dict[str, Any]] = Field(description="What was done with it here.")
    possible: list[Act] = Field(description="What can be done with it now.")
    call: CallStanding | None = Field(description="How a call stands; null for what is none.")


class Approval(View):
    """A question to the holders of a role, and its answer."""

    id: str
    run: str
    solution: str
    step: str
    policy: str
    role: str
    reason: str | None
    initiator: str
    expires: datetime | None
    created: datetime
    state: Literal["pending", "approved", "rejected", "expired"]
    by: str | None
    note: str | None
    decided: datetime | None


class Decision(View):
    """What policy decided about a step, and which policy of which layer said so."""

    id: str
    run: str
    step: str
    point: str
    outcome: str
    policy: str | None
    layer: str | None
    reason: str | None
    bundle: str
    facts_digest: str
    at: datetime
    details: Json


class Consent(View):
    """What a customer said about one channel and purpose."""

    channel: str
    purpose: str
    granted: bool
    at: datetime


class Customer(View):
    """An end customer."""

    id: str
    name: str | None
    email: str | None
    phone: str | None
    zone: str | None
    locale: str | None
    consents: list[Consent]
    updated: datetime


class Preference(View):
    """A topic on a channel, and whether the customer wants it."""

    topic: str | None = Field(description="Null for all other marketing on the channel.")
    title: str | None = Field(description="What the topic is called in the customer's language.")
    channel: str
    marketing: bool = Field(description="Whether it takes consent to marketing.")
    wanted: bool


class Preferences(View):
    """What a customer can hear about, and wants to."""

    customer: str
    choices: list[Preference]
    url: str | None = Field(description="The customer's own page, if the world reaches it.")


class Suppression(View):
    """An address that nothing more is sent to."""

    id: str
    channel: str
    address_hash: str = Field(description="What the address is known by.")
    scope: str = Field(description="What it is about: everything where empty.")
    reason: str
    source: str
    detail: str | None
    customer: str | None
    delivery: str | None
    at: datetime
    expires: datetime | None


class PolicyKind(View):
    """A kind of policy with the JSON Schema of its documents."""

    kind: str
    summary: str
    document: dict[str, Any] = Field(description="JSON Schema.")


class CodePage(View):
    """What a code means."""

    code: str
    title: str
    fix: str
    status: int
    severity: Literal["error", "warning"]


def page(of: type[T], found: Sequence[Any], limit: int, *, by: str = "id") -> Page[T]:
    """The first `limit` of `found`, which has one more if the list goes on."""
    shown = [of.model_validate(one) for one in found[:limit]]  # type: ignore[attr-defined]
    more = len(found) > limit
    return Page(items=shown, cursor=str(getattr(found[limit - 1], by)) if more else None)
