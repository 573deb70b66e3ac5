"""The command: its greeting, and one line with exit code 2 where it cannot start."""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from stateline.app.main import run_command
from tests.serving import served

ROOT = Path(__file__).parents[2]


def test_a_missing_store_is_one_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["--store", str(tmp_path / "missing")]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1 and "there is no such store" in line and "make all" in line


def test_a_file_is_no_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "store.zip"
    file.write_text("")
    assert run_command(["--store", str(file)]) == 2
    assert "got a file" in capsys.readouterr().err


def test_a_port_in_use_is_one_line_and_exit_code_2(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run_command(["--store", str(store), "--port", str(port)]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1 and "cannot listen there" in line and "make app PORT=" in line


@pytest.mark.parametrize("port", ["-1", "70000"])
def test_a_port_that_cannot_be_is_one_line(
    store: Path, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["--store", str(store), "--port", port]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_command_serves_greets_and_stops_on_interrupt(store: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "stateline.app", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "STORE": str(store)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        greeting = process.stdout.readline()
        assert "2 runs (binary, synthetic)" in greeting and str(store) in greeting
        address = re.search(r"http://\S+", greeting).group()
        with urllib.request.urlopen(f"{address}health", timeout=10) as answer:
            assert b'"runs":2' in answer.read()
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 0 and errors == ""


@pytest.mark.parametrize("chunked", [False, True])
def test_a_huge_body_is_refused_before_it_is_kept(store: Path, chunked: bool) -> None:
    part = b"x" * 100_000
    with served(store) as address:
        where = address.removeprefix("http://")
        caller = http.client.HTTPConnection(where, timeout=20)
        caller.putrequest("POST", "/_dash-update-component")
        caller.putheader("Content-Type", "application/json")
        if chunked:
            caller.putheader("Transfer-Encoding", "chunked")
        else:
            caller.putheader("Content-Length", str(200 * len(part)))
        caller.endheaders()
        # The server may close before all was sent: then sending fails, which is a refusal too.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for _ in range(200):
                caller.send(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
            caller.send(b"0\r\n\r\n" if chunked else b"")
        with contextlib.suppress(ConnectionError):
            assert caller.getresponse().status == 413
        again = http.client.HTTPConnection(where, timeout=20)
        again.request("GET", "/health")
        assert again.getresponse().status == 200


SERVES_WITHOUT_TENSORFLOW = """
import sys
from pathlib import Path
from stateline.app.main import create_app
client = create_app(Path(sys.argv[1])).server.test_client()
for path in ("/", "/_dash-layout", "/health", "/data/synthetic/points/lstm-pca",
             "/data/synthetic/sequence/0", "/data/synthetic/thumbnail.png",
             "/data/synthetic/rows?start=0&end=5"):
    assert client.get(path).status_code == 200, path
loaded = {name.partition(".")[0] for name in sys.modules}
heavy = loaded & {"tensorflow", "keras", "sklearn", "umap", "openTSNE"}
print(sorted(heavy | (set(sys.modules) & {"stateline.pipeline"})))
"""


def test_importing_and_serving_loads_neither_tensorflow_nor_the_pipeline(store: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVES_WITHOUT_TENSORFLOW, str(store)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
