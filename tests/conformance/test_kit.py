"""The specification's own conformance kit, every scenario of it."""

from pathlib import Path

import pytest
from pytest_bdd import scenarios

KIT = Path(__file__).parents[3] / "shared/conformance/ctk"

if not KIT.is_dir():
    pytest.skip(f"the conformance kit is not at {KIT}", allow_module_level=True)

scenarios(str(KIT))
