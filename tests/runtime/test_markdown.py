"""What is escaped for pages that show Markdown reads as it was said everywhere else."""

import pytest

from symphainy.markdown import plain, said

WORDS = (
    "mail: quiet hours `night`: 02:12, held until 08:00",
    "[click](https://evil.example) <img src=x> ![x](y)",
    "C:\\temp\\`x` \\\\",
)


@pytest.mark.parametrize("text", WORDS)
def test_what_was_escaped_is_said_as_it_was(text: str) -> None:
    assert plain(text) != text
    assert said(plain(text)) == text
