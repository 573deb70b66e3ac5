"""Malformed requests on real sockets: the server refuses each, and goes on."""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stateline.store.reader import open_run
from tests.hostile import SECONDS, exchange, hostile_requests
from tests.serving import served

COUNT = 210  # a few of each kind; python -m tests.bench_load --hostile 5000 sends more


@pytest.mark.slow
def test_no_malformed_request_is_a_failure_of_the_server(store: Path, run: Path) -> None:
    failures, statuses = [], Counter()

    async def send_all(host: str, port: int) -> None:
        at_once = asyncio.Semaphore(16)

        async def send(name: str, data: bytes) -> None:
            async with at_once:
                answers = await exchange(host, port, data)
            statuses.update(answers)
            # 503 is on purpose, to all that ask for much at once.
            failures.extend(f"{each} for {name}" for each in answers if each >= 500 and each != 503)

        requests = hostile_requests(open_run(run), f"{host}:{port}", COUNT, seed=0)
        await asyncio.gather(*(send(name, data) for name, data in requests))
        whole = f"GET /health HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
        assert await exchange(host, port, whole.encode(), 4 * SECONDS) == [200]

    with served(store) as address:
        host, port = address.removeprefix("http://").split(":")
        # In a thread of its own: the one of the tests may run the loop of a browser.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, send_all(host, int(port))).result()
    assert sorted(failures) == []
    assert sum(statuses[each] for each in (400, 404, 405)) > COUNT / 2
