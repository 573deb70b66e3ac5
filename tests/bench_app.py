"""Benchmarks of the app as a user meets it: figures for the README, in headless Chromium.

Prints one table per run: hover to highlight, the next sequence, opening, each control, what many
changes of sequence leave behind, and the server's memory. Nothing here fails on a figure: what
is not met is said in the table.
"""

import argparse
import contextlib
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from stateline.store.errors import StatelineError
from stateline.store.reader import Run, open_run
from stateline.store.schema import MANIFEST
from tests.bench_answers import bench_answers
from tests.bench_report import Report, say, table
from tests.browser.conftest import FLAGS, OPEN, VIEWPORT, chromium_path, lacking

ROOT = Path(__file__).parents[1]
PAGE_SCRIPT = Path(__file__).with_suffix(".js")
RUNS = ("reuters-paper", "imdb")
VIEWS = {"words": "a word", "heatmap": "a heatmap column", "distances": "a bar", "map": "the map"}

HOVER_MS, NEXT_MS, OPEN_S, OPEN_BYTES, CONTROL_MS, MEMORY_MB = 16, 150, 6, 1_000_000, 100, 400


@contextlib.contextmanager
def served(store: Path) -> Iterator[tuple[str, int]]:
    """Address and process id of an app over the store, in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "stateline", "app", str(store), "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        greeting = process.stdout.readline()
        found = re.search(r"http://\S+?(?=/ )", greeting)
        if found is None:
            raise StatelineError(store, "the app did not start", got=greeting.strip() or "nothing")
        yield found.group(), process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


def resident_megabytes(process: int) -> float:
    """Memory that a process holds, in MB of 10^6 bytes."""
    status = Path(f"/proc/{process}/status")
    if status.exists():
        text = status.read_text().partition("VmRSS:")[2]
    else:
        command = ["ps", "-o", "rss=", "-p", str(process)]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return int(text.split()[0]) * 1024 / 1e6


class Traffic:
    """Bytes on the wire, of data and of all else, as the browser counts them."""

    def __init__(self, page) -> None:
        self.bytes = {"data": 0, "else": 0}
        self._addresses: dict[str, str] = {}
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")

    def _sent(self, event: dict) -> None:
        self._addresses[event["requestId"]] = event["request"]["url"]

    def _finished(self, event: dict) -> None:
        address = self._addresses.get(event["requestId"], "")
        self.bytes["data" if "/data/" in address else "else"] += event["encodedDataLength"]


def open_page(context, address: str):
    """A page whose map is usable, and its traffic; what measures it is inside from the start."""
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(path=PAGE_SCRIPT)
    traffic = Traffic(page)
    page.goto(address)
    page.wait_for_function(OPEN)
    page.wait_for_function("bench.opened.usable !== null")
    return page, traffic


def bench_opening(browser, address: str, report: Report, times: int) -> None:
    """Opening the run, in a new browser profile each time and once more in the same one."""
    first, again, data, rest = [], [], [], []
    for _ in range(times):
        context = browser.new_context(viewport=VIEWPORT)
        for taken in (first, again):
            page, traffic = open_page(context, address)
            page.wait_for_load_state("networkidle")
            taken.append(page.evaluate("bench.opened.usable") / 1000)
            if taken is first:
                data.append(traffic.bytes["data"] / 1000)
                rest.append(traffic.bytes["else"] / 1000)
            page.close()
        context.close()
    report.add("open the run to a usable map, first visit", first, "s", OPEN_S)
    report.add("open it again in the same browser", again, "s", OPEN_S)
    report.add("data sent for it, first visit", data, "kB", OPEN_BYTES / 1000)
    report.add("libraries, styles and fonts sent, first visit", rest, "kB")


def requests_of(page) -> list[str]:
    """A list that grows with every request of the page."""
    seen: list[str] = []
    # Chromium fetches the tab's icon when it likes.
    page.on("request", lambda sent: None if "icon.svg" in sent.url else seen.append(sent.url))
    return seen


def bench_hover(page, report: Report, times: int) -> None:
    """From a mouse move over each view to the marks in all of them."""
    seen = requests_of(page)
    painted: list[float] = []
    for view, name in VIEWS.items():
        reachable = page.evaluate("view => bench.targets(view)", view)
        order = np.random.default_rng(0).permutation(len(reachable))
        taken = []
        for index in np.resize(order, times) if len(order) else ():
            _, x, y = reachable[index]
            page.evaluate("() => void bench.begin()")
            page.mouse.move(x, y)
            page.evaluate("() => bench.until(() => bench.read().shown !== null, 1000)")
            move = page.evaluate("bench.read()")
            if move["end"] is not None and page.evaluate("stateline.hoveredStep") is not None:
                taken.append(move["end"] - move["start"])
                painted.append(move["shown"] - move["start"])
        report.add(f"hover over {name} to marks drawn in all views", taken, "ms", HOVER_MS)
    report.add("any of these until the frame with them is out", painted, "ms")
    report.add("requests during all of these", [len(seen)], "requests", 0)


NEXT = """async () => {
    const [before, drawn] = [stateline.sequenceShown, stateline.sequencesDrawn];
    return await bench.until(() => stateline.sequenceShown !== before
        && stateline.sequencesDrawn > drawn, 5000);
}"""


def go_next(page, key: str) -> bool:
    """Press a key of the table and wait until another sequence is drawn; False at the ends."""
    page.evaluate("() => { bench.waiting = (" + NEXT + ")(); }")
    page.keyboard.press(key)
    return page.evaluate("bench.waiting")


def bench_next(page, report: Report, times: int) -> None:
    """The next sequence by key: from the press to all views drawn, and what was asked for."""
    seen = requests_of(page)
    page.evaluate(
        """() => addEventListener("keydown", () => { bench.pressed = performance.now(); }, true)"""
    )
    whole, drawing, asked = [], [], []
    for _ in range(times):
        before = len(seen)
        if not go_next(page, "ArrowDown"):
            report.lines.append(f"Next sequence: no other one came after {len(whole)} of {times}.")
            break
        whole.append(page.evaluate("performance.now() - bench.pressed"))
        drawing.append(page.evaluate("stateline.drawMilliseconds"))
        page.wait_for_timeout(100)  # A request that comes late counts as well.
        asked.append(len(seen) - before)
    report.add("next sequence: key to all views drawn", whole, "ms", NEXT_MS)
    report.add("next sequence: as the page counts it", drawing, "ms", NEXT_MS)
    report.add("requests for it", asked, "requests", 1)


def bench_controls(page, report: Report, times: int) -> None:
    """Each control of the panel: from its change to the overlay drawn anew."""
    measured = page.evaluate("times => bench.controls(times)", times)
    if measured is None:
        report.lines.append("No panel of controls on this page: nothing to measure.")
        return
    for control in measured:
        taken = [each for each in control["milliseconds"] if each is not None]
        if taken:
            report.add(f"control: {control['name']}", taken, "ms", CONTROL_MS)
        else:
            report.lines.append(f"Control {control['name']}: does not draw the overlay.")


METRICS = {"Nodes": "DOM nodes", "JSEventListeners": "event listeners", "JSHeapUsedSize": "heap"}


def page_metrics(page) -> dict[str, float]:
    """Return nodes, listeners and heap of the page after garbage collection."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    for _ in range(2):  # What the first finds may hold more.
        session.send("HeapProfiler.collectGarbage")
    found = {
        each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]
    }
    session.detach()
    return found


def bench_changes(page, report: Report, changes: int) -> None:
    """Record nodes, listeners and heap before and after many changes of sequence."""

    def down_and_up(steps: int) -> int:
        return sum(go_next(page, key) for key in ("ArrowDown", "ArrowUp") for _ in range(steps))

    down_and_up(30)  # What is made once is made by now, and the table stands where it will again.
    before = page_metrics(page)
    made = down_and_up(changes // 2)
    after = page_metrics(page)
    for key, name in METRICS.items():
        scale, unit = (1e6, " (MB)") if key == "JSHeapUsedSize" else (1, "")
        what = f"{name} before → after {made} changes of sequence{unit}"
        report.add_change(what, before[key] / scale, after[key] / scale)


def bench_run(browser, store: Path, run: Run, arguments: argparse.Namespace) -> Report:
    """The table of one run."""
    report = Report()
    with served(store) as (site, process):
        address = f"{site}/explore/{run.name}"
        bench_opening(browser, address, report, arguments.opens)
        context = browser.new_context(viewport=VIEWPORT)
        page, _ = open_page(context, f"{address}?sequence=0")
        page.on("pageerror", lambda error: report.lines.append(f"The page complained: {error}"))
        page.wait_for_function("stateline.segments > 0 && stateline.drawMilliseconds !== null")
        bench_hover(page, report, arguments.hovers)
        page.mouse.move(1, 1)
        bench_next(page, report, arguments.nexts)
        bench_controls(page, report, arguments.toggles)
        bench_changes(page, report, arguments.changes)
        report.add(
            "memory of the server with it open", [resident_megabytes(process)], "MB", MEMORY_MB
        )
        bench_answers(site, run, report, arguments.answers)
        report.add("the same after all these answers", [resident_megabytes(process)], "MB")
        context.close()
    return report


def options() -> argparse.ArgumentParser:
    """The command's options."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench_app",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--store", type=Path, default=Path("store/data"), help="built runs")
    parser.add_argument("--runs", nargs="+", default=list(RUNS), help="[%(default)s]")
    parser.add_argument("--hovers", type=int, default=60, help="mouse moves a view [%(default)s]")
    parser.add_argument("--nexts", type=int, default=40, help="next sequences [%(default)s]")
    parser.add_argument("--opens", type=int, default=7, help="first visits [%(default)s]")
    parser.add_argument("--changes", type=int, default=200, help="of sequence [%(default)s]")
    parser.add_argument("--answers", type=int, default=20, help="of each kind [%(default)s]")
    parser.add_argument("--toggles", type=int, default=10, help="changes a control [%(default)s]")
    return parser


def measure(browser, arguments: argparse.Namespace) -> list[Report]:
    """Measure and print the runs that are asked for and built; name those that are not."""
    built = [name for name in arguments.runs if (arguments.store / name / MANIFEST).is_file()]
    for name in arguments.runs:
        if name not in built:
            say(f"{name} is not in {arguments.store}. Build it: make run RUN={name}")
    reports = []
    for name in built:
        run = open_run(arguments.store / name)
        say(f"\n### {name}: {run.states:,} states, {run.sequences.height:,} sequences\n")
        reports.append(bench_run(browser, arguments.store, run, arguments))
        table(reports[-1].rows)
        for line in reports[-1].lines:
            say(f"\n{line}")
    return reports


def main() -> int:
    """Start Chromium and measure; returns the exit code."""
    arguments = options().parse_args()
    what = lacking()
    if what is not None:
        print(f"bench-app needs {what}", file=sys.stderr)
        return 2
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        say(
            f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {platform.system()}, headless "
            f"Chromium {browser.version} with software WebGL, {VIEWPORT['width']} x "
            f"{VIEWPORT['height']}"
        )
        measure(browser, arguments)
        browser.close()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StatelineError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
