"""The registers of people and groups of one tenant, as the engine of SCIM asks for them."""

from typing import Any, cast
from uuid import uuid4

from scim2_models import (
    Resource,
    ResourceType,
    ResponseParameters,
    SearchRequest,
    TooManyException,
)
from scim2_server.storage import ScimStorage, SearchPage

from public_works import Stores
from public_works.provisioned import Sought
from solution_api.auditing import about, note
from solution_api.scim.documents import group_of, kept_group, kept_user, user_of, version_of
from solution_api.scim.provider import USER
from solution_api.scim.searching import sought
from symphainy.errors import Refused

__all__ = ["MOST", "TenantStorage"]

MOST = 10_000
"""Resources of one kind that a search looks through, where it has to look at each."""


class TenantStorage(ScimStorage):
    """What belongs to `tenant`. Refuses with the codes of its registers."""

    def __init__(self, stores: Stores, tenant: str) -> None:
        self._stores = stores
        self._tenant = tenant

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        if resource_type.name == USER:
            person = self._stores.people.get(self._tenant, resource_id)
            if person is None:
                raise Refused("person.missing", f"There is no user {resource_id[:80]!r}.")
            return user_of(person)
        group = self._stores.groups.get(self._tenant, resource_id)
        if group is None:
            raise Refused("group.missing", f"There is no group {resource_id[:80]!r}.")
        return group_of(group)

    def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,
    ) -> SearchPage:
        first, count = search_request.start_index_0 or 0, search_request.count or 0
        if len(resource_types) == 1 and not search_request.filter and not search_request.sort_by:
            kind = cast(str, resource_types[0].name)
            return SearchPage(self._count(kind), self._all(kind, first, count) if count else [])
        found = [one for kind in resource_types for one in self._matching(kind, search_request)]
        ordered = _sorted(found, search_request)
        return SearchPage(len(ordered), ordered[first : first + count])

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        id = uuid4().hex
        about(id)
        if resource_type.name == USER:
            kept = kept_user(resource)
            note(active=kept["active"])
            return user_of(self._stores.people.create(self._tenant, **kept, id=id))
        kept = kept_group(resource)
        note(members=len(kept["members"]))
        return group_of(self._stores.groups.create(self._tenant, **kept, id=id))

    def update(
        self,
        resource_type: ResourceType,
        resource: Resource[Any],
        *,
        expected_version: str | None = None,
    ) -> Resource[Any]:
        id, version = cast(str, resource.id), version_of(expected_version)
        about(id)
        if resource_type.name == USER:
            kept = kept_user(resource)
            note(active=kept["active"])
            return user_of(self._stores.people.update(self._tenant, id, **kept, version=version))
        kept = kept_group(resource)
        note(members=len(kept["members"]))
        return group_of(self._stores.groups.update(self._tenant, id, **kept, version=version))

    def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        about(resource_id)
        store = self._stores.people if resource_type.name == USER else self._stores.groups
        store.remove(self._tenant, resource_id, version=version_of(expected_version))

    def _count(self, kind: str, whom: Sought | None = None) -> int:
        store = self._stores.people if kind == USER else self._stores.groups
        return store.count(self._tenant, whom)

    def _all(
        self, kind: str, first: int, count: int, whom: Sought | None = None
    ) -> list[Resource[Any]]:
        people, groups = self._stores.people, self._stores.groups
        if kind == USER:
            return [user_of(one) for one in people.list(self._tenant, first, count, whom)]
        return [group_of(one) for one in groups.list(self._tenant, first, count, whom)]

    def _matching(self, kind: ResourceType, asked: SearchRequest[Any]) -> list[Resource[Any]]:
        wanted, name = asked.filter, cast(str, kind.name)
        whom = sought(name, wanted.ast) if wanted else None
        if self._count(name, whom) > MOST:
            detail = f"Ask for less: over {MOST} {name}s have to be looked at."
            raise TooManyException(detail=detail)
        candidates = self._all(name, 0, MOST, whom)
        return [one for one in candidates if wanted is None or wanted.match(one)]


def _sorted(found: list[Resource[Any]], asked: SearchRequest[Any]) -> list[Resource[Any]]:
    if not asked.sort_by:
        return found
    valued = [(asked.sort_value(one), one) for one in found]
    has = [pair for pair in valued if pair[0] is not None]
    descending = asked.sort_order == SearchRequest.SortOrder.descending
    has.sort(key=lambda pair: (pair[0], str(pair[1].id)), reverse=descending)
    lacks = [one for value, one in valued if value is None]
    # RFC 7644, section 3.4.2.3: without a value they come last, or first if it goes down.
    ordered = [one for _, one in has]
    return [*lacks, *ordered] if descending else [*ordered, *lacks]
