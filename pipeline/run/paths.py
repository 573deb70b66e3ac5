"""Paths of the intermediate files of a run, and reading what earlier stages wrote there."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stateline.pipeline.run.facts import Settings
from stateline.store.errors import StatelineError

BUILD = Path(".build")
STORE = Path("store/data")
REPORT = "stage.json"
# Kinds of projection: names in settings and files, and displayed names.
METHODS = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}


@dataclass(frozen=True)
class BuildPaths:
    """Paths of the intermediate files of one run: one folder per stage."""

    build: Path
    run: str

    @property
    def root(self) -> Path:
        """Folder of the run's intermediate files."""
        return self.build / self.run

    @property
    def lock(self) -> Path:
        """File whose lock a build of the run holds."""
        return self.root / "lock"

    def settings(self, stage: str) -> Path:
        """Return the path of a stage's settings."""
        return self.root / "settings" / f"{stage}.json"

    def stage(self, stage: str) -> Path:
        """Return the folder of a stage's files."""
        return self.root / stage

    def need(self, stage: str, name: str) -> Path:
        """Return the path of a file that an earlier stage made.

        raises  StatelineError  the file is missing
        """
        path = self.stage(stage) / name
        if not path.exists():
            raise StatelineError(
                path,
                "missing",
                fix=f"Make it (stage {stage}): stateline build SOURCE --run {self.run}, "
                f"or make run RUN={self.run}",
            )
        return path

    def read_settings(self, stage: str) -> Settings:
        """Return the stage's settings as `stateline.pipeline.config` wrote them.

        raises  StatelineError  they were not written
        """
        path = self.settings(stage)
        if not path.exists():
            raise StatelineError(
                path,
                "missing",
                fix=f"Make it: python -m stateline.pipeline.config --run {self.run}",
            )
        settings: Settings = json.loads(path.read_text(encoding="utf-8"))
        return settings

    def read_json(self, stage: str, name: str) -> Any:
        """Return the content of a JSON file that an earlier stage made.

        raises  StatelineError  the file is missing
        """
        return json.loads(self.need(stage, name).read_text(encoding="utf-8"))
