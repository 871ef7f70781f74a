"""People and groups as SCIM resources, and what is kept of such a resource."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from scim2_models import Context, EnterpriseUser, Resource, User

from public_works import groups, people
from solution_api.scim.provider import Group
from symphainy.errors import Refused
from symphainy.json import digest

__all__ = ["Kept", "group_of", "kept_group", "kept_user", "members_of", "user_of", "version_of"]

Kept = dict[str, Any]

VERSION = re.compile(r'W/"([0-9]{1,18})\.[0-9a-f]{16}"')
PERSONS_OWN = {"id", "meta", "schemas", "userName", "externalId", "groups", "password"}
GROUPS_OWN = {"id", "meta", "schemas", "displayName", "externalId", "members"}


def user_of(person: people.Person) -> User[EnterpriseUser]:
    """A person as a user."""
    belongs = [
        {
            "value": one.id,
            "$ref": f"Groups/{one.id}",
            "display": one.name,
            "type": "direct" if one.direct else "indirect",
        }
        for one in person.groups
    ]
    known = {
        **person.attributes,
        "userName": person.user_name,
        "externalId": person.external_id,
        "groups": belongs or None,
    }
    return User[EnterpriseUser].model_validate(_resource("User", person, known, belongs))


def group_of(group: groups.Group) -> Group:
    """A group as SCIM has it."""
    inside = [
        {
            "value": one.id,
            "$ref": f"{'Users' if one.kind == 'person' else 'Groups'}/{one.id}",
            "type": "User" if one.kind == "person" else "Group",
        }
        for one in group.members
    ]
    known = {
        **group.attributes,
        "displayName": group.name,
        "externalId": group.external_id,
        "members": inside or None,
    }
    return Group.model_validate(_resource("Group", group, known, inside))


def kept_user(resource: Resource[Any]) -> Kept:
    """A user as the register of people takes it; passwords are nobody's business here."""
    known: Kept = resource.model_dump(scim_ctx=Context.DEFAULT)
    return {
        "user_name": _named(known["userName"], "userName"),
        "external_id": known.get("externalId"),
        "active": known.get("active") is not False,
        "attributes": {name: one for name, one in known.items() if name not in PERSONS_OWN},
    }


def kept_group(resource: Resource[Any]) -> Kept:
    """A group as the register of groups takes it."""
    known: Kept = resource.model_dump(scim_ctx=Context.DEFAULT)
    return {
        "name": _named(known["displayName"], "displayName"),
        "external_id": known.get("externalId"),
        "members": members_of(known),
        "attributes": {name: one for name, one in known.items() if name not in GROUPS_OWN},
    }


def members_of(known: Mapping[str, Any]) -> list[str]:
    """The ids of who is in a group, said themselves or by their addresses."""
    said = (one.get("value") or one.get("$ref") or "" for one in known.get("members") or ())
    return [str(one).rpartition("/")[2] for one in said]


def _named(name: str, attribute: str) -> str:
    if not name.strip():
        raise Refused("scim.invalid-value", f"A {attribute} has something in it.")
    return name


def version_of(etag: str | None) -> int | None:
    """The version that was read, from its ETag."""
    found = VERSION.fullmatch(etag or "")
    return int(found[1]) if found else None


def _resource(kind: str, row: Any, known: Kept, others: list[dict[str, str]]) -> Kept:
    # What others say of it is part of it, and changes without it.
    tag = digest([row.version, *([one["value"], one.get("display")] for one in others)])[-16:]
    meta = {
        "resourceType": kind,
        "created": _moment(row.created),
        "lastModified": _moment(row.updated),
        "version": f'W/"{row.version}.{tag}"',
    }
    return {**known, "id": row.id, "meta": meta}


def _moment(at: datetime) -> str:
    return at.isoformat()
