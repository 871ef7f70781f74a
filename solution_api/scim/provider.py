"""What the platform says of itself to whoever provisions it."""

from typing import Annotated, ClassVar

from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    ComplexAttribute,
    EnterpriseUser,
    ETag,
    Filter,
    GroupMember,
    Mutability,
    Patch,
    ResourceType,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    User,
)
from scim2_models import Group as StandardGroup
from scim2_server.service import ScimService

__all__ = ["MOST_RESULTS", "SERVICE", "USER", "Group"]

MOST_RESULTS = 200
USER = "User"


class Member(GroupMember):
    """A member of a group, by id: what providers say that they are called is not kept."""

    display: Annotated[str | None, Mutability.read_only] = None


class Group(StandardGroup):
    """A group as this platform has it."""

    members: list[Member] | None = None  # type: ignore[assignment]
    Members: ClassVar[type[ComplexAttribute]] = Member


CONFIG = ServiceProviderConfig(
    patch=Patch(supported=True),
    # Each act is recorded and counted by itself, which a request of many is not.
    bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
    filter=Filter(supported=True, max_results=MOST_RESULTS),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=True),
    etag=ETag(supported=True),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="API key",
            description="An API key of the role provisioner, as a bearer token.",
            primary=True,
        )
    ],
)

SERVICE = ScimService(
    ScimProvider(
        models=[User, EnterpriseUser, Group],
        resource_types=[
            ResourceType.from_resource(User[EnterpriseUser]),
            ResourceType.from_resource(Group),
        ],
        config=CONFIG,
    )
)
"""The protocol, without any storage."""
