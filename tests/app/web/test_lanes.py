"""Costly requests: few at once, few that wait, and the others are told when to come again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient

from stateline.app.report import routes as report
from stateline.app.web.lanes import COSTLY, BusyError, Lane

ADDRESSES = [
    "/report/synthetic/0.html",
    "/data/synthetic/labels/lstm-pca?kinds=after-distance",
    "/data/synthetic/density/lstm-pca",
    "/data/synthetic/neighbours/0/0",
    "/data/synthetic/units/0/match?from=0&to=0&threshold=0.5",
    "/data/synthetic/states.csv",
]


@contextmanager
def filled(lane: Lane) -> Iterator[None]:
    """Take all places of a lane."""
    taken = 0
    while lane._places.acquire(blocking=False):
        taken += 1
    try:
        yield
    finally:
        lane._places.release(taken)


def test_no_more_than_a_few_run_at_once_and_the_others_wait() -> None:
    lane = Lane("much is done", at_once=2, waiting=5, seconds=60)
    go, lock = threading.Event(), threading.Lock()
    running, most, done = 0, 0, []

    def work() -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        go.wait(timeout=60)
        with lock:
            running -= 1
        return 5

    threads = [threading.Thread(target=lambda: done.append(lane.run(work))) for _ in range(7)]
    for each in threads:
        each.start()
    while lane._places._value or running < 2:
        pass
    with pytest.raises(BusyError, match="^app: much is done for others at present. Try again"):
        lane.run(work)
    go.set()
    for each in threads:
        each.join(timeout=60)
    assert done == [5] * 7 and most == 2
    assert lane.run(lambda: "free again") == "free again"


def test_a_turn_that_does_not_come_in_time_is_refused() -> None:
    lane = Lane("much is done", at_once=1, waiting=1, seconds=0.01)
    with pytest.raises(BusyError):
        lane.run(lambda: lane.run(lambda: None))
    assert lane.run(lambda: 1) == 1


def test_work_that_fails_gives_its_place_back() -> None:
    lane = Lane("much is done", at_once=1, waiting=0, seconds=60)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            lane.run(lambda: 1 // 0)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_refused_request_says_when_to_come_again_and_no_other_is_refused(
    client: FlaskClient, address: str
) -> None:
    report.REPORTS.clear()
    with filled(COSTLY):
        refused = client.get(address)
        assert refused.status_code == 503 and "\n" not in refused.text
        assert int(refused.headers["Retry-After"]) > 0
        assert client.get("/data/synthetic/sequence/0").status_code == 200
        assert client.get("/data/synthetic/lengths").status_code == 200
    answer = client.get(address)
    assert answer.status_code == 200
    with filled(COSTLY):
        held = client.get(address, headers={"If-None-Match": answer.headers.get("ETag", "")})
        # What the browser holds costs nothing, and a file to keep is held by none.
        assert held.status_code == (503 if "states" in address else 304)


def test_a_report_that_was_made_costs_nothing(client: FlaskClient) -> None:
    first = client.get("/report/synthetic/1.html")
    with filled(COSTLY):
        assert client.get("/report/synthetic/1.html").data == first.data
