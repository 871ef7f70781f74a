"""All pages together, and whether those on disk are what the code says now."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from docs.generator import adapters, capabilities, codes, fields, policies, security, settings

__all__ = ["PAGES", "differences", "pages", "write"]

PAGES = Path(__file__).parent.parent
FOLDERS = ("adapters", "capabilities", "codes", "policies")
"""Folders that hold nothing but made pages."""


@cache
def pages() -> dict[str, str]:
    """Every made page, by its path under `docs/`; what the code says is the same all along."""
    areas = (codes, settings, capabilities, adapters, policies, security, fields)
    return dict(page for area in areas for page in area.pages())


def differences(folder: Path = PAGES) -> list[str]:
    """The pages that are missing, that differ, or that nothing stands behind any more."""
    wanted = pages()
    there = {path: folder / path for path in {*wanted, *_made(folder)}}
    return sorted(
        path
        for path, file in there.items()
        if not file.exists() or file.read_text(encoding="utf-8") != wanted.get(path)
    )


def write(folder: Path = PAGES) -> list[str]:
    """Bring `folder` up to date; the paths that changed."""
    changed, wanted = differences(folder), pages()
    for path in changed:
        file = folder / path
        if path not in wanted:
            file.unlink()
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(wanted[path], encoding="utf-8")
    return changed


def _made(folder: Path) -> Iterator[str]:
    for name in FOLDERS:
        for file in (folder / name).glob("*.md"):
            yield f"{name}/{file.name}"
