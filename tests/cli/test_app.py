"""`stateline app`: its greeting, and one line with exit code 2 where it cannot start."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from stateline.cli.main import main

ROOT = Path(__file__).parents[2]


def test_a_missing_store_is_one_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["app", str(tmp_path / "missing")]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1 and "missing store" in line and "make all" in line


def test_a_file_is_no_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "store.zip"
    file.write_text("")
    assert main(["app", str(file)]) == 2
    assert "got a file" in capsys.readouterr().err


def test_a_port_in_use_is_one_line_and_exit_code_2(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["app", str(store), "--port", str(port)]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1 and "cannot listen there" in line
    assert f"stateline app --port {port + 1}" in line and f"make app PORT={port + 1}" in line


@pytest.mark.parametrize("port", ["-1", "70000"])
def test_a_port_that_cannot_be_is_one_line(
    store: Path, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["app", str(store), "--port", port]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.slow
def test_the_command_serves_greets_and_stops_on_interrupt(store: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "stateline", "app", "--port", "0"],
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


def test_other_machines_need_a_token_or_a_word_that_they_do_not(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["app", str(store), "--host", "0.0.0.0"]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1 and "--token" in line and "--no-auth" in line


@pytest.mark.slow
def test_an_open_app_prints_an_address_with_its_token_and_what_it_means(store: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "stateline", "app", "--port", "0", "--host", "0.0.0.0", "--token"],
        cwd=ROOT,
        env={**os.environ, "STORE": str(store)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        greeting, meaning = process.stdout.readline(), process.stdout.readline()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert re.search(r"http://\S+:\d+/\?token=[\w-]{32,} shows 2 runs", greeting)
    assert "Whoever has this address can read these runs" in meaning
