"""Documents of strangers: whatever they are, reading them gives findings and takes no time."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.compiler.protocols.asyncapi_document import Document, Missing, Unusable
from workflows.compiler.protocols.proto import Method, Proto, read

WORDS = (
    "asyncapi 3.0.0 2.6.0 servers channels operations channel a $ref #/channels/a #/servers/a "
    "address host url protocol nats http {a} publish subscribe parameters variables default enum "
    "bindings location"
)
NAMES = st.sampled_from(WORDS.split())
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=30,
)


def said(content: Any, asked: dict[str, str]) -> str:
    """Where the call goes, or why it cannot."""
    try:
        return Document(content).find(publishes=True, **asked).url
    except (Missing, Unusable) as told:
        return str(told)


@settings(max_examples=300, deadline=None)
@given(
    JSON,
    st.sampled_from(["2.6.0", "3.0.0"]),
    st.dictionaries(st.sampled_from(["servers", "channels", "operations"]), JSON),
)
def test_an_asyncapi_document_is_used_or_says_why_not(
    whole: Any, version: str, parts: dict[str, Any]
) -> None:
    content = {**(whole if isinstance(whole, dict) else {}), "asyncapi": version, **parts}

    for asked in ({"operation": "a"}, {"channel": "a"}, {"operation": "a", "server": "a"}):
        assert said(content, asked)


@pytest.mark.parametrize(
    "text",
    [
        "/*" * 400_000,
        '"\\"' * 300_000,
        "rpc A(B) returns (C) {" * 40_000,
        "service A {" * 80_000,
        'import "x ' * 80_000,
        ("rpc A(stream " + " " * 1_000 + "\n") * 800,
    ],
)
def test_a_proto_file_made_to_take_time_takes_none(text: str) -> None:
    assert isinstance(read(text), Proto)


def test_what_stands_in_comments_and_texts_is_no_service() -> None:
    text = """
    // service Old { rpc Gone (A) returns (B); }
    /* service Older { rpc Gone (A) returns (B); } */
    service New { option name = "service Text { rpc Not (A) returns (B); }"; }
    service Other { rpc Here (.pkg.A) returns (stream B) { } }
    """

    here = Method(takes_many=False, gives_many=True, harmless=False)
    assert read(text).services["Other"] == {"Here": here}
    assert "Old" not in read(text).services
    assert "Older" not in read(text).services


@pytest.mark.parametrize("text", ["", "service", "{", 'syntax = "proto3";', "\x00", "rpc A(B)"])
def test_a_file_without_services_has_none(text: str) -> None:
    assert read(text) == Proto()
