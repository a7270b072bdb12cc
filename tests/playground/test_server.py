"""The server talks to its own page and to nobody else."""

import base64
import json
import os
import socket
import struct
import threading
import time
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from chainrule.playground.server import MAX_MESSAGE, MAX_SOCKETS, Server


@pytest.fixture(scope="module")
def server():
    one = Server()
    thread = threading.Thread(target=one.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", one.port), 1).close()
            break
        except OSError:
            time.sleep(0.02)
    yield one
    one.stop()
    thread.join(10)
    assert not thread.is_alive()


def request(server: Server, line: str, *headers: str) -> tuple[int, str]:
    """Status and the whole answer to a hand-written request; 0 where the door was shut."""
    closing = () if UPGRADE[0] in headers else ("Connection: close",)
    text = "\r\n".join([line, *headers, *closing, "", ""])
    with socket.create_connection(("127.0.0.1", server.port), 5) as door:
        door.sendall(text.encode("latin-1"))
        answer = b""
        try:
            while part := door.recv(65536):
                answer += part
                if b"101 Switching" in answer:
                    break
        except ConnectionResetError:
            pass
    head = answer.decode("utf-8", "replace")
    return (int(head.split()[1]) if head.startswith("HTTP/") else 0), head


def own(server: Server) -> str:
    return f"127.0.0.1:{server.port}"


UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode(),
)


def socket_of(server: Server, **options):
    return connect(f"ws://{own(server)}/session", origin=f"http://{own(server)}", **options)


def unpack(answer: bytes) -> dict:
    (length,) = struct.unpack_from("<I", answer)
    return json.loads(answer[4 : 4 + length])


def test_the_page_comes_with_rules(server):
    status, answer = request(server, "GET / HTTP/1.1", f"Host: {own(server)}")
    assert status == 200 and "<!doctype html>" in answer
    assert "default-src 'none'" in answer and f"ws://127.0.0.1:{server.port}" in answer
    assert "nosniff" in answer and "no-referrer" in answer and server.token not in answer
    for path in ("/app.js", "/app.css", "/LICENSES.txt"):
        assert request(server, f"GET {path} HTTP/1.1", f"Host: {own(server)}")[0] == 200


def test_it_listens_on_loopback_alone(server):
    assert server.address.startswith("http://127.0.0.1:")
    listening = server._socket.getsockname()
    assert listening[0] == "127.0.0.1"


def listening() -> set[tuple[str, int]]:
    """Addresses and ports on which this machine listens by TCP, as Linux tells."""
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            place, state = line.split()[1], line.split()[3]
            address, port = place.split(":")
            if state == "0A":
                found.add((address, int(port, 16)))
    return found


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="not a Linux machine")
def test_the_port_is_open_on_no_other_address(server):
    assert [address for address, port in listening() if port == server.port] == ["0100007F"]


@pytest.mark.parametrize(
    "line",
    [
        "GET", "GET /", "GET / HTTP/1.1\r\nHost", "\x00\x01\x02", "GET  /  HTTP/1.1",
        "PRI * HTTP/2.0",
        "GET / HTTP/1.1\r\n" + "X: " + "y" * 200_000, "GET /" + "a" * 200_000 + " HTTP/1.1",
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused_and_the_page_lives_on(server, line):
    status, answer = request(server, line, f"Host: {own(server)}")
    assert status in (0, 400, 403, 404, 414, 431) and "<!doctype" not in answer
    assert request(server, "GET / HTTP/1.1", f"Host: {own(server)}")[0] == 200


FOREIGN_HOSTS = [
    "evil.example", "127.0.0.1", "127.0.0.1:1", "localhost", "0.0.0.0:{port}", "[::1]:{port}",
    "127.0.0.1.evil.example:{port}", "localhost.evil.example:{port}", "evil.example:{port}", "",
    "127.0.0.1:{port}@evil.example", "127.1:{port}", "2130706433:{port}", "LOCALHOST:{port}.",
]  # fmt: skip
FOREIGN_ORIGINS = [
    "http://evil.example", "https://127.0.0.1:{port}", "http://127.0.0.1", "null", "file://",
    "http://127.0.0.1:1", "http://127.0.0.1:{port}.evil.example", "http://localhost", "",
]  # fmt: skip


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_foreign_host_is_refused(server, host):
    given = f"Host: {host.format(port=server.port)}"
    assert request(server, "GET / HTTP/1.1", given)[0] in (400, 403)
    origin = f"Origin: http://{own(server)}"
    assert request(server, "GET /session HTTP/1.1", given, origin, *UPGRADE)[0] in (400, 403)


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_a_foreign_origin_is_refused(server, origin):
    given = [f"Host: {own(server)}", f"Origin: {origin.format(port=server.port)}"]
    assert request(server, "GET / HTTP/1.1", *given)[0] == 403
    assert request(server, "GET /session HTTP/1.1", *given, *UPGRADE)[0] == 403


def test_a_socket_without_origin_or_with_two_hosts_is_refused(server):
    host, origin = f"Host: {own(server)}", f"Origin: http://{own(server)}"
    assert request(server, "GET /session HTTP/1.1", host, *UPGRADE)[0] == 403
    assert request(server, "GET /session HTTP/1.1", host, host, origin, *UPGRADE)[0] in (400, 403)
    assert request(server, "GET / HTTP/1.1", host, origin, origin)[0] in (400, 403)


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"]
)
def test_nothing_changes_by_http(server, method):
    assert request(server, f"{method} / HTTP/1.1", f"Host: {own(server)}")[0] in (0, 400, 403, 405)


@pytest.mark.parametrize(
    "path",
    [
        "/../pyproject.toml", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd",
        "/etc/passwd", "/app.js/../../session.py", "/_web/app.js", "/app.js%00.css", "/session.py",
        "/favicon.ico", "/.git/config", "/app.js.map", "http://evil.example/",
    ],
)  # fmt: skip
def test_no_other_file_is_served(server, path):
    status, answer = request(server, f"GET {path} HTTP/1.1", f"Host: {own(server)}")
    assert status in (400, 403, 404) and "root:" not in answer and "import" not in answer


@pytest.mark.parametrize(
    "first",
    [
        {"type": "hello"}, {"type": "hello", "token": ""}, {"type": "hello", "token": "x" * 22},
        {"type": "hello", "token": None}, {"type": "hello", "token": ["é"]}, [], 3, None, "token",
    ],
)  # fmt: skip
def test_the_token_comes_first(server, first):
    with socket_of(server) as page:
        page.send(json.dumps(first))
        with pytest.raises(ConnectionClosed):
            page.recv(5)


def test_a_page_with_the_token_is_answered(server):
    with socket_of(server) as page:
        page.send(json.dumps({"type": "hello", "id": 1, "token": server.token}))
        assert unpack(page.recv(5))["problem"] == "xor"
        for garbage in ("{", "[1,", "\x00", "[" * 100_000, "NaN", b"\x00\x01", '{"type": 1e400}'):
            page.send(garbage)
            assert unpack(page.recv(5))["type"] == "error"
        page.send(json.dumps({"type": "advance", "id": 2, "steps": 3}))
        assert unpack(page.recv(5))["frame"]["step"] == 3


def test_a_message_that_is_too_long_ends_the_socket(server):
    with socket_of(server) as page:
        page.send(json.dumps({"type": "hello", "token": server.token}))
        page.recv(5)
        with pytest.raises(ConnectionClosed):
            page.send(json.dumps({"type": "data", "csv": "x" * MAX_MESSAGE}))
            page.recv(5)


def test_sockets_are_few(server):
    time.sleep(0.2)
    pages = [socket_of(server) for _ in range(MAX_SOCKETS)]
    try:
        with pytest.raises(Exception, match=r"403|1013|rejected"):
            socket_of(server).recv(5)
    finally:
        for page in pages:
            page.close()


def test_it_stops_when_nobody_asks(monkeypatch):
    monkeypatch.setattr("chainrule.playground.server.IDLE_SECONDS", 0.2)
    one = Server()
    thread = threading.Thread(target=one.run, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()


def test_a_page_that_is_faster_than_the_server_waits_and_is_not_refused():
    one = Server()
    early = socket.create_connection(("127.0.0.1", one.port), timeout=5)
    thread = threading.Thread(target=one.run, daemon=True)
    thread.start()
    early.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{one.port}\r\n\r\n".encode())
    assert early.recv(64).startswith(b"HTTP/1.1 200")
    early.close()
    one.stop()
    thread.join(10)
