"""`symphainy check`: everything that is wrong with a definition, and nothing stored."""

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from idp import told
from idp.client import Platform, Unreachable, media_type
from symphainy.resource import Fetched

__all__ = ["check"]

Findings = list[dict[str, Any]]


def check(file: Path, *, as_json: bool) -> int:
    """0 if the definition can run, else 2."""
    found = _findings(file)
    broken = any(one["severity"] == "error" for one in found)
    if as_json:
        sys.stdout.write(json.dumps({"valid": not broken, "findings": found}, indent=2) + "\n")
    else:
        told.findings(file, found, sys.stdout)
        if not broken:
            sys.stdout.write(f"{file}: ok\n")
    return 2 if broken else 0


def _findings(file: Path) -> Findings:
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
    found: Findings = answer.body["problems"]
    return found


def _installed(file: Path, content: bytes) -> Findings:
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

    found = asyncio.run(complete(once, Library.over(settings).of(settings.tenant)))
    return [one.model_dump(mode="json") for one in found.findings]
