"""Codes of tokens of identity providers, of issuers, and of agents that act for somebody."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "token.malformed",
        "This is no access token",
        "Send the access token that the identity provider gave you, as it is.",
        401,
    ),
    Code(
        "token.kind",
        "The token is of a kind that is not accepted",
        "Ask for an access token after RFC 9068: `typ` is at+jwt, signed by RS, PS or ES with 256, "
        "384 or 512, or by Ed25519. An id_token is for the client that asked for it, and no key "
        "in the header of a token is used.",
        401,
    ),
    Code(
        "token.issuer",
        "No tenant trusts the issuer of this token for this audience",
        "Let a tenant-admin trust it with `PUT /v1/issuers/{issuer}`; `issuer` and `audience` are "
        "compared exactly with `iss` and `aud` of the token.",
        401,
    ),
    Code(
        "token.signature",
        "No key of its issuer signed this token",
        "Ask the identity provider for a new token.",
        401,
    ),
    Code(
        "token.audience",
        "The token is meant for somebody else",
        "Ask for a token with this platform as its audience; "
        "`GET /.well-known/oauth-protected-resource` says what it is called.",
        401,
    ),
    Code("token.expired", "The token is not good now", "Ask for a new token.", 401),
    Code(
        "token.claims",
        "The token does not say what it has to",
        "Let the identity provider put `iss`, `aud`, `exp`, `iat`, `sub` and `client_id` into "
        "access tokens, and whatever else the tenant requires.",
        401,
    ),
    Code(
        "token.nonce",
        "The ID token answers another question",
        "Sign in again, from the page, in one browser.",
        401,
    ),
    Code(
        "token.lifetime",
        "The token is good for too long",
        "Let the identity provider give out tokens that end sooner, or a tenant-admin allow more "
        "with `max_token_age` of the issuer.",
        401,
    ),
    Code(
        "token.step-up",
        "This takes another way of signing in",
        "Ask for a new token with `acr_values` and `max_age` as WWW-Authenticate says; a "
        "tenant-admin says which roles take it, in `step_up` of the issuer.",
        401,
    ),
    Code(
        "token.scope",
        "The token's scope cannot be read",
        "After `symphainy:` stands read, write, solution:NAME, endpoint:NAME or environment:NAME.",
        401,
    ),
    Code(
        "token.agent",
        "An agent acts that the tenant does not know",
        "Let a tenant-admin name it, with its roles, under `agents` of the issuer.",
        401,
    ),
    Code(
        "token.person",
        "The person may not come in",
        "They were disabled, or never provisioned; ask whoever administers people.",
        401,
    ),
    Code(
        "key.user",
        "An agent acts for somebody who is let in",
        "Let `on_behalf_of` name a user who has a key that is good in that environment and not "
        "limited to less, or a person whom SCIM tells of and who is active; only keys of kind "
        "agent have it.",
    ),
    Code(
        "agent.rights",
        "The agent or its user may not do this any more",
        "Give the role back to whichever of them lost it, and start the run anew.",
        403,
    ),
    Code(
        "issuer.unavailable",
        "The identity provider does not tell its keys",
        "Ask again after the seconds of Retry-After. If it goes on, see that "
        "`/.well-known/openid-configuration` below the issuer, and the `jwks_uri` it names, answer "
        "and that the platform may reach them (SYMPHAINY_EGRESS_ALLOW).",
        503,
    ),
    Code(
        "issuer.sign-in",
        "The identity provider signed nobody in",
        "Sign in again. If it goes on, compare the client's id, secret and redirect URI "
        "(`/sign-in/return`) with what the provider has of it.",
        401,
    ),
    Code(
        "sign-in.missing",
        "Nobody is signed in there",
        "List the browsers with `GET /v1/sign-ins`; what is over is not among them.",
        404,
    ),
    Code("issuer.missing", "There is no such issuer", "List them with `GET /v1/issuers`.", 404),
    Code(
        "issuer.insecure",
        "The issuer is not reached over https",
        "Give it a URL that begins with https, or let the operator list its host in "
        "SYMPHAINY_EGRESS_ALLOW.",
    ),
    Code(
        "issuer.taken",
        "That issuer is trusted already, for the same audience",
        "Give each tenant an audience of its own at the identity provider.",
        409,
    ),
    Code("issuer.too-many", "The tenant trusts too many issuers", "Remove one first.", 409),
    Code(
        "issuer.fixed",
        "The issuer comes from the settings",
        "Change SYMPHAINY_ISSUERS, or trust it under another id.",
        409,
    ),
    Code(
        "issuer.rights",
        "Tokens of the issuer would have more rights than you",
        "Map to roles whose rights you hold yourself, in an environment that your own key or "
        "token is for.",
        403,
    ),
)
