"""Codes of the area `store`: settings, keys, records, secrets, egress."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "settings.invalid",
        "A setting cannot be used",
        "Correct the environment variable that the message names.",
        500,
    ),
    Code(
        "settings.namespace",
        "The database is that of another Temporal namespace",
        "Set SYMPHAINY_TEMPORAL_NAMESPACE to the one that the message names, or give each "
        "namespace a database of its own.",
        500,
    ),
    Code(
        "store.unavailable",
        "The database does not answer",
        "Nothing was stored. Check SYMPHAINY_DATABASE_URL and that the database runs, then retry.",
        503,
    ),
    Code(
        "store.unsure",
        "The database fell silent while storing",
        "Read the record again before repeating: it may have been stored.",
        503,
    ),
    Code(
        "store.text",
        "A text cannot be stored",
        "Remove NUL characters and lone surrogates from the text.",
    ),
    Code(
        "store.key-too-long",
        "A name or id is too long",
        "Use a name or id of at most 512 bytes in UTF-8.",
    ),
    Code(
        "store.cursor",
        "The cursor names nothing in this list",
        "Start again without a cursor and follow the cursors of the answers.",
    ),
    Code("solution.missing", "There is no such solution", "Register a version of it first.", 404),
    Code(
        "solution.version-missing",
        "There is no such version",
        "Register the version, or list the versions of the solution for those that exist.",
        404,
    ),
    Code(
        "solution.version-taken",
        "The version is registered with other content",
        "A version never changes once registered: give the document a new version.",
        409,
    ),
    Code(
        "solution.version-retired",
        "The version is retired",
        "Deploy another version, or register the content under a new version.",
        409,
    ),
    Code(
        "solution.plan-taken",
        "The plan's digest belongs to another plan",
        "Take the digest of the plan's canonical bytes; one digest is one plan.",
        409,
    ),
    Code(
        "intent.key-reused",
        "The idempotency key was used for another request",
        "Use a new key for a new request; repeat a key only with the very same request.",
        409,
    ),
    Code("customer.field", "A customer has no such field", "Use a field of the customer record."),
    Code("ledger.missing", "There is no such delivery", "Plan the delivery first.", 404),
    Code(
        "ledger.transition",
        "The delivery cannot go to that state",
        "Read the delivery's state; only the transitions of the ledger are possible.",
        409,
    ),
    Code("approval.missing", "There is no such approval", "List the pending approvals.", 404),
    Code(
        "approval.decided",
        "The approval was decided otherwise",
        "A decision stands; start the step again to have it decided anew.",
        409,
    ),
    Code(
        "approval.expired",
        "The approval has expired",
        "Start the step again to have a new approval requested.",
        409,
    ),
    Code(
        "catalog.taken",
        "Another worker pool offers a capability or adapter of that name",
        "Rename yours, raise its major version, or serve it from the queue it already has.",
        409,
    ),
    Code("blob.missing", "There is no such blob", "Store it first, or correct the digest.", 404),
    Code(
        "blob.tenant",
        "A tenant of that name cannot hold blobs",
        "Name tenants with letters, digits, dots, dashes and underscores only.",
    ),
    Code(
        "secret.reference",
        "A secret reference cannot be used",
        "Write env:NAME, or file:PATH with a path inside the folder secrets of the home folder; "
        "name secrets in `use.secrets` with letters, digits, `-`, `_` and `.`.",
    ),
    Code(
        "secret.missing",
        "A secret reference names nothing",
        "Set the environment variable, or create the file, on the workers that use it. Of a secret "
        "of `use.secrets` the message names both.",
    ),
    Code(
        "secret.refused",
        "A manager of secrets does not give a secret",
        "See what the message says: the role or token of this platform needs to read below the "
        "prefix of the settings. `symphainy doctor` asks each manager.",
    ),
    Code(
        "secret.unavailable",
        "A manager of secrets does not answer",
        "Nothing happened; it is tried again. `symphainy doctor` asks each manager.",
        503,
    ),
    Code(
        "authentication.properties",
        "The properties of an authentication cannot be used",
        "Correct the member that the message names, in the definition or in the secret.",
        401,
    ),
    Code(
        "authentication.grant",
        "A grant of OAuth 2 cannot be used here",
        "Use client_credentials, password, refresh_token or token-exchange: a run has no browser.",
        401,
    ),
    Code(
        "authentication.token",
        "The authority gives no token",
        "Check the client, its secret and its scopes with the authority; the message says what "
        "the authority answered.",
        401,
    ),
    Code(
        "authentication.authority",
        "The authority that issues tokens does not answer",
        "Nothing was done and it is tried again. Check that the authority runs.",
        503,
    ),
    Code(
        "egress.forbidden",
        "The platform does not connect there",
        "Use a public http or https address, or list host:port in SYMPHAINY_EGRESS_ALLOW.",
    ),
    Code(
        "egress.request",
        "The request cannot be made",
        "Use an ordinary method, and leave out the headers that the platform sets itself.",
    ),
    Code(
        "egress.redirects",
        "The server redirects too often",
        "Call the final address, or allow more redirects.",
    ),
    Code(
        "egress.too-large",
        "The answer is larger than 1 MiB",
        "Ask the server for less, for instance page by page.",
    ),
    Code(
        "egress.unreachable",
        "The server cannot be reached",
        "Nothing was sent. Check the address and that the server runs.",
        503,
    ),
    Code(
        "egress.silence",
        "The request left and no answer came",
        "Find out whether the server acted on it before asking again.",
        504,
    ),
    Code(
        "suppression.missing",
        "There is no such entry on the suppression list",
        "List the entries for those that exist.",
        404,
    ),
    Code(
        "suppression.address",
        "The entry does not say which address it is about",
        "Give `address`, or `address_hash` as another entry or a delivery has it.",
    ),
    Code(
        "preferences.unknown",
        "Nobody sends what the choice is about",
        "Choose of what GET /v1/customers/{id}/preferences lists.",
    ),
    Code(
        "suppression.reason",
        "The reason of a suppression cannot be used",
        "Give one of the reasons in docs/care.md, or a word of a provider's of at most 200 "
        "characters.",
    ),
    Code(
        "digest.missing",
        "The delivery waits for no digest",
        "Nothing is to be done: it is sent by itself.",
        404,
    ),
)
