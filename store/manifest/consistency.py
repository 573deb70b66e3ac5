"""Entries of a manifest that disagree with each other, though each is of the right kind."""

from collections.abc import Iterator

from stateline.store.schema import RUN_NAME

# A fact: whether it holds, the key that it is about, what was expected and what was found.
Fact = tuple[bool, str, object, object]
# The methods whose logits before the first step are nothing that a head answered.
WITHOUT_INITIAL_LOGIT = ("prefix", "given")


def find_contradiction(manifest: dict) -> tuple[str, str, str] | None:
    """The first entry that disagrees with another one: place, expected, got; None where none.

    manifest  dict  of the right shape
    """
    parts = (
        name_facts,
        corpus_facts,
        split_facts,
        layer_facts,
        readout_facts,
        metric_facts,
        map_facts,
    )
    facts = (fact for part in parts for fact in part(manifest))
    return next(((key, str(want), str(got)) for fits, key, want, got in facts if not fits), None)


def written(value: object) -> str:
    """A value as JSON would write it, short enough for a message."""
    return "null" if value is None else str(value)[:40]


def name_facts(manifest: dict) -> Iterator[Fact]:
    """Names become paths, and a manifest may come from a stranger."""
    for key, names in {
        "run": [manifest["run"]],
        "layers": [each["id"] for each in manifest["layers"]],
        "projections": [each["id"] for each in manifest["projections"]],
    }.items():
        for name in names:
            fits = bool(RUN_NAME.fullmatch(name))
            yield fits, key, "a name of lower-case letters, digits, . _ -", repr(name)[:40]
        yield len(set(names)) == len(names), key, "each id once", ", ".join(names)


def corpus_facts(manifest: dict) -> Iterator[Fact]:
    """Classes, and what only a text or only a series has."""
    corpus = manifest["corpus"]
    features, series = corpus["features"], corpus["kind"] == "series"
    names = [each["name"] for each in features]
    yield len(corpus["classes"]) >= 2, "corpus.classes", "two or more", len(corpus["classes"])
    kind = "one or more of a series" if series else "none of a text"
    yield bool(features) == series, "corpus.features", kind, len(features)
    yield len(set(names)) == len(names), "corpus.features", "each name once", ", ".join(names)
    for index, each in enumerate(features):
        key = f"corpus.features[{index}].low"
        yield each["low"] <= each["high"], key, f"at most high, {each['high']}", each["low"]
    for name, token in corpus["tokens"].items():
        fits = token is None or not series
        yield fits, f"corpus.tokens.{name}", "null of a series", written(token)
    yield series or not corpus["picture"], "corpus.picture", "false of a text", "true"
    most, keep = corpus["truncation"]["max_steps"], corpus["truncation"]["keep"]
    fits = (most is None) == (keep is None)
    yield fits, "corpus.truncation", "both or neither null", f"{written(most)}, {written(keep)}"


def split_facts(manifest: dict) -> Iterator[Fact]:
    """A split is known as a whole or not at all."""
    corpus = manifest["corpus"]
    for split in ("train", "validation"):
        total = corpus["sizes"][split]
        for index, each in enumerate(corpus["classes"]):
            key = f"corpus.classes[{index}].{split}"
            known = "null" if total is None else "a whole number"
            fits = (each[split] is None) == (total is None)
            yield fits, key, f"{known}, as corpus.sizes.{split}", written(each[split])


def layer_facts(manifest: dict) -> Iterator[Fact]:
    """What a layer stores: h always, distances of stored kinds, each gate once."""
    for index, layer in enumerate(manifest["layers"]):
        key, states = f"layers[{index}]", layer["states"]
        fits = states in (["h"], ["h", "c"])
        yield fits, f"{key}.states", "h, or h and c", ", ".join(states)
        measured = sorted(layer["max_distance"], reverse=True)
        fits = "h" in measured and set(measured) <= set(states)
        want = f"h and nothing besides {', '.join(states)}"
        yield fits, f"{key}.max_distance", want, ", ".join(measured) or "nothing"
        gates = layer["gates"]
        yield len(set(gates)) == len(gates), f"{key}.gates", "each gate once", ", ".join(gates)


def readout_facts(manifest: dict) -> Iterator[Fact]:
    """Layer, outputs and activation fit each other, and the numbers fit the method."""
    readout, classes = manifest["readout"], len(manifest["corpus"]["classes"])
    outputs, method = readout["outputs"], readout["method"]
    head = f"{classes}" + (" or 1" if classes == 2 else "")
    fits = outputs == classes or (outputs, classes) == (1, 2)
    yield fits, "readout.outputs", head, outputs
    activation, found = "sigmoid" if outputs == 1 else "softmax", readout["activation"]
    yield found == activation, "readout.activation", f"{activation} of {outputs} outputs", found
    initial = readout["initial_logit"]
    yield len(initial) == outputs, "readout.initial_logit", f"{outputs} numbers", len(initial)
    if method in WITHOUT_INITIAL_LOGIT:
        yield not any(initial), "readout.initial_logit", f"zeros where {method}", initial
    for part in ("weights", "bias"):
        linear = method == "linear"
        want = "a list where linear" if linear else f"null where {method}"
        fits = (readout[part] is not None) == linear
        yield fits, f"readout.{part}", want, "null" if readout[part] is None else "a list"
    layers = [each["id"] for each in manifest["layers"]]
    fits = readout["layer"] in layers
    yield fits, "readout.layer", f"one of {', '.join(layers)}", readout["layer"]


def metric_facts(manifest: dict) -> Iterator[Fact]:
    """An entry a class in every metric."""
    classes, metrics = len(manifest["corpus"]["classes"]), manifest["model"]["metrics"]
    confusion, recall = metrics["confusion"], metrics["recall"]
    square = len(confusion) == classes and all(len(row) == classes for row in confusion)
    found = f"{len(confusion)} x {'/'.join(sorted({str(len(row)) for row in confusion}))}"
    yield square, "model.metrics.confusion", f"{classes} x {classes}", found
    yield len(recall) == classes, "model.metrics.recall", f"{classes} numbers", len(recall)


def map_facts(manifest: dict) -> Iterator[Fact]:
    """Maps are of layers and states whose distances are stored; the first one shown exists."""
    projections = manifest["projections"]
    measured = {each["id"]: each["max_distance"] for each in manifest["layers"]}
    for index, each in enumerate(projections):
        key, layer, state = f"projections[{index}]", each["layer"], each["state"]
        yield layer in measured, f"{key}.layer", f"one of {', '.join(measured)}", layer
        want = f"one of {', '.join(measured[layer])}, whose distances {layer} stores"
        yield state in measured[layer], f"{key}.state", want, state
    ids, default = [each["id"] for each in projections], manifest["default_projection"]
    yield default in ids, "default_projection", f"one of {', '.join(ids) or 'none'}", default
