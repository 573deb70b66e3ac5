"""The HTTP server: waitress, with limits that hold against clients that never finish.

Waitress reads requests and writes answers without a thread, so that an idle connection costs a file
descriptor only. It closes neither a connection whose request trickles in, nor one that never reads
its answer, and at its limit it accepts no other: those three are added here.
"""

import contextlib
import heapq
import logging
import resource
import socket
import time
from typing import Any

from flask import Flask
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import MultiSocketServer, TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher
from waitress.utilities import BadRequest, ServerNotImplemented
from waitress.wasyncore import close_all

from stateline.app.web.headers import ALWAYS, DOCUMENT_POLICY

THREADS = (
    32  # more than the costly requests that may be under way, see lanes.py and typed/client.py
)
MAX_CONNECTIONS = 1_000
BACKLOG = 1_024  # connections that wait to be accepted
SPARE_FILES = 256  # descriptors for the runs' files, and for those of the libraries
MAX_HEADER = 65_536  # bytes of all headers; a page's longest address has some thousand
IDLE_SECONDS = 60  # until a connection without a request is closed
REQUEST_SECONDS = 20  # in which a request must arrive, its body included
ANSWER_SECONDS = 30  # until a connection is closed that reads nothing of its answer
CHECK_SECONDS = 2  # between two checks of all connections


REFUSAL_HEADERS = [*ALWAYS.items(), ("Content-Security-Policy", DOCUMENT_POLICY)]


class _Refusal(ErrorTask):  # type: ignore[misc]
    """The answer to a request that is malformed or too large, which the app never sees."""

    def execute(self) -> None:
        """Answer; with an encoding that is unknown it is the request that is at fault."""
        if isinstance(self.request.error, ServerNotImplemented):
            self.request.error = BadRequest(self.request.error.body)
        self.response_headers.extend(REFUSAL_HEADERS)
        super().execute()


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that knows since when its present request has been arriving."""

    error_task_class = _Refusal
    begun: float | None = None  # time.time() at the request's first byte; None between requests
    stalled: float | None = None  # since when nothing of the answer could be sent

    def received(self, data: bytes) -> bool:
        """Take what arrived; returns False where the connection is being closed."""
        self.begun = self.begun or time.time()
        taken = bool(super().received(data))
        if self.request is None:
            self.begun = None
        return taken

    def is_overdue(self, now: float) -> bool:
        """Return whether the client has kept the server waiting for too long."""
        # Counted from when it is seen: an answer that took long to make has only just begun.
        if not self.total_outbufs_len:
            self.stalled = None
        elif self.stalled is None or self.last_activity > self.stalled:
            self.stalled = now
        since = ((self.begun, REQUEST_SECONDS), (self.stalled, ANSWER_SECONDS))
        return any(begun is not None and now - begun > most for begun, most in since)

    def give_up(self) -> None:
        """Have the loop that is under way close the connection, though its client reads nothing.

        Closed here, its descriptor could become that of a new connection while the loop still has
        it on its list.
        """
        self.will_close = True
        with contextlib.suppress(OSError):  # The client was faster.
            self.socket.shutdown(socket.SHUT_RDWR)

    @property
    def waits_for_client(self) -> bool:
        """Whether nothing is being done for the client."""
        return not self.requests and not self.total_outbufs_len


class _Listener(TcpWSGIServer):  # type: ignore[misc]
    """A socket that listens; at the limit, new connections replace those that are idle."""

    channel_class = Channel

    def readable(self) -> bool:
        """Return whether a new connection can be accepted."""
        if len(self._map) >= self.adj.connection_limit:
            self._close_idle()
        return bool(super().readable())

    def _close_idle(self) -> None:
        """Close the tenth of the connections that have waited longest for their client."""
        waiting = [each for each in self.active_channels.values() if each.waits_for_client]
        count = max(1, self.adj.connection_limit // 10)
        for channel in heapq.nsmallest(
            count, waiting, lambda each: each.begun or each.last_activity
        ):
            channel.give_up()

    def maintenance(self, now: float) -> None:
        """Close connections that are idle, or overdue."""
        super().maintenance(now)
        for channel in self.active_channels.values():
            if channel.is_overdue(now):
                channel.give_up()


class Server:
    """A server that listens at an address; a name such as localhost may have two.

    raises  OSError, ValueError  the address is taken, or not one of this machine
    """

    def __init__(self, application: Flask, host: str, port: int, max_body: int) -> None:
        settings: dict[str, Any] = {
            "host": f"[{host}]" if ":" in host else host,
            "port": port,
            "threads": THREADS,
            "connection_limit": connection_limit(),
            "asyncore_use_poll": True,  # select() fails at descriptors above 1024
            "backlog": BACKLOG,
            "channel_timeout": IDLE_SECONDS,
            "cleanup_interval": CHECK_SECONDS,
            "max_request_header_size": MAX_HEADER,
            "max_request_body_size": max_body,  # Flask would keep a gigabyte, then refuse.
            "inbuf_overflow": max_body + 1,  # No body needs a file.
            "log_socket_errors": False,  # A client that goes away is no error.
            "ident": None,
        }
        adjustments = Adjustments(**settings)
        # More requests than threads, or connections at their limit, are no news either.
        logging.getLogger("waitress").setLevel(logging.ERROR)
        self._map: dict[int, Any] = {}
        dispatcher = ThreadedTaskDispatcher()
        self._listeners: list[_Listener] = []
        try:
            for family, kind, protocol, address in adjustments.listen:
                if self._listeners:  # Port 0 is any port, and the same one for all addresses.
                    address = (address[0], self.port, *address[2:])
                listener = _Listener(
                    application, self._map, dispatcher=dispatcher, adj=adjustments,
                    sockinfo=(family, kind, protocol, address),
                )  # fmt: skip
                self._listeners.append(listener)
        except OSError:
            close_all(self._map, ignore_all=True)
            raise
        dispatcher.set_thread_count(THREADS)
        listening = [(each.effective_host, each.effective_port) for each in self._listeners]
        self._server = MultiSocketServer(
            self._map, adjustments, listening, dispatcher, self._listeners[0].log_info
        )

    @property
    def port(self) -> int:
        """The port that it listens at."""
        return int(self._listeners[0].effective_port)

    def run(self) -> None:
        """Serve until interrupted or stopped."""
        self._server.run()

    def stop(self) -> None:
        """End `run` from another thread.

        Sockets that are closed from outside are waited for by the server's own thread: it would end
        in an error, or wake a pipe that has become somebody else's.
        """
        self._listeners[0].trigger.pull_trigger(lambda: close_all(self._map, ignore_all=True))

    def close(self) -> None:
        """Close all connections and end the threads."""
        self._server.close()


def connection_limit() -> int:
    """Return how many connections may be open, and raise the limit of descriptors for them."""
    wanted = MAX_CONNECTIONS + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(soft - SPARE_FILES, soft // 2)
    return MAX_CONNECTIONS
