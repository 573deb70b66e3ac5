"""Benchmarks of the pipeline and the store: figures with ratios taken in one run.

Prints, for a built run: seconds, memory and throughput of each stage; extraction, expected
prediction and distances against a bare `model.predict`; t-SNE against scikit-learn's; and
the time to read one sequence with all that its views need. And, of no built run (`--only
large`): what the stages take of a run with 1 GB of states.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from stateline.pipeline.numerics.arrays import AnyArray
from stateline.pipeline.run.arrays import edges
from stateline.pipeline.run.artefacts import EXTRACT_FACTS, SEQUENCES, state_array
from stateline.pipeline.run.paths import BUILD, REPORT, BuildPaths
from stateline.pipeline.run.stage import main_guard, readable_bytes, say
from stateline.store.errors import StatelineError, rebuild
from stateline.store.schema import MODEL

STAGES = (
    *("corpus", "train", "extract", "expected", "distances", "words", "units"),
    *("neighbours", "index", "project-pca", "project-tsne", "project-umap"),
    *("clusters-pca", "clusters-tsne", "clusters-umap", "export", "check"),
)
REPEATS = 15
READS = 300


def seconds(work: Callable[[], object]) -> float:
    """Return the wall time of one call in seconds."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def table(title: str, header: list[str], rows: list[list[str]]) -> None:
    """Print a Markdown table."""
    say(f"\n### {title}\n")
    say("| " + " | ".join(header) + " |")
    say("|" + "---|" * len(header))
    for row in rows:
        say("| " + " | ".join(row) + " |")


def bench_stages(paths: BuildPaths, names: Sequence[str], title: str) -> None:
    """Print the time, memory and throughput of each stage, as measured when the run was built."""
    rows = []
    for name in names:
        if not (paths.stage(name) / REPORT).exists():
            continue
        report = paths.read_json(name, REPORT)
        rows.append(
            [
                name,
                f"{report['seconds']:.1f} s",
                readable_bytes(report["peak_memory_bytes"]),
                f"{report['rows']:,}",
                f"{report['rows'] / max(report['seconds'], 1e-3):,.0f} rows/s",
            ]
        )
    table(
        title,
        ["stage", "time", "peak memory", "rows", "throughput"],
        rows,
    )


def bench_extraction(paths: BuildPaths) -> None:
    """Compare extraction, expected prediction and distances with the forward pass only."""
    from stateline.pipeline.extract import choose_layers
    from stateline.pipeline.models.keras.batches import LengthBatches, predict
    from stateline.pipeline.models.keras.capture import ModelReader
    from stateline.pipeline.models.keras.loading import load_model
    from stateline.pipeline.models.keras.read_states import (
        read_states,
        row_offsets,
        state_arrays,
        state_shards,
        widths,
    )
    from stateline.pipeline.models.keras.structure import model_structure
    from stateline.pipeline.numerics.answers import (
        expected_prediction,
        readout_logits,
        step_differences,
    )
    from stateline.pipeline.numerics.jumps import jumps
    from stateline.pipeline.run.sequences import sequences_of

    batch = paths.read_settings("extract")["extract_batch"]
    documents = pl.scan_parquet(paths.need("corpus", SEQUENCES)).filter(pl.col("split") == "test")
    sequences = sequences_of(documents.head(20 * batch).collect())
    model = load_model(paths.need("train", MODEL))
    structure = model_structure(model)
    if structure.readout is None:
        say(f"\nextraction: not measured, the head of {paths.run} is not linear.")
        return
    layers, _ = choose_layers(structure, [], paths.run)
    reader, readout, h_of = (
        ModelReader(model, structure, layers),
        structure.readout,
        f"{structure.reads.id}.h",
    )
    offsets = row_offsets(sequences)
    columns = widths(layers, False)
    shards = state_shards(columns, offsets)
    arrays = state_arrays(columns, shards)

    def ours() -> None:
        for shard in shards:
            some = sequences[shard.first : shard.last]
            batches = LengthBatches(some, None, batch, padding=structure.padding).draw()
            h = read_states(reader, some, batches, arrays)[h_of]
            logit = readout_logits(h, readout.weights, readout.bias)
            expected_prediction(logit)
            step_differences(logit, shard.starts, readout.bias)
            jumps(h, edges(shard), readout.weights)

    def bare() -> None:
        for shard in shards:
            predict(model, sequences[shard.first : shard.last], batch, structure.padding)

    for call in (ours, bare):
        call()  # the first call compiles
    pairs = [(seconds(bare), seconds(ours)) for _ in range(REPEATS)]
    ratios = [100 * without / with_all for without, with_all in pairs]
    steps = sum(len(ids) for ids in sequences)
    table(
        f"extraction, {len(sequences):,} test sequences of {paths.run}, {steps:,} steps, "
        f"{structure.reads.units} units, batches of {batch}",
        ["what", f"median of {REPEATS}", "steps/s"],
        [
            [name, f"{middle:.2f} s", f"{steps / middle:,.0f}"]
            for name, middle in (
                ("bare model.predict", statistics.median(pair[0] for pair in pairs)),
                ("states, answers, distances", statistics.median(pair[1] for pair in pairs)),
            )
        ],
    )
    say(
        f"\nAt {statistics.median(ratios):.0f} % of the bare pass (pairwise median, "
        f"{min(ratios):.0f} to {max(ratios):.0f} %)."
    )


def bench_tsne(paths: BuildPaths) -> None:
    """Compare openTSNE with scikit-learn's t-SNE on the same states at the same perplexity."""
    import openTSNE
    from sklearn.manifold import TSNE

    from stateline.pipeline.numerics.quality import exact_divergence, overall_quality, quality_rows
    from stateline.pipeline.project import fit_tsne

    settings = paths.read_settings("project-tsne")
    layer = paths.read_json("extract", EXTRACT_FACTS)["readout"]["layer"]
    states = np.load(paths.need("extract", state_array(layer, "h")), mmap_mode="r")
    h = np.array(states[: settings["fit_states"]])
    made: dict[str, AnyArray] = {}

    def ours() -> None:
        made["openTSNE"] = fit_tsne(h, settings).places

    def theirs() -> None:
        fit = TSNE(
            perplexity=settings["perplexity"],
            init="pca",
            random_state=settings["seed"],
            n_jobs=os.cpu_count(),
        )
        made["scikit-learn"] = fit.fit_transform(h)

    times = {"openTSNE": seconds(ours), "scikit-learn": seconds(theirs)}
    affinities = openTSNE.affinity.PerplexityBasedNN(
        h, perplexity=settings["perplexity"], method="exact", n_jobs=-1
    ).P
    rows, evaluated = [], quality_rows(len(h), settings["seed"])
    for name, places in made.items():
        quality = overall_quality(h[evaluated], places[evaluated])
        rows.append(
            [
                name,
                f"{times[name]:.0f} s",
                f"{exact_divergence(places, affinities):.3f}",
                f"{quality['trustworthiness']:.4f}",
                f"{quality['continuity']:.4f}",
            ]
        )
    table(
        f"t-SNE of {len(h):,} x {h.shape[1]} states of {paths.run}, perplexity "
        f"{settings['perplexity']:g}",
        ["library", "time", "KL divergence (exact)", "trustworthiness", "continuity"],
        rows,
    )
    ratio = times["openTSNE"] / times["scikit-learn"]
    say(f"\nopenTSNE takes {100 * ratio:.0f} % of scikit-learn's time.")


def bench_reads(rows: list[list[str]], folder: Path, what: str) -> None:
    """Measure reading one sequence with everything its views need, at random places of a run."""
    from stateline.store.reader import open_run

    run = open_run(folder)
    layer = run.manifest.readout.layer
    projection = run.manifest.default_projection
    chosen = np.random.default_rng(0).integers(0, run.sequences.height, READS + 20)

    def read(sequence: int) -> None:
        run.steps_of(sequence)
        run.projection_of(sequence, projection)
        run.hidden_of(sequence, layer)

    taken = [1000 * seconds(partial(read, int(s))) for s in chosen][20:]
    rows.append(
        [
            what,
            f"{run.states:,}",
            f"{statistics.median(taken):.1f} ms",
            f"{np.percentile(taken, 95):.1f} ms",
        ]
    )


def bench_store(paths: BuildPaths, store: Path, sizes: list[int]) -> None:
    """Measure reads from the built run and from generated runs of known size."""
    from stateline.pipeline.bench.store import generated_run

    rows: list[list[str]] = []
    if (store / paths.run).exists():
        bench_reads(rows, store / paths.run, paths.run)
    for states in sizes:
        with tempfile.TemporaryDirectory() as folder:
            made = generated_run(Path(folder), states, units=100)
            bench_reads(rows, made, "generated, 100 units")
    table(
        f"reading one sequence: steps, place on the map and states; {READS} reads",
        ["run", "states", "median", "95th percentile"],
        rows,
    )


def bench_large(folder: Path) -> None:
    """Measure time and memory of the stages on a generated run with 1 GB of states.

    folder  where the run is built; it is removed afterwards
    """
    from stateline.pipeline.bench import large
    from stateline.pipeline.bench.store import FIT_STATES

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".bench-") as inside:
        title = (
            f"stages of a generated run: {large.COUNT:,} sequences x {large.STEPS} steps x "
            f"{large.UNITS} units, PCA fitted on {FIT_STATES:,} states"
        )
        bench_stages(large.build_large(Path(inside)), large.STAGES, title)


BENCHES = ("stages", "extraction", "tsne", "store", "large")


def main() -> None:
    """Run the selected benchmarks.

    raises  StatelineError  the run has no intermediate files
    """
    parser = argparse.ArgumentParser(
        prog="python -m stateline.pipeline.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--run", default="demo-reviews", help="a built run [demo-reviews]")
    parser.add_argument("--build", type=Path, default=BUILD, help=f"intermediate files [{BUILD}]")
    parser.add_argument("--store", type=Path, default=Path("store/data"), help="built runs")
    parser.add_argument(
        "--only", nargs="+", choices=BENCHES, default=list(BENCHES), help="some of the benchmarks"
    )
    parser.add_argument(
        "--states",
        nargs="+",
        type=int,
        default=[50_000, 2_500_000],
        help="sizes of the generated runs to read from",
    )
    arguments = parser.parse_args()
    paths = BuildPaths(arguments.build, arguments.run)
    if arguments.only != ["large"] and not paths.root.exists():
        raise StatelineError(paths.root, "nothing was built there", fix=rebuild(arguments.run))
    say(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores")
    if "stages" in arguments.only:
        bench_stages(paths, STAGES, f"stages of {paths.run}, as built")
    # Before TensorFlow is imported: its threads would slow the maps.
    if "tsne" in arguments.only:
        bench_tsne(paths)
    if "extraction" in arguments.only:
        bench_extraction(paths)
    if "store" in arguments.only:
        bench_store(paths, arguments.store, arguments.states)
    if "large" in arguments.only:
        bench_large(arguments.build)


if __name__ == "__main__":
    main_guard(main)
