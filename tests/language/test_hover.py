"""What a word of a definition means; `§` is where the pointer is."""

import pytest

from docs.generator.plugins import catalog
from workflows.language import hover
from workflows.language.words import KEYS

HEAD = "document: {dsl: 1.0.3, namespace: acme, name: hello, version: 1.0.0}\n"
CATALOG = catalog()


def said(text: str) -> str | None:
    text = HEAD + text
    before = text[: text.index("§")]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    found = hover(text.replace("§", "", 1), line, column, CATALOG)
    return None if found is None else found.markdown


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("do:\n  - a: {wa§it: PT1S}", "**wait**\n\n" + KEYS["wait"]),
        (
            "do:\n  - a: {call: insights.score, with: {fea§tures: {}}}",
            "**features** (object)\n\nWhat is known; objects may be nested.",
        ),
        ("do:\n  - a: {wait: PT1S, then: e§nd}", "**end** (directive)\n\nEnd the run, well."),
        ("do:\n  - a: {wait: PT1S, then: b§}\n  - b: {wait: PT2S}", None),
        ("do:\n  - a: {wait: PT1S, then: §b}\n  - b: {wait: PT2S}", "**b** (task)\n\n`wait PT2S`"),
        ("do:\n  - gre§et: {wait: PT1S}", "**greet**\n\nA task: `wait PT1S`"),
        (
            'do:\n  - a: {set: {x: "${ $cont§ext.y }"}}',
            "**$context**\n\nWhat tasks before have exported.",
        ),
        (
            'do:\n  - a: {set: {x: "${ len§gth }"}}',
            "**length**\n\nHow many items, members or characters.",
        ),
        ("do:\n  - a: {set: {x: hel§lo}}", None),
        ("experiences:\n  e: {adapter: sma§ndbox}", None),
    ],
)
def test_a_word_is_explained_where_there_is_something_to_say(
    text: str, markdown: str | None
) -> None:
    assert said(text) == markdown


def test_a_capability_is_explained_by_what_it_does() -> None:
    found = said("do:\n  - a: {call: insights.sc§ore}")

    assert found is not None
    assert found.startswith("**insights.score** (1.0.0, effect none)\n\nScore features")


def test_the_columns_are_those_of_the_word() -> None:
    found = hover(f"{HEAD}do:\n  - greet: {{wait: PT1S}}", 3, 15, CATALOG)

    assert found is not None
    assert (found.line, found.start, found.end) == (3, 13, 17)
