"""The walk through the demo run; every number in it is read from the run as it was built."""

from dash import dcc, html
from polars.exceptions import PolarsError

from stateline.app.addresses import explore, report
from stateline.app.help.parts import Body
from stateline.app.help.shortcut import Example, Shortcut, find_shortcut
from stateline.app.queries.accuracy import baseline_short
from stateline.app.queries.context import beginning
from stateline.app.queries.table import COLUMNS
from stateline.app.queries.text import count, percent
from stateline.app.web.registry import current
from stateline.store.errors import StatelineError
from stateline.store.reader import Run

DEMO = "demo-reviews"
HEADING = next(column.heading for column in COLUMNS if column.name == "confidence")


def walkthrough() -> html.Div:
    """Return numbered steps with links, or a note on how to get the run."""
    registry = current()
    broken = {run.name: run.message for run in registry.broken()}
    if DEMO in broken:
        return _note([f"The run {DEMO} of this store cannot be opened: {broken[DEMO]}"])
    if DEMO not in [run.name for run in registry.runs()]:
        return _note(
            ["This store does not hold the run ", html.Code(DEMO), ". Build it with ",
             html.Code(f"stateline build {DEMO}"), ", which takes a few minutes, and reload this "
             "page: the steps then appear here, with links into the run. In a checkout, ",
             html.Code("make all"), " builds every demo."]
        )  # fmt: skip
    run = registry.run(DEMO)
    try:
        found = find_shortcut(run)
    except (StatelineError, OSError, PolarsError):
        return _note(["This run changed while it was read. Reload the page."])
    if found is None:
        return _note(
            ["This build of ", html.Code(DEMO), " stores no sequence with the planted name. Store "
             "more sequences: ", html.Code(f"stateline build {DEMO} --stored 600"),
             ". In a checkout: ", html.Code(f"make run RUN={DEMO} STORED=600"), "."]
        )  # fmt: skip
    return html.Div(
        [
            html.P(_introduction(run, found)),
            html.Ol([html.Li(step) for step in _steps(run, found)], className="help-walk"),
        ]
    )


def _note(line: Body) -> html.Div:
    return html.Div(html.P(line), className="help-note")


def _link(text: str, href: str) -> dcc.Link:
    return dcc.Link(text, href=href, className="help-go")


def _introduction(run: Run, found: Shortcut) -> Body:
    where = (
        f", but in the training split most reviews with it are {run.class_names[found.points_to]}"
        if _learned(found)
        else ""
    )
    return [
        "The grammar that generated these reviews planted a shortcut: a name, ",
        html.Strong(found.name),
        f". It says nothing about a film{where}. Does the model rely on it? The steps below find "
        "out. Every number in them is read from the run in this store.",
    ]


def _learned(found: Shortcut) -> bool:
    """Return whether most training sequences with the name are of the class it points to."""
    return 2 * found.training[found.points_to] > sum(found.training)


def _steps(run: Run, found: Shortcut) -> list[Body]:
    """Return the steps: what to click, and what it shows."""
    steps = [
        _open_run(run),
        _errors(run, found),
        _choose(run, found),
        _read_words(run, found),
        _read_distances(run, found),
        _search(run, found),
    ]
    if found.resisted:
        steps.append(_compare(run, found, found.resisted))
    return [*steps, _cause(run, found), _conclude(run, found)]


def _open_run(run: Run) -> Body:
    metrics = run.manifest.model.metrics
    return [
        _link(f"Open {DEMO}", explore(DEMO)),
        f". The overview shows an accuracy of {percent(metrics.accuracy)} over "
        f"{count(metrics.test, 'test sequence')} ({baseline_short(run)}). The score does not show "
        "what it is based on.",
    ]


def _errors(run: Run, found: Shortcut) -> Body:
    """Return the step on the confusion cell of the misled sequence, or on its absence."""
    label, points_to = found.misled.label, found.points_to
    actual, other = run.class_names[label], run.class_names[points_to]
    table = run.sequences
    cell = table.filter((table["label"] == label) & (table["predicted"] == points_to))
    if not cell.height:
        return [f"In the confusion matrix, no stored {actual} sequence is classified as {other}."]
    chips = (["actual", label], ["predicted", points_to])
    highest = float(cell["confidence"].to_numpy().max())
    return [
        "In the confusion matrix, ",
        _link(f"click the cell {actual}, classified as {other}", explore(DEMO, chips)),
        f". Two filters appear, and the table keeps {count(cell.height, 'sequence')}. Click its "
        f"heading “{HEADING}” twice: the most confident errors come first, at {percent(highest)}.",
    ]


def _choose(run: Run, found: Shortcut) -> Body:
    each = found.misled
    result = (
        f"classified as {run.class_names[each.predicted]} with {percent(each.confidence)}"
        if each.predicted != each.label
        else "classified correctly nevertheless"
    )
    text = beginning(each.words, 16)
    return [
        _link(f"Choose sequence {each.number}", explore(DEMO, sequence=each.number)),
        f". It is {run.class_names[each.label]}, and {result}. It reads: “{text}”.",
    ]


def _read_words(run: Run, found: Shortcut) -> Body:
    """Return the step on the change of the answer at the name."""
    each, other = found.misled, run.class_names[found.points_to]
    words = [f"{percent(share)} after “{each.words[t]}”" for t, share in _answers(each)]
    change = f"The expected prediction of {other} is {', '.join(words)}"
    if each.before is not None:
        change += f", and was {percent(each.before)} before"
    actual = run.class_names[each.label]
    turning = (
        f" At the framed word, “{each.words[each.turning]}”, {actual} lost most to the answer."
        if each.turning is not None
        else ""
    )
    return [
        "Look at the words and at the row “answer” of the heatmap. ",
        f"{change}.{turning} Point at “{each.words[each.steps[0]]}”, or ",
        _link(
            f"open step {each.steps[0]}", explore(DEMO, sequence=each.number, step=each.steps[0])
        ),
        ": the map highlights its state, and the tooltip says that the word was planted as a ",
        html.Em("shortcut"),
        ".",
    ]


def _answers(each: Example) -> list[tuple[int, float]]:
    return list(zip(each.steps, each.answers, strict=True))


def _read_distances(run: Run, found: Shortcut) -> Body:
    each = found.misled
    evidence = (
        f"Elsewhere the grammar planted {count(len(each.evidence), 'word')} of evidence: "
        f"{', '.join(each.evidence[:6])}."
        if each.evidence
        else "The text holds no other planted evidence: only the name."
    )
    return [
        f"The bars under the heatmap show by how much state and logit changed as the name was "
        f"read. At its {len(each.steps)} words the logit of {run.class_names[found.points_to]} "
        f"changes by {each.added:+.1f}, at all other words together by {each.rest:+.1f}. {evidence}"
    ]


def _search(run: Run, found: Shortcut) -> Body:
    stored = [
        f"{number} {name}, {wrong or 'none'} of them misclassified"
        for name, number, wrong in zip(run.class_names, found.stored, found.wrong, strict=True)
        if number
    ]
    label = found.misled.label
    return [
        "One review proves little. Press Esc until no filter is left, then ",
        _link(f"search for “{found.name}”", explore(DEMO, (["search", found.name],))),
        f". The stored sequences that hold the name: {'; '.join(stored)}. In the "
        f"{run.class_names[label]} ones, the logit of {run.class_names[found.points_to]} changes "
        f"by {found.added[label]:+.1f} on average as the name is read.",
    ]


def _compare(run: Run, found: Shortcut, other: Example) -> Body:
    t, word, size = other.against
    lost = f"; it loses most at “{word}” (step {t}), {size:+.1f} logits" if size < 0 else ""
    to = run.class_names[found.points_to]
    href = explore(DEMO, sequence=other.number, pinned=found.misled.number)
    return [
        "Compare it with one that is classified correctly: ",
        _link(f"sequence {other.number}, with {found.misled.number} pinned", href),
        f". There {to} stands at {percent(other.answers[-1])} after the name and at "
        f"{percent(other.final)} at the end{lost}. See on the map where the two trajectories "
        "separate.",
    ]


def _cause(run: Run, found: Shortcut) -> Body:
    counts = [
        f"{number:,} {name}" for name, number in zip(run.class_names, found.training, strict=True)
    ]
    return [
        "What could it have learned this from? The run's vocabulary counts the training split: "
        f"“{found.name.split()[0]}” occurs in {' and '.join(counts)} sequences."
        + (" There a model that trusts the name is mostly right." if _learned(found) else "")
    ]


def _conclude(run: Run, found: Shortcut) -> Body:
    label = found.misled.label
    named = f"{found.wrong[label]} of {found.stored[label]}"
    table = run.sequences.filter(run.sequences["label"] == label)
    wrong = f"{table.height - table['correct'].sum()} of {table.height}"
    return [
        f"In summary: of the stored {run.class_names[label]} sequences that hold the name, {named} "
        f"are misclassified; of all stored {run.class_names[label]} ones, {wrong}. The views show "
        "when the answer changes, and by how much. They do not show what it would be without the "
        "name: to test that, change the name with Edit and run the text again. To show it to "
        "others, use ",
        html.A(
            f"the report of sequence {found.misled.number}",
            href=report(DEMO, found.misled.number),
            className="help-go",
        ),
        ".",
    ]
