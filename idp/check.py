"""`symphainy check`: everything that is wrong with a definition, and nothing stored."""

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from idp import told
from idp.client import Platform, Unreachable, media_type
from symphainy.resource import Fetched

if TYPE_CHECKING:
    from workflows.compiler import Compiled

__all__ = ["Checked", "check", "checked", "compiled"]


class Checked(NamedTuple):
    """What was found, and the drawing of what can run."""

    findings: list[dict[str, Any]]
    mermaid: str | None


def check(file: Path, *, as_json: bool) -> int:
    """0 if the definition can run, else 2."""
    found = checked(file).findings
    broken = any(one["severity"] == "error" for one in found)
    if as_json:
        sys.stdout.write(json.dumps({"valid": not broken, "findings": found}, indent=2) + "\n")
        return 2 if broken else 0
    told.findings(file, found, sys.stdout)
    sys.stdout.write(f"{file}: {told.summary(found)}\n")
    return 2 if broken else 0


def checked(file: Path) -> Checked:
    """What the platform of this folder says, or what is installed here where there is none."""
    content = file.read_bytes()
    platform = Platform.here()
    if platform is None or platform.key is None:
        return _installed(file, content)
    try:
        answer = platform.ask(
            "POST", "/v1/definitions/check", content, {"Content-Type": media_type(file)}
        )
    except Unreachable as error:
        sys.stderr.write(f"{error}; checked against what is installed here\n")
        return _installed(file, content)
    return Checked(answer.body["problems"], answer.body.get("mermaid"))


def compiled(file: Path, content: bytes) -> "Compiled":
    """What the compiler says of the capabilities and adapters of this environment."""
    from activities.registry import Registry as Capabilities
    from experience_adapters.registry import Registry as Adapters
    from public_works import Settings
    from public_works.resources import Library
    from workers.pool import catalog_of
    from workflows.compiler import Compiled, complete
    from workflows.compiler import check as compiled

    settings = Settings()
    catalog = catalog_of(Capabilities.installed(), Adapters.installed(), "platform")

    async def once(resources: Mapping[str, Fetched]) -> Compiled:
        return compiled(content, catalog, media_type(file), resources)

    return asyncio.run(complete(once, Library.over(settings).of(settings.tenant)))


def _installed(file: Path, content: bytes) -> Checked:
    from workflows.compiler import mermaid

    found = compiled(file, content)
    findings = [one.model_dump(mode="json") for one in found.findings]
    return Checked(findings, None if found.graph is None else mermaid(found.graph))
