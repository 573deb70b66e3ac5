"""A child process that answers, ends or is silent."""

import sys

import pytest

from stateline.store.process import LineProcess

ECHO = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"


def started(code: str) -> LineProcess:
    return LineProcess([sys.executable, "-c", code], "test")


def test_objects_go_in_and_come_out() -> None:
    child = started(ECHO)
    child.send({"a": [1, 2.5]})
    assert child.receive(20) == {"a": [1, 2.5]}
    child.close()


@pytest.mark.parametrize("code", ["", "print('[1]')", "print('no JSON')"])
def test_a_process_that_ends_or_says_something_else_gives_nothing(code: str) -> None:
    child = started(code)
    child.send({})
    assert child.receive(20) is None
    child.close()


def test_a_silent_process_is_waited_for_no_longer_than_allowed() -> None:
    child = started("import time; time.sleep(60)")
    with pytest.raises(TimeoutError, match=r"no answer within 0\.1 s"):
        child.receive(0.1)
    child.close()
    assert child.process.returncode
