"""Consistency of a manifest: entries that are valid each by itself must also agree."""

from collections.abc import Iterator, Mapping
from itertools import chain

from stateline.store.manifest.models import Manifest, ManifestDraft
from stateline.store.manifest.values import Split
from stateline.store.schema import DRAWN, PROVIDED, RUN_NAME, UNKNOWN_SPLIT

# A fact: whether it is true, its key, what was expected and what was found.
Fact = tuple[bool, str, object, object]
# Classes are numbered in 16 bits. Layers and maps have tables of their own.
MAX_CLASSES, MAX_PARTS = 2**16, 1_000
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
# The methods whose logits before the first step are nothing that a head answered.
WITHOUT_INITIAL_LOGIT = ("prefix", "given")


def find_inconsistency(manifest: ManifestDraft) -> tuple[str, str, str] | None:
    """Return key, expected and got of the first entry that disagrees with another, or None."""
    parts = (
        table_facts,
        name_facts,
        corpus_facts,
        split_facts,
        layer_facts,
        readout_facts,
        metric_facts,
        training_facts,
        baseline_facts,
        repeat_facts,
        projection_facts,
        swap_facts,
    )
    facts = chain.from_iterable(part(manifest) for part in parts)
    return next(((key, str(want), str(got)) for true, key, want, got in facts if not true), None)


def written(value: object) -> str:
    """Return a value as JSON writes it, short enough for a message."""
    return "null" if value is None else str(value)[:40]


def table_facts(manifest: ManifestDraft) -> Iterator[Fact]:
    """Check that the rows of each table are known."""
    files = manifest.tables.items() if isinstance(manifest, Manifest) else ()
    for name, entry in files:
        known = entry.rows is not None or not name.endswith(".parquet")
        yield known, f"tables.{name}.rows", "a whole number", "null"


def name_facts(manifest: ManifestDraft) -> Iterator[Fact]:
    """Check names: they become paths, and a manifest may come from an untrusted source."""
    for key, names in {
        "run": [manifest.run],
        "layers": [each.id for each in manifest.layers],
        "projections": [each.id for each in manifest.projections],
    }.items():
        for name in names:
            true = bool(RUN_NAME.fullmatch(name))
            yield true, key, "a name of lower-case letters, digits, . _ -", repr(name)[:40]
        yield len(names) <= MAX_PARTS, key, f"{MAX_PARTS:,} at the most", f"{len(names):,}"
        yield len(set(names)) == len(names), key, "each id once", ", ".join(names)[:200]


def corpus_facts(manifest: ManifestDraft) -> Iterator[Fact]:
    """Check the classes, and the keys that only a text or only a series has."""
    corpus = manifest.corpus
    features, series = corpus.features, corpus.kind == "series"
    names = [each.name for each in features]
    classes = [each.name for each in corpus.classes]
    known = 2 <= len(classes) <= MAX_CLASSES
    yield known, "corpus.classes", f"2 to {MAX_CLASSES:,}", f"{len(classes):,}"
    unique = len(set(classes)) == len(classes)
    yield unique, "corpus.classes", "each name once", f"{len(set(classes)):,} names"
    kind = "one or more of a series" if series else "none of a text"
    yield bool(features) == series, "corpus.features", kind, len(features)
    yield len(set(names)) == len(names), "corpus.features", "each name once", ", ".join(names)
    for index, each in enumerate(features):
        key = f"corpus.features[{index}].low"
        yield each.low <= each.high, key, f"at most high, {each.high}", each.low
    for name, token in corpus.tokens.ids.items():
        true = token is None or not series
        yield true, f"corpus.tokens.{name}", "null of a series", written(token)
    true = corpus.tokenizer is None or not series
    yield true, "corpus.tokenizer", "null of a series", "a tokenizer"
    yield series or not corpus.picture, "corpus.picture", "false of a text", "true"
    most, keep = corpus.truncation.max_steps, corpus.truncation.keep
    true = (most is None) == (keep is None)
    yield true, "corpus.truncation", "both or neither null", f"{written(most)}, {written(keep)}"
    words, html = corpus.words, corpus.html
    true = (words is None) == (html is None)
    yield true, "corpus.html", "null as corpus.words, or neither", written(html)
    yield words is None or not series, "corpus.words", "null of a series", written(words)


def split_facts(manifest: ManifestDraft) -> Iterator[Fact]:
    """Check that a split is known of all classes or of none, and how it came about."""
    corpus = manifest.corpus
    for split in SPLITS:
        total = corpus.sizes.of(split)
        for index, each in enumerate(corpus.classes):
            key, count = f"corpus.classes[{index}].{split}", each.of(split)
            known = "null" if total is None else "a whole number"
            true = (count is None) == (total is None)
            yield true, key, f"{known}, as corpus.sizes.{split}", written(count)
    origin, seed = corpus.split.origin, corpus.split.seed
    unknown = corpus.sizes.train is None
    want = f"{UNKNOWN_SPLIT}, as corpus.sizes.train" if unknown else f"{PROVIDED} or {DRAWN}"
    yield (origin == UNKNOWN_SPLIT) == unknown, "corpus.split.origin", want, origin
    want = "a whole number of a drawn split, else null"
    yield (seed is not None) == (origin == DRAWN), "corpus.split.seed", want, written(seed)


def layer_facts(manifest: ManifestDraft) -> Iterator[Fact]:
    """Check that a layer stores h, distances of stored states only, and each gate once."""
    for index, layer in enumerate(manifest.layers):
        key, states = f"layers[{index}]", layer.states
        true = states in (("h",), ("h", "c"))
        yield true, f"{key}.states", "h, or h and c", ", ".join(states)
        with_distances = sorted(layer.max_distance, reverse=True)
        true = "h" in with_distances and set(with_distances) <= set(states)
        want = f"h and nothing besides {', '.join(states)}"
        yield true, f"{key}.max_distance", want, ", ".join(with_distances) or "nothing"
        gates = layer.gates
        yield len(set(gates)) == len(gates), f"{key}.gates", "each gate once", ", ".join(gates)


def readout_facts(manifest: ManifestDraft) -> Iterator[Fact]:
    """Check that layer, outputs, activation and numbers of the readout fit each other."""
    readout, classes = manifest.readout, len(manifest.corpus.classes)
    outputs, method = readout.outputs, readout.method
    head = f"{classes}" + (" or 1" if classes == 2 else "")
    true = outputs == classes or (outputs, classes) == (1, 2)
    yield true, "readout.outputs", head, outputs
    activation, found = "sigmoid" if outputs == 1 else "softmax", readout.activation
    yield found == activation, "readout.activation", f"{activation} of {outputs} outputs", found
    initial = readout.initial_logit
    yield len(initial) == outputs, "readout.initial_logit", f"{outputs} numbers", len(initial)
    ends, steps = readout.ends, readout.steps
    yield ends is None or method == "prefix", "readout.ends", f"null where {method}", ends
    true = (ends is None) == (steps is None)
    yield (
        true,
        "readout.steps",
        "null where ends is" if ends is None else "a number",
        written(steps),
    )
    if method in WITHOUT_INITIAL_LOGIT and ends is None:
        zeros = f"zeros where {method}"
        yield not any(initial), "readout.initial_logit", zeros, list(initial)
    numbers: Mapping[str, object] = {"weights": readout.weights, "bias": readout.bias}
    for key, value in numbers.items():
        linear = method == "linear"
        want = "a list where linear" if linear else f"null where {method}"
        true = (value is not None) == linear
        yield true, f"readout.{key}", want, "null" if value is None else "a list"
    layers = [each.id for each in manifest.layers]
    true = readout.layer in layers
    yield true, "readout.layer", f"one of {', '.join(layers)}", readout.layer


def metric_facts(manifest: ManifestDraft) -> Iterator[Fact]:
    """Check that every metric has one entry per class."""
    classes, metrics = len(manifest.corpus.classes), manifest.model.metrics
    confusion, recall = metrics.confusion, metrics.recall
    square = len(confusion) == classes and all(len(row) == classes for row in confusion)
    found = f"{len(confusion)} x {'/'.join(sorted({str(len(row)) for row in confusion}))}"
    yield square, "model.metrics.confusion", f"{classes} x {classes}", found
    yield len(recall) == classes, "model.metrics.recall", f"{classes} numbers", len(recall)


def training_facts(manifest: ManifestDraft) -> Iterator[Fact]:
    """Check that a model was refitted for as many epochs as one of its training had."""
    model = manifest.model
    refit, most = model.refit_epochs, len(model.history)
    true = refit is None or 1 <= refit <= most
    yield true, "model.refit_epochs", f"null, or 1 to {most} epochs", written(refit)


def baseline_facts(manifest: ManifestDraft) -> Iterator[Fact]:
    """Check that there is a baseline or a reason for none, which an unknown training split is."""
    baseline = manifest.model.baseline
    known = baseline.reason is None
    want = "null where there is a reason" if not known else "a value where there is no reason"
    for key in ("name", "settings", "accuracy", "train", "seconds"):
        value = getattr(baseline, key)
        yield (value is not None) == known, f"model.baseline.{key}", want, written(value)
    true = not known or manifest.corpus.sizes.train is not None
    yield true, "model.baseline.reason", "a text, as the training split is not known", "null"


def repeat_facts(manifest: ManifestDraft) -> Iterator[Fact]:
    """Check that repeated test sequences are known where training is, and accuracy without them."""
    sizes, repeated = manifest.corpus.sizes, manifest.left_out.in_training
    want = "null" if sizes.train is None else "a whole number"
    true = (repeated is None) == (sizes.train is None)
    yield true, "left_out.in_training", f"{want}, as corpus.sizes.train", written(repeated)
    unseen, some = manifest.model.metrics.unseen_accuracy, repeated not in (None, sizes.test)
    want = "a number" if some else "null, as no test sequence is known not to stand in training"
    yield (unseen is not None) == some, "model.metrics.unseen_accuracy", want, written(unseen)


def projection_facts(manifest: ManifestDraft) -> Iterator[Fact]:
    """Check that maps show states whose distances are stored, and that the default map exists."""
    with_distances = {each.id: list(each.max_distance) for each in manifest.layers}
    for index, each in enumerate(manifest.projections):
        key, layer, state = f"projections[{index}]", each.layer, each.state
        yield layer in with_distances, f"{key}.layer", f"one of {', '.join(with_distances)}", layer
        states = with_distances[layer]
        want = f"one of {', '.join(states)}, whose distances {layer} stores"
        yield state in states, f"{key}.state", want, state
    ids, default = [each.id for each in manifest.projections], manifest.default_projection
    yield default in ids, "default_projection", f"one of {', '.join(ids) or 'none'}", default


def swap_facts(manifest: ManifestDraft) -> Iterator[Fact]:
    """Check that words were swapped in texts only, by a model that there is."""
    test = manifest.swap_test
    if test is None:
        return
    possible = manifest.corpus.kind == "text" and manifest.model.file is not None
    yield possible, "swap_test", "null of a series and without a model", "an object"
    order = 1 <= test.controls <= test.tested <= test.eligible
    found = f"{test.controls}, {test.tested}, {test.eligible}"
    yield order, "swap_test", "1 <= controls <= tested <= eligible", found
    yield test.replacements >= 1, "swap_test.replacements", "1 or more", test.replacements
