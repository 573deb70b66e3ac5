"""Random damage to the files of a run: each is refused, and none is shown as a number.

    python -m tests.bench_damage RUN --trials 300

A trial changes one byte of a file of a copy of the run, or cuts the file at a random place, before
the app opens the store or while it is open. Every page's data is asked for, and compared with what
the whole run answers.
"""

import argparse
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from flask.testing import FlaskClient

from stateline.app.main import create_app
from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError
from stateline.store.reader import Run, open_run
from stateline.store.schema import MANIFEST

REFUSED, SAME, SHOWN, FAILED = "refused", "as of the whole run", "shown otherwise", "failed"


@dataclass(frozen=True)
class Damage:
    """One trial.

    kind   flip or cut
    open_  the app had opened the run before the file was damaged
    """

    file: str
    kind: str
    place: int
    byte: int
    open_: bool


def damages(run: Path, trials: int, seed: int) -> list[Damage]:
    """Return seeded trials: files in turn, so that the small ones are met too."""
    rng = np.random.default_rng(seed)
    files = sorted(path.relative_to(run) for path in run.rglob("*") if path.is_file())
    found = []
    for trial in range(trials):
        file = files[trial % len(files)]
        size = (run / file).stat().st_size
        kind = "cut" if rng.random() < 0.2 else "flip"
        place, byte = int(rng.integers(size)), int(rng.integers(1, 256))
        found.append(Damage(file.as_posix(), kind, place, byte, bool(rng.random() < 0.5)))
    return found


def apply(folder: Path, damage: Damage) -> None:
    """Damage a file in place."""
    with (folder / damage.file).open("r+b") as file:
        if damage.kind == "cut":
            file.truncate(damage.place)
            return
        file.seek(damage.place)
        old = file.read(1)[0]
        file.seek(damage.place)
        file.write(bytes([old ^ damage.byte]))


def addresses(run: Run) -> list[str]:
    """Return addresses of data of every page, which together read every table."""
    base, last = f"/data/{run.name}", run.sequences.height - 1
    maps = [f"{base}/{part}/{each}" for each in run.projection_ids
            for part in ("points", "clusters", "density")]  # fmt: skip
    layers = [f"{base}/{part}?layer={each}" for each in run.layer_ids
              for part in ("units", "unit/0", "units/0")]  # fmt: skip
    return [
        *maps, *layers, f"{base}/lengths", f"{base}/sequence/0", f"{base}/sequence/{last}",
        f"{base}/colours/expected", f"{base}/rows?start=0&end=50", f"{base}/words?start=0&end=50",
        f"{base}/neighbours/0/0", f"{base}/states.csv", f"/report/{run.name}/0.html",
    ]  # fmt: skip


def answers(client: FlaskClient, asked: list[str]) -> dict[str, tuple[int, bytes]]:
    """Return status and body of the answer to each address."""
    found = ((address, client.get(address)) for address in asked)
    return {address: (answer.status_code, answer.data) for address, answer in found}


def outcome(run: Path, damage: Damage, whole: dict[str, tuple[int, bytes]]) -> str:
    """Return what the app made of a damaged copy of a run.

    whole   answers of the whole run, by address
    """
    with tempfile.TemporaryDirectory() as store:
        folder = Path(shutil.copytree(run, Path(store) / run.name))
        client = create_app(Path(store)).server.test_client()
        if damage.open_:
            answers(client, list(whole))
        apply(folder, damage)
        found = answers(client, list(whole))
        health = client.get("/health").json
        try:
            check_run(folder)
        except StatelineError:
            checked = REFUSED
        else:
            checked = SHOWN
    if any(status >= 500 for status, _ in found.values()):
        return FAILED
    others = [key for key, answer in found.items() if answer != whole[key]]
    if any(found[key][0] < 400 for key in others) or checked != REFUSED:
        return SHOWN
    return REFUSED if others and health["broken"] == 1 else SAME


def trials(run: Path, count: int, seed: int) -> Counter[tuple[str, str, str]]:
    """Return how many trials had each outcome, by kind of damage and suffix of the file."""
    asked = addresses(open_run(run))
    whole = answers(create_app(run.parent).server.test_client(), asked)
    wrong = {address: status for address, (status, _) in whole.items() if status != 200}
    assert not wrong, wrong
    found: Counter[tuple[str, str, str]] = Counter()
    for damage in damages(run, count, seed):
        result = outcome(run, damage, whole)
        if result != REFUSED:
            print(damage, result)
        found[damage.kind, Path(damage.file).suffix or MANIFEST, result] += 1
    return found


def main() -> None:
    """Print how many trials had each outcome."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--trials", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    for key, number in sorted(trials(arguments.run, arguments.trials, arguments.seed).items()):
        print(f"{number:4} {', '.join(key)}")


if __name__ == "__main__":
    main()
