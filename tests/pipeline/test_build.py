"""Whole builds through Make and the command, as people type them."""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stateline.cli.main import main
from stateline.pipeline.run.graph import all_stages
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.stages import stage_command
from stateline.store.reader import open_run

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
QUICK = {"EPOCHS": 2, "UNITS": 6, "EMBEDDING": 4, "PERPLEXITY": 5, "TSNE_ITERATIONS": 30}
SMALL = QUICK | {"STORED": 20, "PROJECTIONS": "pca,tsne"}


def make(*words: str, check: bool = True, **variables: object) -> subprocess.CompletedProcess:
    """Run make in the project's root with variables on its command line."""
    # The environment is the one that the tests run in: it is not installed again.
    kept = ["-o", ".venv/bin/.base", "-o", ".venv/bin/.pipeline"]
    command = ["make", *kept, *words, *(f"{name}={value}" for name, value in variables.items())]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=500
    )
    if check:
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done


def write_reviews(path: Path, rows: int = 120, seed: int = 0) -> Path:
    """Short reviews whose class is the last of their telling words."""
    rng = np.random.default_rng(seed)
    words = ["film", "plot", "cast", "the", "a", "was", "with"]
    texts, labels = [], []
    for row in range(rows):
        label = row % 2
        filler = rng.choice(words, rng.integers(0, 9)).tolist()
        texts.append(" ".join([*filler, ["bad", "good"][label]]))
        labels.append(["no", "yes"][label])
    pl.DataFrame({"review": texts, "verdict": labels}).write_csv(path)
    return path


class Place:
    """A corpus, a build folder and a store of one test module."""

    def __init__(self, folder: Path) -> None:
        self.corpus = write_reviews(folder / "own reviews.csv")
        # With what a shell or Make could take for something else.
        self.build, self.store = folder / "50 % 'build' #1", folder / 'a "store" & %d; more'

    def run(self, check: bool = True, **knobs: object) -> subprocess.CompletedProcess:
        provided = {"CORPUS": self.corpus, "TEXT": "review", "LABEL": "verdict", "RUN": "mine"}
        where = {"BUILD": self.build, "STORE": self.store}
        return make("run", check=check, **(provided | SMALL | where | knobs))

    def made(self) -> dict[str, str]:
        """When each stage of the run was last made."""
        reports = self.build.glob("mine/*/stage.json")
        return {path.parent.name: json.loads(path.read_text())["made"] for path in reports}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("own"))
    place.run()
    return place


def test_the_users_own_file_becomes_a_run_that_opens(place: Place) -> None:
    run = open_run(place.store / "mine")
    assert run.class_names == ["no", "yes"]
    assert run.manifest.corpus.name == "own reviews"
    assert run.sequences.height == 20
    assert run.projection_ids == ["lstm-pca", "lstm-tsne"]
    shortest = run.sequences["length"].min()
    assert shortest == 1, "a text of one word is a sequence of one step"
    first = run.steps_of(0)
    assert first["surface"].to_list() == run.sequences["text"][0].split()


def facts(value: object) -> object:
    """A manifest without its times, and what depends on the machine at that moment."""
    if isinstance(value, dict):
        left_out = {"created", "seconds", "peak_memory_bytes", "started", "built"}
        # A sum of threads as they end, and the size of files in which such numbers are written.
        left_out |= {"kl_divergence", "bytes"}
        return {key: facts(each) for key, each in value.items() if key not in left_out}
    return [facts(each) for each in value] if isinstance(value, list) else value


class Commanded:
    """The same corpus and a store of its own, for the command."""

    def __init__(self, place: Place) -> None:
        self.place, self.store = place, place.store.parent / "commanded"

    def run(self, **knobs: object) -> int:
        values = {"TEXT": "review", "LABEL": "verdict", "RUN": "mine"} | SMALL | knobs
        values |= {"STORE": self.store, "BUILD": f"{self.store}-build"}
        options = [
            word
            for name, value in values.items()
            for word in (f"--{name.lower().replace('_', '-')}", str(value))
        ]
        return main(["build", str(self.place.corpus), *options])


@pytest.fixture(scope="module")
def commanded(place: Place) -> Commanded:
    commanded = Commanded(place)
    assert commanded.run() == 0
    return commanded


def test_the_command_and_make_build_the_same_run(place: Place, commanded: Commanded) -> None:
    place.run()  # in case that another test has changed a knob
    left, right = (
        json.loads((open_run(each.store / "mine").folder / "manifest.json").read_text())
        for each in (commanded, place)
    )
    for manifest in (left, right):
        manifest.pop("sha256")  # of the manifest, times included
    tables = [
        {
            name: each["sha256"]
            for name, each in manifest.pop("tables").items()
            if name.endswith(".parquet")
        }
        for manifest in (left, right)
    ]
    assert tables[0] == tables[1] and tables[0]
    assert facts(left) == facts(right)


def test_the_command_makes_only_what_a_changed_knob_needs_again(
    commanded: Commanded, capfd: pytest.CaptureFixture[str]
) -> None:
    assert commanded.run() == 0
    assert "mine: up to date; see it: stateline app" in capfd.readouterr().out
    assert commanded.run(UNIT_GROUPS=3) == 0
    made = re.findall(r"^([a-z-]+): [\d.]+ s", capfd.readouterr().out, re.M)
    assert made == ["units", "export", "check"]


def test_a_stage_of_the_command_that_fails_is_one_line_exit_code_2_and_the_run_stays(
    commanded: Commanded, capfd: pytest.CaptureFixture[str]
) -> None:
    before = open_run(commanded.store / "mine").checksum
    assert commanded.run(TEXT="words") == 2
    said = capfd.readouterr().err.splitlines()
    assert len(said) == 1 and "no column words; expected one of review, verdict" in said[0]
    assert open_run(commanded.store / "mine").checksum == before


def test_nothing_is_built_twice(place: Place) -> None:
    before = place.made()
    place.run()
    assert place.made() == before


def test_a_changed_perplexity_makes_the_projection_and_what_follows_again(place: Place) -> None:
    before = place.made()
    place.run(PERPLEXITY=6)
    after = place.made()
    again = {stage for stage in before if after[stage] != before[stage]}
    assert again == {"project-tsne", "clusters-tsne", "export", "check"}
    manifest = open_run(place.store / "mine").manifest
    used = {each.id: each.settings for each in manifest.projections}
    assert used["lstm-tsne"]["perplexity"] == 6


def test_a_perplexity_too_large_gets_one_line_exit_code_2_and_loses_nothing(place: Place) -> None:
    before = open_run(place.store / "mine").checksum
    done = place.run(check=False, PERPLEXITY=5000)
    assert done.returncode == 2
    assert "PERPLEXITY=5000: too large for" in done.stderr
    assert "Traceback" not in done.stderr
    assert open_run(place.store / "mine").checksum == before
    # With the knob as it was, everything is up to date.
    made = place.made()
    place.run(PERPLEXITY=6)
    assert place.made() == made


def test_a_run_is_built_once_at_a_time(place: Place) -> None:
    before = place.made()
    script = (
        "import sys\nfrom pathlib import Path\nfrom stateline.store.lock import locked\n"
        "with locked(Path(sys.argv[1]) / 'mine' / 'lock', 'mine'):\n"
        "    print(flush=True)\n"
        "    sys.stdin.readline()\n"
    )
    command = [sys.executable, "-c", script, str(place.build)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as other:
        other.stdout.readline()
        done = place.run(check=False, PERPLEXITY=7)
        assert done.returncode == 2
        said = [text for text in done.stderr.splitlines() if not text.startswith("make")]
        (line,) = said
        assert line.startswith(f"run mine: is being built by process {other.pid}. Wait until")
        other.communicate("\n")
    assert place.made() == before
    place.run(PERPLEXITY=6)
    assert place.made() == before


@pytest.mark.parametrize(
    ("knobs", "line"),
    [
        ({"RUN": "nothing", "CORPUS": ""}, "nothing: unknown preset; expected one of"),
        ({"EPOCH": 3}, "EPOCH=3: unknown override"),
        ({"CORPUS": "nowhere.csv"}, "nowhere.csv: no such file"),
        ({"MODEL": "nowhere.keras"}, "nowhere.keras: no such file"),
        ({"TEXT": "words"}, "no column words; expected one of review, verdict"),
        ({"RUN": "../up"}, "RUN=../up: not a run name"),
        ({"RUN": "a/b"}, "RUN=a/b: not a run name"),
    ],
)
def test_bad_input_gets_one_line_and_exit_code_2(
    place: Place, tmp_path: Path, knobs: dict[str, object], line: str
) -> None:
    before = open_run(place.store / "mine").checksum
    # With settings of its own: those of the run stay, so that nothing is out of date afterwards.
    done = place.run(check=False, BUILD=tmp_path, **knobs)
    assert done.returncode == 2
    said = [text for text in done.stderr.splitlines() if not text.startswith("make")]
    assert len(said) == 1 and line in said[0]
    assert open_run(place.store / "mine").checksum == before


def test_an_unwritable_store_gets_one_line_and_keeps_the_build(place: Place) -> None:
    blocked = place.store.parent / "blocked"
    blocked.write_text("a file where the store should be")
    done = place.run(check=False, STORE=blocked)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr and str(blocked) in done.stderr


@pytest.mark.parametrize("name", ["corpus", "words", "units", "clusters-pca", "export"])
def test_a_full_disk_is_one_line_and_keeps_what_the_stage_had_made(place: Place, name: str) -> None:
    def small() -> None:  # A limit on the size of a file is met as a full disk would be.
        resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))

    paths, before = BuildPaths(place.build, "mine"), place.made()
    stage = next(each for each in all_stages(["pca", "tsne"]) if each.name == name)
    done = subprocess.run(
        stage_command(stage, paths, place.store),
        preexec_fn=small, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    where = place.store if name == "export" else paths.stage(name)
    assert line.startswith(str(where)) and "cannot be written (" in line and "Free the disk" in line
    assert place.made() == before
    assert not [path for path in paths.root.iterdir() if path.name.startswith(".")]


def test_a_killed_stage_leaves_nothing_half_written_and_resumes(place: Place) -> None:
    script = (
        "import sys, signal, os\n"
        "from pathlib import Path\n"
        "from stateline.pipeline.run.paths import BuildPaths\n"
        "from stateline.pipeline.run.stage import running\n"
        "with running(BuildPaths(Path(sys.argv[1]), 'mine'), 'distances') as stage:\n"
        "    (stage.folder / 'distances.npz').write_text('half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    before = place.made()
    subprocess.run([sys.executable, "-c", script, str(place.build)], cwd=ROOT, check=False)
    assert place.made() == before
    assert list((place.build / "mine").glob(".distances.tmp-*"))
    shutil.rmtree(place.build / "mine" / "distances")
    place.run()
    assert not list((place.build / "mine").glob(".*.tmp-*"))
    assert place.made()["distances"] > before["distances"]
    assert place.made()["train"] == before["train"]


def test_check_and_share_work_on_the_built_run(place: Place) -> None:
    done = make("check", RUN="mine", STORE=place.store)
    assert "mine" in done.stdout
    archive = place.store.parent / "mine.zip"
    make("share", RUN="mine", STORE=place.store, OUT=archive)
    unpacked = place.store.parent / "unpacked"
    subprocess.run([sys.executable, "-m", "zipfile", "-e", archive, unpacked], check=True)
    make("check", RUN="mine", STORE=unpacked)


def test_help_lists_every_target_and_preset() -> None:
    said = make("help").stdout
    targets = "setup all run app test test-fast types lint check share bench clean help".split()
    presets = "demo-reviews demo-news demo-digits imdb reuters imdb-paper reuters-paper".split()
    for word in targets + presets:
        assert word in said


MODULES = (
    "config", "corpus", "train", "extract", "expected", "distances", "words", "units",
    "neighbours", "index", "project", "clusters", "export", "check", "bench", "live.worker",
)  # fmt: skip
# Runs modules as `python -m` does, and prints the exit code and the output of each.
EXPLAIN = """
import contextlib, io, json, runpy, sys
modules, told = sys.argv[1:], {}
for module in modules:
    sys.argv = [module, "--help"]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        try:
            runpy.run_module(f"stateline.pipeline.{module}", run_name="__main__", alter_sys=True)
        except SystemExit as end:
            told[module] = end.code, said.getvalue()
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def explanations() -> dict[str, tuple[int, str]]:
    """Exit code and output of each stage with --help: one process, since libraries load slowly."""
    command = [sys.executable, "-c", EXPLAIN, *MODULES]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("module", MODULES)
def test_every_stage_explains_itself(explanations: dict[str, tuple[int, str]], module: str) -> None:
    code, said = explanations[module]
    assert not code
    assert f"python -m stateline.pipeline.{module}" in said
    assert "--run" in said


def test_no_command_loads_tensorflow_before_it_has_what_it_reads() -> None:
    modules = ("train", "extract", "live.worker", "bench.__main__", "corpus")
    names = ", ".join(f"stateline.pipeline.{module}" for module in modules)
    line = f"import sys, {names}; sys.exit('tensorflow' in sys.modules)"
    subprocess.run([sys.executable, "-c", line], cwd=ROOT, check=True)


@pytest.mark.parametrize("module", ["train", "extract", "expected", "words", "project", "clusters"])
def test_a_stage_run_too_early_says_what_to_make_first(module: str, tmp_path: Path) -> None:
    options = ["--method", "pca"] if module in ("project", "clusters") else []
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            f"stateline.pipeline.{module}",
            "--run",
            "x",
            "--build",
            tmp_path,
            *options,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert re.search(r"missing\. Make it( \(stage \w+\))?: ", done.stderr)
