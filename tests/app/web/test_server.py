"""The server: clients that never finish a request cost the others nothing."""

import contextlib
import http.client
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from flask import Flask

from stateline.app.web import server as web
from stateline.app.web.server import Server

UNFINISHED = (
    b"",
    b"GET / HTTP/1.1\r\nHost: ",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal",
)
LARGE = 40_000_000  # bytes; more than the buffers of both sockets hold


@contextmanager
def running(host: str = "127.0.0.1") -> Iterator[Server]:
    app = Flask("served")
    app.add_url_rule("/", "here", lambda: "here")
    app.add_url_rule("/large", "large", lambda: iter([b"x" * 1_000_000] * (LARGE // 1_000_000)))
    server = Server(app, host, 0, 1000)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server
    server.stop()
    thread.join(timeout=20)
    server.close()
    assert not thread.is_alive()


def get(server: Server, host: str = "127.0.0.1") -> str:
    connection = http.client.HTTPConnection(host, server.port, timeout=20)
    connection.request("GET", "/")
    answer = connection.getresponse().read().decode()
    connection.close()
    return answer


def connect(server: Server, data: bytes) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    with contextlib.suppress(ConnectionError):  # Closed again already.
        opened.sendall(data)
    return opened


def test_more_connections_than_the_limit_do_not_keep_a_new_one_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(web, "MAX_CONNECTIONS", 20)
    with running() as server, ExitStack() as opened:
        for number in range(60):
            data = UNFINISHED[number % len(UNFINISHED)]
            opened.enter_context(connect(server, data))
        assert [get(server) for _ in range(5)] == ["here"] * 5


@pytest.mark.parametrize("data", UNFINISHED[1:])
def test_a_request_that_does_not_arrive_in_time_is_given_up_though_it_trickles(
    monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    monkeypatch.setattr(web, "REQUEST_SECONDS", 1)
    monkeypatch.setattr(web, "CHECK_SECONDS", 0)
    with running() as server, connect(server, data) as opened:
        opened.settimeout(0.02)
        while True:
            try:
                if not opened.recv(100):
                    break
            except TimeoutError:
                opened.sendall(b"a")
            except ConnectionError:
                break
        assert get(server) == "here"


def test_an_answer_that_nobody_reads_frees_its_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "ANSWER_SECONDS", 2)
    monkeypatch.setattr(web, "CHECK_SECONDS", 0)
    monkeypatch.setattr(web, "THREADS", 1)
    with running() as server, connect(server, b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n") as opened:
        assert opened.recv(12) == b"HTTP/1.1 200"
        assert get(server) == "here"  # with the only thread


def test_a_connection_that_is_kept_between_requests_stays_open() -> None:
    with running() as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        for _ in range(3):
            connection.request("GET", "/")
            assert connection.getresponse().read() == b"here"
            used = connection.sock
        assert connection.sock is used
        connection.close()


def test_a_name_with_two_addresses_listens_at_one_port() -> None:
    with running("localhost") as server:
        assert get(server, "localhost") == get(server) == "here"


RAISES = """
import resource
from stateline.app.web import server
hard = int({hard})
resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
print(server.connection_limit(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(("hard", "expected"), [(4096, "1000 1256"), (600, "344 600")])
def test_the_limit_of_descriptors_is_raised_as_far_as_it_may(hard: int, expected: str) -> None:
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < hard:
        pytest.skip(f"this machine allows no {hard} descriptors")
    command = [sys.executable, "-c", RAISES.format(hard=hard)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.strip() == expected, done.stderr
