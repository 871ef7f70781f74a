"""The guarded client reaches what it may, and nothing that it may not."""

import asyncio
import gzip
import socket

import pytest

from public_works.egress import Egress, EgressResponse
from symphainy.errors import Refused, Unavailable, Unsure
from tests.public_works.listener import OK, listening

HOSTILE = [
    "http://127.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://2130706433:{port}/",
    "http://017700000001:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.1:{port}/",
    "http://0.0.0.0:{port}/",
    "http://0:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[fe80::1%25lo]:{port}/",
    "http://169.254.169.254:{port}/latest/meta-data/",
    "http://10.0.0.1:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/",
    "http://127.0.0.1%2f@example.com:{port}/",
    "http://user:password@127.0.0.1:{port}/",
    "http://example.com@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}#@example.com/",
    "http://127.0.0.1\\@example.com:{port}/",
    "http://127.0.0.1:{port}\t/",
    "http:127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    "unix:///var/run/docker.sock",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_x",
    "ftp://127.0.0.1:{port}/",
    "ws://127.0.0.1:{port}/",
    "http://127.0.0.1:22/",
    "http://93.184.215.14:25/",
    "http://:{port}/",
    "http://[::1:{port}/",
    "http://127.0.0.1:99999/",
    "",
]


def names(*answers: str):
    """A resolver that gives the answers one after the other, one each time it is asked."""
    left = iter(answers)

    def resolver(host, port, *_):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(left), port))]

    return resolver


def answering(status: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


@pytest.mark.parametrize("url", HOSTILE)
async def test_a_hostile_url_is_refused_and_opens_no_connection(url: str):
    async with listening() as server:
        with pytest.raises(Refused) as refused:
            await Egress().request("GET", url.format(port=server.port), timeout=5)
        assert (refused.value.code, server.connections) == ("egress.forbidden", 0)


async def test_a_name_that_resolves_to_loopback_is_refused_without_connection():
    async with listening() as server:
        egress = Egress(resolver=names("127.0.0.1"))
        with pytest.raises(Refused) as refused:
            await egress.request("GET", f"http://rebind.example:{server.port}/")
        assert (refused.value.code, server.connections) == ("egress.forbidden", 0)


async def test_a_name_that_resolves_to_public_and_private_addresses_is_refused():
    def both(host, port, *_):
        return [*names("93.184.215.14")(host, port), *names("10.0.0.1")(host, port)]

    with pytest.raises(Refused, match=r"egress\.forbidden"):
        await Egress(resolver=both).request("GET", "http://mixed.example/")


async def test_a_name_is_looked_up_once_so_that_a_second_answer_is_never_used():
    async with listening() as server:
        egress = Egress(
            [f"rebind.example:{server.port}"], resolver=names("127.0.0.1", "169.254.169.254")
        )
        answer = await egress.request("GET", f"http://rebind.example:{server.port}/")
        assert (answer.content, server.connections) == (b"ok", 1)


@pytest.mark.parametrize("entry", ["127.0.0.1:{port}", "127.0.0.1"])
async def test_a_listed_address_is_reached_with_all_that_was_asked(entry: str):
    async with listening() as server:
        egress = Egress([entry.format(port=server.port)])
        url = f"http://127.0.0.1:{server.port}/path"
        answer = await egress.request(
            "post", url, headers={"X-Key": "k"}, content=b"{}", params={"a": "1 2"}
        )
        assert answer == EgressResponse(200, {"content-length": "2"}, b"ok", f"{url}?a=1+2")
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
        assert head.split(b"\r\n")[0] == b"POST /path?a=1+2 HTTP/1.1"
        assert (body, b"x-key: k" in head.lower()) == (b"{}", True)


async def test_another_port_of_a_listed_host_stays_closed():
    async with listening() as server:
        egress = Egress([f"127.0.0.1:{server.port + 1}"])
        with pytest.raises(Refused, match=r"egress\.forbidden"):
            await egress.request("GET", f"http://127.0.0.1:{server.port}/")
        assert server.connections == 0


async def test_proxies_and_credentials_of_the_surroundings_are_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login l password p\n")
    monkeypatch.setenv("NETRC", str(netrc))
    async with listening() as proxy, listening() as server:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
        egress = Egress([f"127.0.0.1:{server.port}"])
        await egress.request("GET", f"http://127.0.0.1:{server.port}/")
        assert (proxy.connections, server.connections) == (0, 1)
        assert b"authorization" not in server.requests[0].lower()


async def test_redirects_are_answers_unless_following_was_asked_for():
    async with listening(lambda _: answering("302 Found", "Location: /there")) as server:
        egress = Egress([f"127.0.0.1:{server.port}"])
        answer = await egress.request("GET", f"http://127.0.0.1:{server.port}/")
        assert (answer.status, answer.headers["location"], len(server.requests)) == (
            302,
            "/there",
            1,
        )


@pytest.mark.parametrize(
    "location", ["http://169.254.169.254/", "http://localhost/", "file:///etc/passwd", "//[::1]/"]
)
async def test_a_redirect_to_an_inner_address_is_refused(location: str):
    async with listening(lambda _: answering("302 Found", f"Location: {location}")) as server:
        egress = Egress([f"127.0.0.1:{server.port}"])
        with pytest.raises(Refused, match=r"egress\.forbidden"):
            await egress.request("GET", f"http://127.0.0.1:{server.port}/", follow=3)
        assert len(server.requests) == 1


async def test_credentials_do_not_follow_a_redirect_to_another_origin():
    async with listening() as other:
        place = f"Location: http://127.0.0.1:{other.port}/there"
        async with listening(lambda _: answering("307 Temporary Redirect", place)) as first:
            egress = Egress(["127.0.0.1"])
            answer = await egress.request(
                "POST",
                f"http://127.0.0.1:{first.port}/",
                headers={"Authorization": "a", "Cookie": "b", "X-Api-Key": "c", "Accept": "d/e"},
                content=b"body",
                follow=1,
            )
        sent = other.requests[0].lower()
        kept = [name for name in (b"authorization", b"cookie", b"x-api-key") if name in sent]
        assert (answer.content, kept, b"accept: d/e" in sent) == (b"ok", [], True)
        assert (sent.startswith(b"post /there"), sent.endswith(b"body")) == (True, True)


async def test_a_post_that_is_answered_with_see_other_becomes_a_get_without_body():
    def answer(request: bytes) -> bytes:
        return OK if request.startswith(b"GET /b") else answering("303 See Other", "Location: /b")

    async with listening(answer) as server:
        egress = Egress(["127.0.0.1"])
        url = f"http://127.0.0.1:{server.port}"
        answered = await egress.request("POST", f"{url}/a", content=b"body", follow=1)
        assert (answered.url, server.requests[1].endswith(b"\r\n\r\n")) == (f"{url}/b", True)


async def test_a_redirect_without_end_is_refused():
    async with listening(lambda _: answering("302 Found", "Location: /")) as server:
        egress = Egress(["127.0.0.1"])
        with pytest.raises(Refused, match=r"egress\.redirects"):
            await egress.request("GET", f"http://127.0.0.1:{server.port}/", follow=3)
        assert len(server.requests) == 4


@pytest.mark.parametrize(
    "answer",
    [
        answering("200 OK", body=b"x" * (1024 * 1024 + 1)),
        answering("200 OK", "Content-Encoding: gzip", body=gzip.compress(b"x" * 50_000_000)),
    ],
    ids=["plain", "gzip bomb"],
)
async def test_an_answer_above_one_mebibyte_is_refused(answer: bytes):
    async with listening(lambda _: answer) as server:
        with pytest.raises(Refused, match=r"egress\.too-large"):
            await Egress(["127.0.0.1"]).request("GET", f"http://127.0.0.1:{server.port}/")


async def test_an_answer_compressed_without_being_asked_to_is_unpacked():
    packed = answering("200 OK", "Content-Encoding: gzip", body=gzip.compress(b"hello"))
    async with listening(lambda _: packed) as server:
        answer = await Egress(["127.0.0.1"]).request("GET", f"http://127.0.0.1:{server.port}/")
        assert answer.content == b"hello"


async def test_where_nobody_listens_nothing_was_sent():
    async with listening() as server:
        port = server.port
    with pytest.raises(Unavailable, match=r"egress\.unreachable"):
        await Egress(["127.0.0.1"]).request("POST", f"http://127.0.0.1:{port}/", content=b"x")


async def test_a_name_that_does_not_exist_is_unreachable():
    def unknown(*_):
        raise socket.gaierror("no such name")

    with pytest.raises(Unavailable, match=r"egress\.unreachable"):
        await Egress(resolver=unknown).request("GET", "https://nowhere.example/")


async def test_a_server_that_speaks_no_tls_gets_no_request():
    async with await asyncio.start_server(lambda _, end: end.close(), "127.0.0.1", 0) as server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        with pytest.raises(Unavailable, match=r"egress\.unreachable"):
            await Egress(["127.0.0.1"]).request("POST", url, content=b"x")


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", b"rubbish\r\n\r\n"],
    ids=["nothing", "half", "rubbish"],
)
async def test_a_request_that_left_without_a_whole_answer_is_unsure(answer: bytes):
    async with listening(lambda _: answer) as server:
        with pytest.raises(Unsure, match=r"egress\.silence"):
            await Egress(["127.0.0.1"]).request("POST", f"http://127.0.0.1:{server.port}/")
        assert len(server.requests) == 1


async def test_a_server_that_reads_and_stays_silent_is_unsure_within_the_timeout():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(Unsure, match=r"egress\.silence"):
            await Egress(["127.0.0.1"]).request("POST", url, timeout=1)


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("CONNECT", {}),
        ("TRACE", {}),
        ("GE T", {}),
        ("GET", {"Host": "internal"}),
        ("GET", {"Transfer-Encoding": "chunked"}),
        ("GET", {"Content-Length": "5"}),
        ("GET", {"X-A": "a\r\nX-B: b"}),
        ("GET", {"X\r\nY": "a"}),
        ("GET", {"X-A": "\u20ac"}),
    ],
)
async def test_a_request_that_could_smuggle_another_is_refused_unsent(method, headers):
    async with listening() as server:
        egress = Egress(["127.0.0.1"])
        with pytest.raises(Refused, match=r"egress\.request"):
            await egress.request(method, f"http://127.0.0.1:{server.port}/", headers=headers)
        assert server.requests == []
