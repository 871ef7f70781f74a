"""Texts as documents of Atlassian's editor (ADF)."""

from typing import Any

__all__ = ["document", "plain"]


def document(text: str, *below: str) -> dict[str, Any]:
    """The text, a paragraph a block of lines; and each of `below` after a rule."""
    content: list[dict[str, Any]] = [_paragraph(part) for part in text.split("\n\n")]
    if below:
        content.append({"type": "rule"})
    return {
        "type": "doc",
        "version": 1,
        "content": [*content, *(_paragraph(one) for one in below)],
    }


def plain(written: Any) -> str:
    """The text of a document, or of what was a text all along."""
    if isinstance(written, str):
        return written
    blocks = written.get("content") if isinstance(written, dict) else None
    texts = (_text(one) for one in (blocks if isinstance(blocks, list) else ())[:1_000])
    return "\n\n".join(texts)[:10_000]


def _paragraph(text: str) -> dict[str, Any]:
    content: list[dict[str, Any]] = []
    for i, line in enumerate(text.split("\n")):
        if i:
            content.append({"type": "hardBreak"})
        if line:
            # A text node may not be empty.
            content.append({"type": "text", "text": line})
    return {"type": "paragraph", "content": content}


def _text(block: Any) -> str:
    parts = block.get("content") if isinstance(block, dict) else None
    found = ""
    for one in parts if isinstance(parts, list) else ():
        kind = one.get("type") if isinstance(one, dict) else None
        found += "\n" if kind == "hardBreak" else ""
        found += str(one.get("text", "")) if kind == "text" else ""
    return found
