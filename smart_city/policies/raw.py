"""cedar: forbids in Cedar itself, for what no other kind says."""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal, Self, cast

from pydantic import AfterValidator, model_validator
from pydantic_core import PydanticCustomError

from smart_city.cedar.raw import Statement, statements
from smart_city.facts import Facts, Step, Subject
from smart_city.policies.kind import Forbid, Hold, Ref, Restriction
from smart_city.verdict import Obligation

__all__ = ["Raw"]


def _only_forbids(text: str) -> str:
    try:
        statements(text)
    except ValueError as error:
        raise PydanticCustomError("cedar", "{why}", {"why": str(error)}) from None
    return text


class Raw(Restriction):
    """Forbids in Cedar, at most 16 KiB, with `@id("<layer>/<name>")`, and if they like
    `@obligation("deny")` or `"skip"` and `@reason`."""

    fresh = False

    kind: Literal["cedar"]
    forbid: Annotated[str, AfterValidator(_only_forbids)]
    """The statements; `symphainy policy explain` shows the schema they are held against."""

    @model_validator(mode="after")
    def _says_by_itself_what_it_is_about(self) -> Self:
        if self.channels or self.before or self.when:
            message = "Cedar says by itself what it is about: leave out channels, before and when"
            raise PydanticCustomError("scope", message)
        return self

    @cached_property
    def _statements(self) -> tuple[Statement, ...]:
        return statements(self.forbid)

    def misfit(self, ref: Ref) -> str | None:
        foreign = (one for one in self._statements if one.layer != ref.layer)
        one = next(foreign, None)
        if one is None:
            return None
        return f'@id("{one.layer}/{one.name}") is not yours: ids here begin with {ref.layer}/'

    def forbids(self, ref: Ref) -> Iterator[Forbid]:
        for one in self._statements:
            obligation = cast(Obligation, one.obligation)
            yield Forbid(obligation, one.reason, part=one.name, body=one.body)

    def default_scope(self) -> tuple[str, ...]:
        return ()

    def about(self, subject: Subject) -> bool:
        return True

    def hold(self, ref: Ref, part: str, step: Step, facts: Facts) -> Hold:
        one = next(one for one in self._statements if one.name == part)
        return Hold("policy.cedar", one.reason)
