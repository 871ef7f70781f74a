"""The OpenAPI document is true: no 5xx, no answer that it does not describe."""

import asyncio
import sys
from pathlib import Path

import httpx2

from solution_api.examples import DEFINITION
from tests.api.world import World, principal

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
)
EXAMPLES = 12


async def furnished(client: httpx2.AsyncClient) -> None:
    """Everything that the document's examples name is there."""
    yaml = {"Content-Type": "application/yaml"}
    version = "/v1/solutions/acme.welcome/versions/1.0.0"
    assert (await client.put(version, content=DEFINITION, headers=yaml)).status_code == 201
    assert (await client.post(f"{version}/deploy")).status_code == 200
    run = await client.post(
        "/v1/solutions/acme.welcome/intents/welcome",
        json={"customer": "c-17"},
        headers={"Prefer": "wait=60"},
    )
    assert run.json()["run"] == "acme.welcome:c-17"
    assert run.json()["output"] == {"greeting": "Welcome, c-17"}
    assert (await client.put("/v1/customers/c-17", json={"name": "Maria"})).status_code == 200


async def test_whatever_is_sent_the_answer_is_one_the_document_describes(
    world: World, tmp_path: Path
) -> None:
    async with await world.client(principal("fuzz", "admin", tenant="fuzzed")) as client:
        await furnished(client)
        header = f"Authorization: {client.headers['Authorization']}"
        process = await asyncio.create_subprocess_exec(
            Path(sys.executable).parent / "schemathesis",
            *("run", f"{world.url}/openapi.json"),
            *("--header", header),
            *("--checks", ",".join(CHECKS)),
            *("--phases", "examples,coverage,fuzzing"),
            *("--max-examples", str(EXAMPLES)),
            *("--seed", "20261102"),
            # They have no end, and nobody to say when they have heard enough.
            *("--exclude-path", "/v1/events/stream"),
            *("--exclude-path", "/v1/sessions/{session}/events"),
            *("--request-timeout", "90"),
            *("--warnings", "off"),
            "--continue-on-failure",
            "--no-shrink",
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
