"""Documents that definitions name, on a web server."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

__all__ = ["Files"]


class Files:
    """Documents by path, such as `/shop.proto`; they may be put there while it serves."""

    def __init__(self) -> None:
        self.url = ""
        self._documents: dict[str, str] = {}

    def put(self, path: str, content: str) -> str:
        """The address under which `content` is found from now on."""
        self._documents[path] = content
        return self.url + path

    @contextmanager
    def serving(self) -> Iterator["Files"]:
        """Serve until the end of the block."""
        documents = self._documents

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = documents.get(self.path)
                content = (found or "").encode()
                self.send_response(200 if found is not None else 404)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                """Keep quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
