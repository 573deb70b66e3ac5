"""Benchmark of the server under many clients: what one user's requests cost another.

    python -m tests.bench_load --store store/data

Prints tables: a sequence's request beside idle and busy clients, beside reports, and two users who
type into two runs. `--address` measures an app that runs already, such as that of another release.
`--hostile` sends malformed requests instead and counts the answers by status.
"""

import argparse
import asyncio
import contextlib
import os
import platform
import statistics
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import numpy as np

from stateline.store.errors import StatelineError
from stateline.store.reader import Run, open_run
from stateline.store.schema import MANIFEST
from tests.bench_app import served
from tests.bench_report import say
from tests.hostile import exchange, hostile_requests

PATIENCE = 20.0  # seconds that a client waits for an answer
WARM = 5  # requests of each kind before anything is measured
HEADER = ("what", "answers", "median", "95th percentile", "slowest", "refused", "no answer")
# What a client that never finishes has sent, by turns.
UNFINISHED = (
    b"",
    b"GET /health HTTP/1.1\r\nHost: ",
    b"POST /_dash-update-component HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\n\r\n{",
)


@dataclass
class Taken:
    """Answers to one kind of request: seconds of those that came, and how many did not."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    lost: int = 0

    def row(self, what: str) -> tuple[str, ...]:
        """Return the row of a table."""
        if not self.seconds:
            return (what, "0", "", "", "", f"{self.refused:,}", f"{self.lost:,}")
        figures = (
            statistics.median(self.seconds),
            float(np.percentile(self.seconds, 95)),
            max(self.seconds),
        )
        return (
            what,
            f"{len(self.seconds):,}",
            *(f"{1000 * each:,.0f} ms" for each in figures),
            f"{self.refused:,}",
            f"{self.lost:,}",
        )


class Client:
    """One user's connection, kept open between requests as a browser does."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str, taken: Taken, body: bytes | None = None) -> None:
        """Send one request and note what becomes of it."""
        begun = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                status = await self._exchange(path, body)
        except (TimeoutError, OSError, EOFError, ValueError):
            taken.lost += 1
            self.close()
            return
        if status == 503:
            taken.refused += 1
        elif status != 200:
            raise StatelineError(path, f"was answered with {status}", expected="200 or 503")
        else:
            taken.seconds.append(time.perf_counter() - begun)

    async def _exchange(self, path: str, body: bytes | None) -> int:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self.host, self.port)
        reader, writer = self._streams
        lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1"]
        lines.append(f"Host: {self.host}:{self.port}")
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        writer.write("\r\n".join([*lines, "", ""]).encode() + (body or b""))
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        if "content-length: " in head:
            await reader.readexactly(int(head.partition("content-length: ")[2].split()[0]))
        if "connection: close" in head:
            self.close()
        return int(head.split()[1])

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None


@dataclass(frozen=True)
class Load:
    """The server to measure, and how hard."""

    host: str
    port: int
    seconds: float

    async def repeat(
        self,
        paths: Callable[[int], str],
        taken: Taken,
        wait: float = 0.0,
        pause: float = 0.0,
        body: bytes | None = None,
    ) -> None:
        """Ask as one user until the time is over.

        paths  of the request of a number
        wait   seconds before the first request
        pause  seconds between an answer and the next request
        """
        await asyncio.sleep(wait)
        client, until, number = Client(self.host, self.port), time.monotonic() + self.seconds, 0
        while time.monotonic() < until:
            await client.ask(paths(number), taken, body)
            number += 1
            await asyncio.sleep(pause)
        client.close()

    async def beside(self, others: Sequence[Awaitable[None]], paths: Callable[[int], str]) -> Taken:
        """Return the sequence requests of one user while others do something else."""
        taken = Taken()
        await asyncio.gather(*others, self.repeat(paths, taken, pause=0.05))
        return taken

    async def idle(self, count: int) -> list[asyncio.StreamWriter]:
        """Open connections that never finish a request; those that are refused are left out."""
        opened = []
        for number in range(count):
            with contextlib.suppress(TimeoutError, OSError):
                async with asyncio.timeout(2):
                    _, writer = await asyncio.open_connection(self.host, self.port)
                    host = f"{self.host}:{self.port}".encode()
                    writer.write(UNFINISHED[number % len(UNFINISHED)].replace(b"{host}", host))
                    opened.append(writer)
        await asyncio.sleep(0.5)
        return opened


def sequences_of(run: Run, first: int = 0) -> Callable[[int], str]:
    """Return the address of a sequence for each number, beginning at another one for each user."""
    count = run.sequences.height
    return lambda number: f"/data/{quote(run.name)}/sequence/{(17 * first + number) % count}"


def reports_of(run: Run, user: int, users: int) -> Callable[[int], str]:
    """Return the address of a report for each number; no two users have one in common."""
    count = run.sequences.height
    return lambda number: f"/report/{quote(run.name)}/{(user + users * number) % count}.html"


async def bench_crowd(load: Load, run: Run, idle: int, clients: int) -> list[tuple[str, ...]]:
    """Sequence requests of one user, of many, and of many beside idle connections."""
    rows = [(await load.beside([], sequences_of(run))).row("one user")]
    for connections, name in (
        (0, f"{clients} users, one request a second each"),
        (idle, f"the same beside {idle} connections that never finish a request"),
    ):
        opened, taken = await load.idle(connections), Taken()
        users = [
            load.repeat(sequences_of(run, user), taken, user / clients, pause=1.0)
            for user in range(clients)
        ]
        await asyncio.gather(*users)
        rows.append(taken.row(name))
        taken = Taken()
        await asyncio.gather(
            *(load.repeat(sequences_of(run, user), taken) for user in range(clients))
        )
        beside = f"beside {connections} idle, " if connections else ""
        rate = len(taken.seconds) / load.seconds
        rows.append(taken.row(f"{beside}{clients} users without a pause: {rate:,.0f} a second"))
        for writer in opened:
            writer.close()
    return rows


async def bench_reports(load: Load, run: Run, users: int) -> list[tuple[str, ...]]:
    """Sequence requests of one user while others load reports."""
    reports = Taken()
    others = [
        load.repeat(reports_of(run, user, users), reports, pause=0.01) for user in range(users)
    ]
    taken = await load.beside(others, sequences_of(run))
    return [taken.row(f"a sequence beside {users} users of reports"), reports.row("their reports")]


async def bench_typing(load: Load, runs: Sequence[Run], texts: int) -> list[tuple[str, ...]]:
    """Two users who type by turns into two runs: the first text of each, and the others."""
    body = b'{"text": "the film was not good"}'
    first, others = Taken(), Taken()
    clients = [Client(load.host, load.port) for _ in runs]
    for number in range(texts):
        taken = others if number else first
        for run, client in zip(runs, clients, strict=True):
            await client.ask(f"/data/{quote(run.name)}/typed", taken, body)
    return [
        first.row("the first text of each run, which loads its model"),
        others.row("texts of two users in two runs, by turns"),
    ]


async def bench_hostile(load: Load, run: Run, count: int, seed: int) -> list[str]:
    """Send malformed requests, several at once; return one line per status, and those of a 5xx."""
    statuses: Counter[str] = Counter()
    failures = []
    limit = asyncio.Semaphore(16)

    async def send(name: str, data: bytes) -> None:
        async with limit:
            answers = await exchange(load.host, load.port, data)
        statuses.update(map(str, answers) if answers else ["closed, or still waiting"])
        failures.extend(
            f"{status} for {name}" for status in answers if status >= 500 and status != 503
        )

    requests = hostile_requests(run, f"{load.host}:{load.port}", count, seed)
    await asyncio.gather(*(send(name, data) for name, data in requests))
    alive = Taken()
    await Client(load.host, load.port).ask("/health", alive)
    lines = [f"{status}: {times:,}" for status, times in sorted(statuses.items())]
    health = "answers" if alive.seconds else "**does not answer**"
    if failures:
        lines.append(f"5xx: {len(failures):,}")
    return [*lines, *failures, f"after {count:,} requests the server {health}"]


def table(rows: list[tuple[str, ...]]) -> None:
    """Print a table in Markdown, ready for the findings."""
    for row in (HEADER, ("---",) * len(HEADER), *rows):
        say("| " + " | ".join(row) + " |")


async def measure(load: Load, arguments: argparse.Namespace) -> None:
    """Print the tables of a server."""
    run = open_run(arguments.store / arguments.run)
    if arguments.hostile:
        for line in await bench_hostile(load, run, arguments.hostile, arguments.seed):
            say(line)
        return
    client = Client(load.host, load.port)
    for number in range(WARM):
        await client.ask(sequences_of(run)(number), Taken())
    rows = await bench_crowd(load, run, arguments.idle, arguments.clients)
    rows += await bench_reports(load, run, arguments.reports)
    runs = [open_run(arguments.store / name) for name in arguments.typed]
    if all(run.manifest.model.file for run in runs):
        rows += await bench_typing(load, runs, arguments.texts)
    else:
        say("No typed texts: one of the runs has no model.")
    table(rows)


def options() -> argparse.ArgumentParser:
    """The command's options."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench_load",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--store", type=Path, default=Path("store/data"), help="built runs")
    parser.add_argument("--address", help="of an app over the store that runs already")
    parser.add_argument("--run", default="demo-reviews", help="[%(default)s]")
    parser.add_argument(
        "--typed", nargs="*", default=["demo-reviews", "demo-news"], help="[%(default)s]"
    )
    parser.add_argument("--idle", type=int, default=500, help="connections [%(default)s]")
    parser.add_argument("--clients", type=int, default=64, help="busy users [%(default)s]")
    parser.add_argument("--reports", type=int, default=8, help="users of reports [%(default)s]")
    parser.add_argument("--texts", type=int, default=5, help="of each user [%(default)s]")
    parser.add_argument("--seconds", type=float, default=10, help="of each load [%(default)s]")
    parser.add_argument("--hostile", type=int, default=0, help="malformed requests to send")
    parser.add_argument("--seed", type=int, default=0, help="of these [%(default)s]")
    return parser


def main() -> int:
    """Measure a server; returns the exit code."""
    arguments = options().parse_args()
    for name in {arguments.run, *arguments.typed}:
        if not (arguments.store / name / MANIFEST).is_file():
            say(f"{name} is not in {arguments.store}. Build it: make run RUN={name}")
            return 2
    say(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {platform.system()}")
    with contextlib.ExitStack() as running:
        address = arguments.address or running.enter_context(served(arguments.store))[0]
        where = urlsplit(address)
        load = Load(where.hostname or "127.0.0.1", where.port or 80, arguments.seconds)
        asyncio.run(measure(load, arguments))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StatelineError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
