"""Codes of intents and runs."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code("solution.unknown", "There is no such solution", "Check the name `namespace.name`.", 404),
    Code(
        "solution.not-deployed",
        "The solution has no version deployed to this environment",
        "Deploy one there: `symphainy deploy FILE --environment NAME`, or "
        "`POST /v1/solutions/{name}/versions/{version}/deploy`.",
        409,
    ),
    Code(
        "solution.paused",
        "The solution is paused and takes no intents",
        "Resume it with `POST /v1/solutions/{name}/resume`.",
        409,
    ),
    Code(
        "intent.unknown",
        "The solution has no such intent",
        "Use one of the intents the message lists.",
        404,
    ),
    Code(
        "intent.input",
        "The payload is not what the solution takes",
        "Correct the payload at the pointer given.",
    ),
    Code(
        "intent.key",
        "The payload gives no business key",
        "Send the value that the intent's `key` expression reads.",
    ),
    Code(
        "intent.too-many-waiting",
        "Too many intents of the tenant wait to be started",
        "Send it again after the seconds of `Retry-After`, with the same Idempotency-Key, and "
        "send fewer at once.",
        503,
    ),
    Code(
        "run.unknown", "There is no such run", "Check the id as the intent's answer gave it.", 404
    ),
    Code("run.closed", "The run is over", "Nothing more can be done with it; start another.", 409),
    Code("run.bad-key", "The business key cannot name a run", "Use 1 to 200 characters of text."),
    Code("run.bad-query", "Runs cannot be searched like this", "Correct the query.", 422),
    Code(
        "run.cannot-migrate",
        "A run cannot go on by that version",
        "Let the run end on its version, or register a version that keeps every task of the one "
        "before where it was and names it in `document.metadata.migrates`.",
        409,
    ),
    Code(
        "run.temporal-unreachable",
        "The runtime did not answer",
        "Ask again; with the same Idempotency-Key that is safe.",
        503,
    ),
    Code(
        "run.plan-unknown",
        "A run names a plan that the store does not have",
        "Restore the store the plan was registered in, or register the definition again.",
        500,
    ),
    Code(
        "run.too-many-items",
        "A `for` was given more items than it may go through",
        "Hand over fewer items, or split them over several runs.",
    ),
    Code(
        "run.bad-duration",
        "A computed `wait` is no duration",
        "Let the expression give ISO 8601 text such as PT5M or P3D.",
    ),
    Code(
        "run.payload-too-large",
        "A run carries more data than the runtime takes in one piece",
        "Let steps give less, or keep less of what they give with `output.as`.",
        413,
    ),
    Code("run.bad-uri", "A computed endpoint is no URI", "Let the expression give text."),
    Code(
        "run.step-timeout",
        "A step did not answer in time",
        "Catch it with `try` (error type timeout), or give the capability more time.",
        504,
    ),
    Code(
        "run.too-deep",
        "Runs start each other deeper than is allowed",
        "Let a solution that runs itself stop, or hand the next piece of work to `solution.start`.",
        409,
    ),
    Code(
        "run.child-exists",
        "A run with the business key of a child is there already",
        "Give the child input of another key, or catch the error and go on without it.",
        409,
    ),
    Code(
        "run.child-ended",
        "A child run was cancelled or terminated",
        "Catch it with `try`, and see the child's history for who ended it.",
        500,
    ),
    Code(
        "run.timeout",
        "A task, an attempt or the run took longer than its `timeout` allows",
        "Catch it with `try` (error type timeout), or allow more time.",
        504,
    ),
    Code("run.failed", "The run ended in an error of the runtime", "See the run's history.", 500),
    Code(
        "input.schema",
        "Data does not fit the schema of a border it passes",
        "Correct the data, or the schema of the task's input, output or export.",
    ),
    Code(
        "capability.input",
        "The arguments of a step are not what the capability takes",
        "Correct `with` as the capability's page says.",
    ),
    Code(
        "http.status",
        "A server answered a request of the flow with an error",
        "Catch it with `try`; the error's `status` is what the server answered.",
        502,
    ),
    Code(
        "run.pool-empty",
        "A worker pool has nothing to serve",
        "Install the package whose capabilities or adapters it is for in the pool's environment.",
        500,
    ),
    Code(
        "approval.not-pending",
        "Nobody waits for this answer",
        "See `GET /v1/approvals` for what is waiting; an answer once given stands.",
        409,
    ),
    Code(
        "context.no-key",
        "A worker that interprets runs has no key to grant steps with",
        "Give it the platform's key folder (`SYMPHAINY_HOME`).",
        500,
    ),
    Code(
        "policy.deferred",
        "Policy wants a step later",
        "Nothing: the run waits by itself and then decides again.",
        409,
    ),
    Code(
        "policy.facts-unavailable",
        "The facts a decision needs cannot be read",
        "Nothing is done without them; restore the database, the run goes on by itself.",
        503,
    ),
    Code(
        "policy.unsettled",
        "The policies of a step never settle",
        "Two policies undo each other: simplify them.",
        403,
    ),
)
