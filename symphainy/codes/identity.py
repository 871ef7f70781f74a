"""Codes of the area `identity`: keys, and what they are limited to."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "api.environment",
        "The key belongs to another environment",
        "Use a key of the environment that the request is for, or one issued for `all`.",
        403,
    ),
    Code(
        "api.scope",
        "The key is limited to something else",
        "Use a key without this limit; the message says what this one is for.",
        403,
    ),
    Code(
        "api.rate-limited",
        "Too many requests in too short a time",
        "Wait as many seconds as the header Retry-After says. The limits are settings, "
        "SYMPHAINY_RATE_*; the header RateLimit-Policy names them.",
        429,
    ),
    Code("key.missing", "There is no such key", "List the keys with `GET /v1/keys`.", 404),
    Code(
        "key.lifetime",
        "No key lives that long",
        "Let the key expire within a year, and rotate it before it does.",
    ),
    Code(
        "key.rights",
        "The key would have more rights than whoever issues it",
        "Ask for roles whose rights you hold yourself; only a platform-admin issues keys of that "
        "role, and only a person issues keys for persons.",
        403,
    ),
    Code(
        "key.over",
        "The key has expired, was revoked or has been rotated already",
        "Rotate the key that took its place, or issue a new one.",
        409,
    ),
    Code(
        "person.missing",
        "There is no such person",
        "Find the person by userName or externalId with `GET /scim/v2/Users?filter=…`.",
        404,
    ),
    Code(
        "person.name-taken",
        "Somebody else goes by this name",
        "A userName or externalId leads to one person only: change the one who is known by it.",
        409,
    ),
    Code(
        "person.changed",
        "The person was changed meanwhile",
        "Read the person again, and change what it is now.",
        412,
    ),
    Code(
        "group.missing",
        "There is no such group",
        "Find the group by displayName with `GET /scim/v2/Groups?filter=…`.",
        404,
    ),
    Code(
        "group.changed",
        "The group was changed meanwhile",
        "Read the group again, and change what it is now.",
        412,
    ),
    Code(
        "group.member",
        "Nobody of that id can be in the group",
        "Members are ids of users, or of other groups, of the same tenant: create them first.",
        400,
    ),
    Code(
        "role.missing",
        "Nothing is said of such a role",
        "List the roles with `GET /v1/roles`.",
        404,
    ),
    Code(
        "role.name",
        "No role can be called so",
        "Use up to 100 letters, digits, and . _ @ + - behind the first.",
        422,
    ),
    Code(
        "role.built-in",
        "What built-in roles may do is the same for everybody",
        "Say only which groups have it, or make a role of your own.",
        409,
    ),
    Code(
        "role.action",
        "No tenant grants this",
        "Grant only actions that the message lists.",
        422,
    ),
    Code(
        "role.rights",
        "The role would have more rights than whoever gives it",
        "Give only rights that you hold yourself; only a person gives rights to persons, and "
        "platform-admin is given by no group.",
        403,
    ),
    Code(
        "role.too-many",
        "The tenant has too many roles of its own",
        "Remove roles that nobody has, or let several groups have one role.",
        409,
    ),
)
