"""budget: not more than so much in so long; it is taken before anything is spent."""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from smart_city import duration, money
from smart_city.facts import Facts, Step, Subject
from smart_city.policies.calling import CALLED, Asking, Calling
from smart_city.policies.frequency_cap import counter
from smart_city.policies.kind import Duration, Fact, Forbid, Hold, Ref, Restriction, says
from smart_city.verdict import CapNeed, Obligation
from symphainy import expr
from symphainy.json import Json

__all__ = ["Budget"]

LIMITS = expr.Limits(steps=5_000, cells=50_000, string=10_000, outputs=100)


def _sum(value: str | int | float) -> str | int | float:
    if money.parse(value).micros == 0:
        raise PydanticCustomError("sum", "a budget of nothing is a killSwitch")
    return value


def _amount(value: str | int | float) -> str | int | float:
    if isinstance(value, str) and expr.is_runtime_expression(value):
        try:
            expr.compile(expr.strip(value), frozenset())
        except expr.CompileError as error:
            raise PydanticCustomError("amount", "{why}", {"why": error.message}) from None
        return value
    money.parse(value)
    return value


Amount = Annotated[
    str | Annotated[int, Field(strict=True)] | Annotated[float, Field(strict=True)],
    Field(union_mode="left_to_right"),
]


class Budget(Calling, Asking):
    """So much money, or so many units, within any `per`, and no more. What a step costs is taken
    before it is done, and given back if it certainly was not. Without channels, tasks or
    capabilities: of all that is called."""

    finds = True
    counts = True

    kind: Literal["budget"]
    limit: Annotated[Amount, AfterValidator(_sum)]
    """A sum such as `500.00 EUR`, or a number of units."""
    per: Duration
    scope_: Literal["tenant", "solution", "customer"] = Field("solution", alias="scope")
    """Whose budget it is: each has one of its own."""
    spent: Annotated[Amount, AfterValidator(_amount)] | None = Field(None, alias="amount")
    """What a step costs: a sum, or an expression on what the step is called `with`, such as
    `${ .amount }`. Without it, what its capability or its experience declares as `cost`; what
    declares none is free."""
    on_exceed: Literal["deny", "skip", "approval"] = Field("deny", alias="onExceed")

    @property
    def asks(self) -> bool:
        return self.on_exceed == "approval"

    @cached_property
    def _limit(self) -> money.Sum:
        return money.parse(self.limit)

    @model_validator(mode="after")
    def _is_of_one_currency(self) -> Self:
        if self.spent is None or _computed(self.spent):
            return self
        currency = money.parse(self.spent).currency
        if currency not in (None, self._limit.currency):
            message = "a limit in {limit} cannot be used up by {amount}"
            about = {"limit": self._limit.currency or "units", "amount": currency}
            raise PydanticCustomError("currency", message, about)
        return self

    def default_scope(self) -> tuple[str, ...]:
        return (CALLED,)

    def default_about(self, subject: Subject) -> bool:
        return bool(subject.capability)

    def amount(self, arguments: Json, cost: str | None) -> int | None:
        if self.spent is None:
            return self._worth(cost) if cost is not None else 0
        if not _computed(self.spent):
            return self._worth(self.spent)
        try:
            program = expr.compile(expr.strip(str(self.spent)), frozenset())
            return self._worth(expr.evaluate(program, arguments, {}, limits=LIMITS).value)
        except expr.ExpressionError:
            return None

    def unkept(self) -> str | None:
        return "amount" if _computed(self.spent) else None

    def finds_like(self, other: Restriction) -> bool:
        if not isinstance(other, Budget):
            return False
        return (self.spent, self._limit.currency) == (other.spent, other._limit.currency)

    def _worth(self, said: object) -> int | None:
        try:
            found = money.parse(said)
        except ValueError:
            return None
        return found.micros if found.currency in (None, self._limit.currency) else None

    def found(self, ref: Ref, step: Step, facts: Facts) -> Iterator[Fact]:
        cost = facts.amounts.get(ref.id)
        if cost is None:
            yield "unpriced"
        elif cost == 0:
            yield "free"

    def forbids(self, ref: Ref) -> Iterator[Forbid]:
        limit = f"`{ref.name}` allows {self._spoken()}"
        settled = [says(ref, one) for one in ("reserved", "exhausted", "free", "unpriced")]
        yield Forbid("reserve", limit, unless=tuple(settled))
        over = (says(ref, "exhausted"),)
        if self.asks:
            asked = f"{limit}; more needs the approval of {self.wish()}"
            approved = (says(ref, "approved"),)
            yield Forbid("approve", asked, when=over, unless=approved, part="exhausted")
            yield from self.answers(ref, over)
        else:
            way: Obligation = "skip" if self.on_exceed == "skip" else "deny"
            yield Forbid(way, f"{limit}, and this is more", when=over, part="exhausted")
        unknown = f"{limit}, and nobody knows what this costs"
        yield Forbid("deny", unknown, when=(says(ref, "unpriced"),), part="unpriced")
        if self.scope_ == "customer":
            known = ('context.facts.contains("customer known")', says(ref, "free"))
            nobody = f"{limit} to a customer, and the customer is unknown"
            yield Forbid("deny", nobody, unless=known, part="unknown")

    def _spoken(self) -> str:
        sum_ = money.spoken(*self._limit)
        return f"{sum_} in {duration.spoken(self.per)} to one {self.scope_}"

    def hold(self, ref: Ref, part: str, step: Step, facts: Facts) -> Hold:
        limit = f"`{ref.name}` allows {self._spoken()}"
        if part == "unpriced":
            return Hold("policy.amount-unknown", f"{limit}, and nobody knows what this costs")
        if part == "unknown":
            return Hold("policy.customer-unknown", f"{limit}, and the customer is unknown")
        if part == "rejected":
            return Hold("policy.approval-rejected", f"`{ref.name}` was rejected")
        if part == "expired":
            return Hold("policy.approval-expired", f"nobody approved `{ref.name}` in time")
        cost = facts.amounts.get(ref.id, 0)
        if part == "exhausted":
            more = f"{limit}, and {money.spoken(cost, self._limit.currency)} more is too much"
            if self.asks:
                asked = f"{more}; it needs the approval of {self.wish()}"
                return Hold("policy.approval-needed", asked, approval=self.approval(ref, step))
            return Hold("policy.budget-exceeded", more)
        return Hold("policy.reservation-needed", limit, reserve=self._need(ref, step, facts, cost))

    def _need(self, ref: Ref, step: Step, facts: Facts, cost: int) -> CapNeed:
        approval = facts.approvals.get(ref.id)
        return CapNeed(
            policy=ref.id,
            scope=self.scope_,
            counter=counter(ref, self.scope_, step),
            max=self._limit.micros,
            window=self.per,
            amount=cost,
            forced=approval is not None and self.approved(ref, approval, step),
        )


def _computed(amount: object) -> bool:
    return isinstance(amount, str) and expr.is_runtime_expression(amount)
