"""The command: help, version, exit codes, and one line on stderr for bad input."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import stateline
from stateline.cli.main import main

ROOT = Path(__file__).parents[2]
COMMANDS = ["build", "app", "check", "share", "list", "dictionary"]


def stateline_command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m stateline`."""
    return subprocess.run(
        [sys.executable, "-m", "stateline", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def test_help_names_every_command_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"\n  {command} " in said for command in COMMANDS)
    assert "Examples:" in said and "stateline build demo-reviews" in said
    assert main([]) == 0
    assert capsys.readouterr().out == said


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--help"]) == 0
    said = capsys.readouterr().out
    assert f"Usage: stateline {command}" in said
    assert f"  stateline {command}" in said.partition("Example")[2]


def test_the_version_is_that_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"stateline {project['version']}\n"
    assert stateline.__version__ == project["version"]
    assert project["scripts"] == {"stateline": "stateline.__main__:run"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["bild"], ["no such command 'bild'", "See: stateline --help"]),
        (["--colour"], ["no such option", "--colour"]),
        (["app", "--prot", "1"], ["stateline app: no such option", "See: stateline app --help"]),
        (["app", "--port", "many"], ["stateline app: invalid value for '--port'", "many"]),
        (["app", "nowhere"], ["nowhere: missing store", "stateline app FOLDER"]),
        (["check"], ["stateline check: missing argument"]),
        (["check", "nowhere"], ["nowhere"]),
        (["share"], ["stateline share: missing argument"]),
        (["list", "nowhere"], ["nowhere: holds no run. Build one: stateline build"]),
        (["build"], ["stateline build: missing argument"]),
        (
            ["build", "nothing"],
            ["nothing: neither a file, nor a folder, nor a preset", "demo-reviews"],
        ),
        (["build", "imdb", "--cell", "elman"], ["'--cell'", "lstm"]),
    ],
)
def test_bad_input_is_one_line_on_stderr_and_exit_code_2(
    arguments: list[str], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert not said.out
    assert said.err.count("\n") == 1
    for word in words:
        assert word in said.err


@pytest.mark.slow
def test_python_m_is_the_same_command() -> None:
    done = stateline_command("check", "nowhere")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1 and not done.stdout
    assert stateline_command("--version").stdout == f"stateline {stateline.__version__}\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "heavy"),
    [
        (["--help"], {"polars", "pydantic", "stateline.pipeline"}),
        (["check", "nowhere"], {"stateline.pipeline"}),
        (["list", "nowhere"], {"stateline.pipeline"}),
        (["build", "--help"], {"polars"}),
    ],
)
def test_a_command_loads_only_what_it_needs(line: list[str], heavy: set[str]) -> None:
    code = (
        "import json, sys; from stateline.cli.main import main; main(sys.argv[1:]); "
        "print(json.dumps(list(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *line], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert not loaded & (heavy | {"dash", "plotly", "tensorflow", "keras", "stateline.app"})


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("stateline b", "plain,build"),
        ("stateline build demo-n", "plain,demo-news"),
        ("stateline build demo-news --perp", "plain,--perplexity"),
        ("stateline build demo-news --cell g", "plain,gru"),
    ],
)
def test_the_shell_completes_commands_presets_and_knobs(words: str, expected: str) -> None:
    count = len(words.split()) - 1
    done = stateline_command(
        _STATELINE_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(count)
    )
    assert expected in done.stdout.splitlines()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_help_tells_the_line_that_turns_completion_on(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--help"])
    assert f"_STATELINE_COMPLETE={shell}_source stateline" in capsys.readouterr().out


def test_public_functions_are_named_and_imported_when_used() -> None:
    code = (
        "import sys, stateline; names = dir(stateline); "
        "assert {'build_store', 'build_store_from_states', 'open_run', 'list_runs'} <= set(names); "
        "assert 'polars' not in sys.modules; "
        "stateline.open_run, stateline.list_runs; assert 'stateline.pipeline' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = stateline.nothing


def test_a_function_that_needs_the_extra_names_it() -> None:
    code = "import sys; sys.modules['tqdm.auto'] = None; import stateline; stateline.build_store"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    last = done.stderr.splitlines()[-1]
    assert 'stateline.build_store needs tqdm.auto: pip install "stateline[keras]"' in last
