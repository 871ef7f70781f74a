"""The specification's own schema and every document in its kit and its texts."""

import re
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from symphainy.document import load
from symphainy.findings import Invalid

FOLDER = Path(__file__).parents[3] / "shared" / "conformance"
SCENARIO = re.compile(r'a workflow with definition:\s*"""yaml\n(.*?)"""', re.DOTALL)
BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)

needed = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the specification's conformance data is not beside the repository"
)


@cache
def validator() -> Any:
    # Read by ourselves, because YAML 1.1 makes a boolean of the schema's key `on`.
    schema = load((FOLDER / "schema" / "workflow.yaml").read_bytes(), "application/yaml").data
    return jsonschema_rs.Draft202012Validator(schema)


def workflows() -> Iterator[tuple[str, str]]:
    """Where each workflow stands, and its text."""
    for path in sorted(FOLDER.glob("ctk/*.feature")):
        for match in SCENARIO.finditer(path.read_text()):
            yield f"{path.name} at {match.start()}", textwrap.dedent(match[1])
    for name in ("dsl.md", "dsl-reference.md"):
        text = (FOLDER / name).read_text()
        for match in BLOCK.finditer(text):
            if re.search(r"^document:", match[1], re.MULTILINE):
                yield f"{name} at {match.start()}", match[1]


def valid_data() -> Iterator[dict[str, Any]]:
    """The data of every workflow that the schema accepts."""
    for _, text in workflows():
        try:
            data = load(text).data
        except Invalid:
            continue
        if isinstance(data, dict) and validator().is_valid(data):
            yield data
