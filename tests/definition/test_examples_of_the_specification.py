"""Every example of the specification is accepted, or refused with the code that says why.

The folder `examples` of the specification is read from `SYMPHAINY_SPECIFICATION_EXAMPLES`, or
from `shared/conformance/examples` beside the repository; the examples that stand in its texts,
from `shared/conformance`.
"""

import os
import re
from collections import Counter
from pathlib import Path

import pytest

from docs.generator.plugins import catalog
from tests.definition.named import NAMED
from tests.definition.specification import BLOCK, FOLDER, needed
from workflows.compiler import check

EXAMPLES = Path(os.environ.get("SYMPHAINY_SPECIFICATION_EXAMPLES", FOLDER / "examples"))
NO_EXAMPLES = "the specification's folder `examples` is not there"
CATALOG = catalog()

# What runs code of the author's own, a local file, a local process or a protocol that is not
# spoken is refused; the rest is accepted.
REFUSED = {
    "call-asyncapi-subscribe-consume-amount": ("compile.protocol",),
    "call-asyncapi-subscribe-consume-until": ("compile.unknown-operation",),
    "call-grpc": ("compile.resource",),
    "call-mcp": ("compile.protocol",),
    "run-container-cleanup-always": ("compile.process-forbidden",),
    "run-container-cleanup-eventually": ("compile.process-forbidden",),
    "run-container-stdin-and-arguments": ("compile.process-forbidden",),
    "run-container-with-name": ("compile.process-forbidden",),
    "run-container-with-pull-policy": ("compile.process-forbidden",),
    "run-container": ("compile.process-forbidden",),
    "run-return-all": ("compile.process-forbidden",),
    "run-return-code": ("compile.process-forbidden",),
    "run-return-none": ("compile.process-forbidden",),
    "run-return-stderr": ("compile.process-forbidden",),
    "run-script-with-stdin-and-arguments": ("compile.process-forbidden",),
    "run-shell-stdin-and-arguments": ("compile.process-forbidden",),
}
WARNED = {
    "authentication-oauth2": ("compile.credential-in-clear",),
    "authentication-oidc": ("compile.credential-in-clear",),
    "for": ("compile.listen-timeout",),
    "listen-to-all read-envelope": ("compile.listen-timeout",),
    "listen-to-all": ("compile.listen-timeout",),
    "listen-to-any-filter": ("compile.listen-timeout",),
    "listen-to-any-forever-foreach": ("compile.listen-timeout",),
    "listen-to-any-until-condition": ("compile.listen-timeout",),
    "listen-to-any-until-consumed": ("compile.listen-timeout",),
    "listen-to-any": ("compile.listen-timeout",),
    "listen-to-one": ("compile.listen-timeout",),
}
ACCEPTED = frozenset(
    {
        "accumulate-room-readings",
        "authentication-bearer-uri-format",
        "authentication-bearer",
        "authentication-oauth2-secret",
        "authentication-oidc-secret",
        "authentication-reusable",
        "call-asyncapi-publish",
        "call-asyncapi-subscribe-consume-forever-foreach",
        "call-asyncapi-subscribe-consume-while",
        "call-custom-function-cataloged",
        "call-custom-function-inline",
        "call-http-endpoint-interpolation-shorthand",
        "call-http-endpoint-interpolation",
        "call-http-query-headers-expressions",
        "call-http-query-parameters",
        "call-http-redirect",
        "call-openapi-redirect",
        "call-openapi",
        "conditional-task",
        "do-multiple",
        "do-single",
        "emit",
        "for-inline-array",
        "fork",
        "mock-service-extension",
        "raise-inline",
        "raise-reusable",
        "run-subflow",
        "schedule-cron",
        "schedule-event-driven",
        "set-expression",
        "set",
        "star-wars-homeworld",
        "switch-then-string",
        "try-catch-retry-inline",
        "try-catch-retry-reusable",
        "try-catch-then-directive",
        "try-catch-then",
        "try-catch",
        "wait-duration-inline",
        "wait-duration-iso8601",
    }
)

TEXTS = {
    "dsl.md": {
        "compile.credential-in-clear, compile.resource": 1,
        "compile.resource": 1,
        "document.syntax": 1,
    },
    "dsl-reference.md": {
        "accepted": 19,
        "accepted compile.credential-in-clear": 5,
        "accepted compile.credential-in-clear expression.embedded": 1,
        "accepted compile.listen-timeout": 2,
        "accepted compile.unknown-path": 1,
        "compile.credential-in-clear, compile.resource": 1,
        "compile.process-forbidden": 5,
        "compile.protocol": 1,
        "compile.resource": 2,
        "compile.unknown-operation": 2,
        "document.unknown-section, schema.required, schema.unknown-key": 1,
    },
}
"""Of the examples in the texts: the codes they earn, or `accepted`, with how many do."""


def judged(text: str | bytes) -> tuple[bool, tuple[str, ...]]:
    """Whether it can run, and the codes it earns."""
    found = check(text, CATALOG, "application/yaml", NAMED)
    return found.plan is not None, tuple(sorted({one.code for one in found.findings}))


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason=NO_EXAMPLES)
def test_every_example_is_accepted_or_refused_for_a_reason_that_its_code_says() -> None:
    verdicts = {path.stem: judged(path.read_bytes()) for path in sorted(EXAMPLES.glob("*.yaml"))}

    assert {name: codes for name, (good, codes) in verdicts.items() if not good} == REFUSED
    assert {name: codes for name, (good, codes) in verdicts.items() if good and codes} == WARNED
    assert {name for name, (good, codes) in verdicts.items() if good and not codes} == ACCEPTED


@needed
@pytest.mark.parametrize("name", ["dsl.md", "dsl-reference.md"])
def test_the_examples_in_the_texts_are_judged_like_those_of_the_folder(name: str) -> None:
    text = (FOLDER / name).read_text()
    whole = [
        one[1] for one in BLOCK.finditer(text) if re.search("^document:", one[1], re.MULTILINE)
    ]
    verdicts = Counter(
        ", ".join(codes) if codes and not good else " ".join(("accepted", *codes))
        for good, codes in map(judged, whole)
    )

    assert dict(verdicts) == TEXTS[name]
