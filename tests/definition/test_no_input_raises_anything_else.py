"""Whatever is sent, the answer is a definition or findings, never another exception."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symphainy.codes import CODES
from symphainy.definition import Definition, read
from symphainy.definition.kinds import KEYWORDS
from symphainy.document import Source, load
from symphainy.findings import Finding, Invalid

WORDS = st.sampled_from(
    [
        *(*KEYWORDS, "with", "document", "use", "then", "catch", "errors", "endpoint", "to", "any"),
        *("until", "foreach", "subscription", "authentication", "functions", "extensions"),
        *("http", "experiences", "policies", "intents", "kind", "[key]", "", "/", "~", "a2a"),
    ]
)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | st.integers() | FLOATS | st.text(max_size=8) | WORDS
DATA = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(WORDS | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=8,
)
YAML_BITS = st.lists(
    st.sampled_from([*"[]{}:,-?&*!|>'\"%@`#\n \t~<=0.xa", "- ", ": ", "\\u", "é", "😀"])
    | st.characters(),
    max_size=60,
).map("".join)
TASK = st.dictionaries(WORDS, DATA, max_size=3)
TASKS = st.lists(st.dictionaries(WORDS, TASK, max_size=1), max_size=3)


def checked(text: str | bytes, media_type: str | None) -> Source | None:
    try:
        source = load(text, media_type)
    except Invalid as invalid:
        _sound(invalid.findings)
        return None
    definition, findings = read(source)
    _sound(findings)
    wrong = any(one.severity == "error" for one in findings)
    assert (definition is None) is wrong
    assert definition is None or isinstance(definition, Definition)
    return source


def _sound(findings: list[Finding]) -> None:
    for one in findings:
        assert one.code in CODES
        assert min(one.line, one.column) >= 1
        assert "\0" not in one.message


@pytest.mark.parametrize("media_type", [None, "application/yaml", "application/json"])
def test_no_bytes_and_no_text_raise_anything_but_invalid(media_type: str | None) -> None:
    @settings(max_examples=300, deadline=None)
    @given(st.binary(max_size=200) | st.text(st.characters(exclude_categories=())) | YAML_BITS)
    def holds(text: str | bytes) -> None:
        checked(text, media_type)

    holds()


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(WORDS, DATA, max_size=4), TASKS)
def test_no_data_raises_anything_but_invalid(data: dict[str, Any], tasks: list[Any]) -> None:
    checked(json.dumps({**data, "do": tasks}), "application/json")


@settings(max_examples=100, deadline=None)
@given(DATA)
def test_json_means_the_same_as_for_the_standard_library(data: Any) -> None:
    text = json.dumps(data)
    try:
        source = load(text, "application/json")
    except Invalid as invalid:
        kinds = {one.code for one in invalid.findings}
        assert kinds <= {"document.empty", "document.character", "document.number"}
    else:
        assert source.data == json.loads(text)
