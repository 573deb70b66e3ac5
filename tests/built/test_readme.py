"""README and docs are true: every command in them is run, in a copy of the project."""

import json
import os
import re
import socket
import subprocess
import urllib.request
from pathlib import Path

import polars as pl
import pytest

from stateline.pipeline import demos
from stateline.store.reader import open_run
from tests.bench_app import VIEWS
from tests.browser.conftest import lacking
from tests.built.conftest import DEMOS, ROOT, run

# Knobs that make a build quick where only the way is tested, not the model.
QUICK = "EPOCHS=1 UNITS=8 STORED=40 PROJECTIONS=pca"
QUICK_OPTIONS = "--epochs 1 --units 8 --stored 40 --projections pca"
# The command as it is run here, whether or not the environment has installed it.
COMMAND = ".venv/bin/python -m stateline"
OWN_KNOBS = "projections=['pca']"
# What a reader has who comes with a trained model: the model, its test data, the word of each id.
OWN_MODEL = """
import keras
import numpy as np
import polars as pl

words = ["", "[UNK]", "a", "film", "good", "bad"]
model = keras.Sequential([
    keras.Input((None,)),
    keras.layers.Embedding(len(words), 4, mask_zero=True),
    keras.layers.LSTM(5),
    keras.layers.Dense(1, activation="sigmoid"),
])
rng = np.random.default_rng(0)
ids = [rng.integers(2, 6, rng.integers(2, 8)) for _ in range(40)]
x_test, y_test = keras.utils.pad_sequences(ids), np.arange(40) % 2
model.save("my.keras")
texts = [" ".join(words[i] for i in row) for row in ids]
pl.DataFrame({"text": texts, "label": y_test}).write_parquet("data.parquet")
with open("words.txt", "w") as file:
    file.write("\\n".join(words))
"""


DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))


def documented_commands() -> set[str]:
    """Return the command lines of all shell blocks of README and docs, without comments."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    lines = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.S)).splitlines()
    return {line.split("  #")[0].strip() for line in lines if line.split("#")[0].strip()}


def test_every_command_of_the_documents_is_covered_here() -> None:
    known = {
        "make all",
        "make app",
        "make imdb DATA_DIR=corpora",
        "make run CORPUS=reviews.csv TEXT=review LABEL=sentiment RUN=mine",
        "make run RUN=demo-news PERPLEXITY=50",
        "make run MODEL=my.keras CORPUS=data.parquet VOCABULARY=words.txt RUN=mine",
        "make share RUN=demo-reviews",
        "make app STORE=unpacked",
        "make check RUN=demo-reviews",
        "make help",
        "make bench RUN=demo-reviews",
        "make bench-app",
        "make bench-load",
        "make app HOST=0.0.0.0 TOKEN=",
        "stateline app --host 0.0.0.0 --token",
        ".venv/bin/python -m stateline.pipeline.config --help",
        "stateline app",
        "stateline app unpacked",
        "stateline build reviews.csv --text review --label sentiment --run mine",
        "stateline build demo-news --perplexity 50",
        "stateline build my.keras --corpus data.parquet --vocabulary words.txt --run mine",
        "stateline build --help",
        "stateline check store/data/demo-reviews",
        "stateline migrate store/data/demo-reviews",
        "stateline share store/data/demo-reviews",
        "stateline list store/data",
    }
    # tests/pipeline/bench has those that measure for minutes or hours.
    benches = {each for each in documented_commands() if "-m stateline.pipeline.bench." in each}
    assert documented_commands() - benches == known


def test_the_app_serves_the_demos(demo_store: Path, clone: Path) -> None:
    assert serves("make app", clone) >= set(DEMOS)
    assert serves(f"{COMMAND} app", clone, "--port ") >= set(DEMOS)


def test_a_shared_archive_opens_where_it_is_unpacked(demo_store: Path, clone: Path) -> None:
    for demo in DEMOS:
        run(f"make check RUN={demo}", clone)
    run("make share RUN=demo-reviews", clone)
    run(".venv/bin/python -m zipfile -e demo-reviews.zip unpacked", clone)
    assert serves("make app STORE=unpacked", clone) == {"demo-reviews"}
    assert serves(f"{COMMAND} app unpacked", clone, "--port ") == {"demo-reviews"}


def test_the_command_checks_shares_and_lists(demo_store: Path, clone: Path) -> None:
    run(f"{COMMAND} check store/data/demo-reviews", clone)
    (clone / "demo-reviews.zip").unlink(missing_ok=True)
    run(f"{COMMAND} share store/data/demo-reviews", clone)
    assert (clone / "demo-reviews.zip").is_file()
    assert "demo-reviews" in run(f"{COMMAND} list store/data", clone)
    run(f"{COMMAND} migrate store/data/demo-reviews", clone)


def test_own_reviews_become_a_run(clone: Path) -> None:
    frame = demos.generate("demo-reviews", seed=9).filter(pl.col("split") == "test").head(200)
    frame.select(review="text", sentiment="label").write_csv(clone / "reviews.csv")
    command = "make run CORPUS=reviews.csv TEXT=review LABEL=sentiment RUN=mine"
    run(f"{command} {QUICK}", clone)
    assert open_run(clone / "store/data/mine").class_names == ["negative", "positive"]
    built = (clone / "store/data/mine/manifest.json").read_bytes()
    command = f"{COMMAND} build reviews.csv --text review --label sentiment --run mine"
    run(f"{command} {QUICK_OPTIONS}", clone)
    # The same knobs: everything is up to date, and nothing is built again.
    assert (clone / "store/data/mine/manifest.json").read_bytes() == built


def test_a_trained_model_becomes_a_run_from_python_and_from_the_shell(clone: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (call,) = re.findall(r"```python\n(.*?)```", text, re.S)
    (clone / "own.py").write_text(OWN_MODEL + call.replace("out=", f"{OWN_KNOBS}, out="))
    run("PYTHONPATH=. .venv/bin/python own.py", clone)
    made = open_run(clone / "store/data/own")
    assert made.class_names == ["bad", "good"] and made.sequences.height == 40
    command = "make run MODEL=my.keras CORPUS=data.parquet VOCABULARY=words.txt RUN=mine"
    run(f"{command} PROJECTIONS=pca DEFAULT_PROJECTION=pca", clone)
    run("make check RUN=mine", clone)
    mine = open_run(clone / "store/data/mine")
    assert mine.manifest.readout.method == "linear"
    assert mine.sequences["text"].to_list() == made.sequences["text"].to_list()
    ep = [each.scan("steps.parquet").select("ep").collect()["ep"] for each in (made, mine)]
    assert ep[0].to_numpy() == pytest.approx(ep[1].to_numpy(), abs=1e-5)
    command = f"{COMMAND} build my.keras --corpus data.parquet --vocabulary words.txt --run mine"
    run(f"{command} --projections pca --default-projection pca", clone)
    run(f"{COMMAND} check store/data/mine", clone)


def test_a_knob_on_the_command_line_makes_one_map_again(demo_store: Path, clone: Path) -> None:
    said = run("make run RUN=demo-news PERPLEXITY=50 TSNE_ITERATIONS=100", clone)
    assert "project-tsne:" in said and "export:" in said
    assert "train:" not in said and "project-umap:" not in said
    built = (demo_store / "demo-news" / "manifest.json").read_bytes()
    run(f"{COMMAND} build demo-news --perplexity 50 --tsne-iterations 100", clone)
    assert (demo_store / "demo-news" / "manifest.json").read_bytes() == built


def test_a_published_corpus_is_read_from_its_folder(clone: Path) -> None:
    (clone / "corpora").mkdir(exist_ok=True)
    frame = demos.generate("demo-reviews", seed=9).select("split", "id", "label", "text")
    pl.concat([part.head(200) for part in frame.partition_by("split")]).write_parquet(
        clone / "corpora" / "imdb.parquet"
    )
    run(f"make imdb DATA_DIR=corpora {QUICK}", clone)
    assert open_run(clone / "store/data/imdb").manifest.corpus.name == "imdb"


def test_help_and_the_knobs_are_printed_and_the_tests_can_be_found(clone: Path) -> None:
    assert "demo-reviews" in run("make help", clone)
    assert "PERPLEXITY" in run(".venv/bin/python -m stateline.pipeline.config --help", clone)
    assert "--perplexity" in run(f"{COMMAND} build --help", clone)
    assert "test_readme.py" in run("make test ARGS='--collect-only -q tests/built'", clone)


def test_the_benchmark_prints_its_tables(demo_store: Path, clone: Path) -> None:
    said = run(
        "make bench RUN=demo-reviews ARGS='--only stages extraction store --states 5000'", clone
    )
    for title in ("stages of demo-reviews", "extraction", "reading one sequence"):
        assert title in said


def test_the_apps_benchmark_prints_its_table_or_what_it_lacks(
    demo_store: Path, clone: Path
) -> None:
    quick = "--runs demo-reviews --opens 1 --hovers 2 --nexts 2 --toggles 1 --changes 2"
    command = f"make bench-app ARGS='{quick}'"
    if lacking():
        assert f"bench-app needs {lacking()}" in run(f"{command} 2>&1 || true", clone)
    else:
        printed = run(command, clone)
        rows = [line.strip("| ").split(" | ") for line in printed.splitlines() if "|" in line]
        table = {row[0]: row for row in rows}
        assert "not measured" not in printed
        assert table["requests during all of these"][2] == "none"
        for view in VIEWS.values():
            assert f"hover over {view} to marks drawn in all views" in table
        assert "event listeners before → after 2 changes of sequence" in table


def test_the_benchmark_of_the_server_prints_its_table(demo_store: Path, clone: Path) -> None:
    quick = "--idle 20 --clients 4 --reports 2 --texts 2 --seconds 1"
    printed = run(f"make bench-load ARGS='{quick}'", clone)
    rows = [line.strip("| ").split(" | ") for line in printed.splitlines() if "|" in line]
    assert [row[-1] for row in rows[2:]] == ["0"] * 9  # requests without an answer
    assert "5xx" not in run("make bench-load ARGS='--hostile 50'", clone)


def serves(command: str, folder: Path, option: str = "PORT=") -> set[str]:
    """Start the app by a command line, and return the runs that it says it has.

    option  how the command takes its port
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    server = subprocess.Popen(
        ["bash", "-c", f"exec {command} {option}{port}"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        greeting = server.stdout.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=30) as answer:
            assert json.load(answer)["status"] == "ok"
        return set(re.search(r"runs? \((.*?)\)", greeting)[1].split(", "))
    finally:
        os.killpg(server.pid, 15)
        server.wait(timeout=20)
