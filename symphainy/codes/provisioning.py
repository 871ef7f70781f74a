"""Codes of the area `provisioning`: what SCIM refuses, and roles of a tenant's own."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "scim.invalid-filter",
        "The filter cannot be evaluated",
        "Write it after section 3.4.2.2 of RFC 7644, with attributes that /Schemas lists.",
        400,
    ),
    Code(
        "scim.too-many",
        "The search has too much to look through",
        "Ask by id, userName or externalId with `eq`, or without any filter.",
        400,
    ),
    Code(
        "scim.mutability",
        "The attribute cannot be changed so",
        "Leave out attributes that /Schemas calls readOnly or immutable.",
        400,
    ),
    Code(
        "scim.invalid-syntax",
        "The body is no SCIM message",
        "Send the JSON that section 3 of RFC 7644 shows for this operation.",
        400,
    ),
    Code(
        "scim.invalid-path",
        "The path of a PATCH leads nowhere",
        "Name an attribute that /Schemas lists, as section 3.5.2 of RFC 7644 writes it.",
        400,
    ),
    Code(
        "scim.no-target",
        "The path of a PATCH matches nothing",
        "Read the resource, and name a value that it has.",
        400,
    ),
    Code(
        "scim.invalid-value",
        "A value does not fit its attribute",
        "Send what /Schemas says of the attribute that the message names.",
        400,
    ),
    Code(
        "scim.forbidden",
        "SCIM does not let anybody do this",
        "Leave out the filter: what describes the service is not searched.",
        403,
    ),
    Code(
        "scim.changed",
        "The resource is no longer as If-Match says",
        "Read the resource again, and change what it is now.",
        412,
    ),
    Code(
        "scim.unsupported",
        "SCIM has this, the platform has not",
        "Do without; /ServiceProviderConfig says what there is.",
        501,
    ),
)
