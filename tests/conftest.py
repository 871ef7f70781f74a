"""Which tests share a process when several run side by side."""

from pathlib import Path

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a folder together: they share servers, and some use the same ports."""
    here = Path(__file__).parent
    for item in items:
        folder = item.path.relative_to(here).parts[0]
        together = "processes" if folder in ("idp", "crash", "chaos") else folder
        item.add_marker(pytest.mark.xdist_group(together))
