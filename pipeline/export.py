"""Stage export: all tables and the manifest into the store, checked, then swapped in."""

import argparse
from functools import partial
from pathlib import Path

from stateline.pipeline.run.manifest import build_manifest, maps_of
from stateline.pipeline.run.paths import STORE, BuildPaths
from stateline.pipeline.run.stage import StageRun, running, say, stage_main
from stateline.pipeline.run.tables import (
    Inputs,
    hidden_pieces,
    projection_pieces,
    sequences_table,
    steps_pieces,
    vocabulary_table,
)
from stateline.store import schema
from stateline.store.files import file_sha256
from stateline.store.manifest import contents
from stateline.store.manifest.models import ManifestDraft
from stateline.store.writer import Table, write_run


def run_tables(inputs: Inputs, manifest: ManifestDraft, methods: list[str]) -> dict[str, Table]:
    """Return every table of a run by its path; wide ones as functions that yield pieces."""
    wanted = contents.run_tables(manifest)
    tables: dict[str, Table] = {
        schema.SEQUENCES: sequences_table(inputs, wanted[schema.SEQUENCES]),
        schema.WORDS: inputs.paths.need("words", schema.WORDS),
        schema.VOCABULARY: vocabulary_table(inputs, wanted[schema.VOCABULARY]),
        schema.STEPS: partial(steps_pieces, inputs, wanted[schema.STEPS]),
    }
    if schema.SWAPS in wanted:
        tables[schema.SWAPS] = inputs.paths.need("swaps", schema.SWAPS)
    for layer in inputs.extracted["layers"]:
        name = schema.hidden_table(layer["id"])
        tables[name] = partial(hidden_pieces, inputs, layer, wanted[name])
        for path in (schema.unit_table, schema.context_table, schema.response_table):
            tables[path(layer["id"])] = inputs.paths.need("units", path(layer["id"]))
    for each in maps_of(inputs.extracted, methods):
        name = schema.projection_table(schema.projection_id(*each))
        tables[name] = partial(projection_pieces, inputs, *each, wanted[name])
        found = schema.cluster_table(schema.projection_id(*each))
        tables[found] = inputs.paths.need(f"clusters-{each[-1]}", found)
    return tables


def export(paths: BuildPaths, stage: StageRun, store: Path) -> None:
    """Write the run into the store; on failure the previous run stays."""
    settings = paths.read_settings("export")
    inputs, methods = Inputs(paths), settings["projections"]
    manifest = build_manifest(inputs, methods, settings["default_projection"])
    files = {
        name: paths.need("train" if name == schema.MODEL else "index", name)
        for name in contents.run_files(manifest)
    }
    folder = write_run(store, manifest, run_tables(inputs, manifest, methods), files)
    stage.rows = int(inputs.offsets[-1])
    stage.facts["manifest"] = file_sha256(folder / schema.MANIFEST)
    say(f"export: {folder}")


def run(paths: BuildPaths, store: Path) -> None:
    """Run the stage for one folder of runs."""
    with running(paths, "export") as stage:
        export(paths, stage, store)


def work(paths: BuildPaths, arguments: argparse.Namespace) -> None:
    """Run the stage as its command line says."""
    run(paths, arguments.store)


def add_store_option(parser: argparse.ArgumentParser) -> None:
    """Add the option of the stages that write or read the store."""
    parser.add_argument(
        "--store", type=Path, default=STORE, help=f"folder of the built runs [{STORE}]"
    )


if __name__ == "__main__":
    stage_main(
        "export",
        work,
        reads="all stages before",
        writes="the run into the store",
        options=add_store_option,
    )
