"""`call: http`, against a server on the loopback that the egress list allows."""

import json
from collections.abc import AsyncIterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.runtime.platform import Platform

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: http-{{n}}, version: 1.0.0}
"""


class Pets(BaseHTTPRequestHandler):
    """Knows one pet, repeats what is posted, and answers errors on request."""

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path == "/pets/1":
            self._answer(200, {"id": 1, "name": "Rex", "query": query})
        elif path == "/text":
            self._answer(200, "plain")
        elif path == "/moved":
            self.send_response(302)
            self.send_header("location", "/pets/1")
            self.end_headers()
        else:
            self._answer(int(path.rpartition("/")[2] or 404), {"no": "pet"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self._answer(200, {"got": json.loads(body), "type": self.headers["content-type"]})

    def _answer(self, status: int, body: object) -> None:
        text = body if isinstance(body, str) else json.dumps(body)
        self.send_response(status)
        self.send_header(
            "content-type", "text/plain" if isinstance(body, str) else "application/json"
        )
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
async def pets() -> AsyncIterator[str]:
    """The address of the server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pets)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


async def test_content_is_what_the_server_sent(platform: Platform, pets: str) -> None:
    given = await platform.output(
        HEAD
        + f"""
do:
  - get:
      call: http
      with: {{method: get, endpoint: "{pets}/pets/{{id}}", query: {{lang: "${{ .lang }}"}}}}
""",
        {"id": 1, "lang": "en"},
    )

    assert given == {"id": 1, "name": "Rex", "query": "lang=en"}


async def test_a_response_tells_all_of_it(platform: Platform, pets: str) -> None:
    given = await platform.output(
        HEAD
        + f"""
do:
  - get:
      call: http
      with: {{method: get, endpoint: {{uri: "{pets}/text"}}, output: response}}
      output: {{as: "{{status: .statusCode, content: .content, uri: .request.uri}}"}}
"""
    )

    assert given == {"status": 200, "content": "plain", "uri": f"{pets}/text"}


async def test_a_body_is_sent_as_json(platform: Platform, pets: str) -> None:
    given = await platform.output(
        HEAD
        + f"""
do:
  - send:
      call: http
      with: {{method: post, endpoint: "{pets}/echo", body: {{total: "${{ .a + .b }}"}}}}
""",
        {"a": 1, "b": 2},
    )

    assert given == {"got": {"total": 3}, "type": "application/json"}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, "communication"),
        (401, "authentication"),
        (403, "authorization"),
        (503, "communication"),
    ],
)
async def test_an_error_status_is_an_error_the_flow_can_catch(
    platform: Platform, pets: str, status: int, kind: str
) -> None:
    given = await platform.output(
        HEAD
        + f"""
do:
  - careful:
      try:
        - get: {{call: http, with: {{method: get, endpoint: "{pets}/status/{status}"}}}}
      catch:
        errors: {{with: {{status: {status}}}}}
        do:
          - tell:
              set:
                status: "${{ $error.status }}"
                type: "${{ $error.type }}"
                at: "${{ $error.instance }}"
"""
    )

    base = "https://open-workflow-specification.org/spec/1.0.0/errors/"
    assert given == {"status": status, "type": base + kind, "at": "/do/0/careful/try/0/get"}


async def test_redirects_are_errors_unless_they_are_wanted(platform: Platform, pets: str) -> None:
    def text(redirect: str) -> str:
        return (
            HEAD
            + f"""
do:
  - get: {{call: http, with: {{method: get, endpoint: "{pets}/moved", redirect: {redirect}}}}}
"""
        )

    assert (await platform.problem(text("false")))["status"] == 302
    followed = await platform.output(text("true"))
    assert isinstance(followed, dict)
    assert followed["name"] == "Rex"


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest", "http://[::1]:80/", "http://2130706433.example:1/x"]
)
async def test_places_a_definition_may_not_reach_are_refused(platform: Platform, url: str) -> None:
    problem = await platform.problem(
        HEAD
        + f"""
do:
  - get: {{call: http, with: {{method: get, endpoint: "{url}"}}}}
"""
    )

    assert str(problem["code"]).startswith("egress.")
