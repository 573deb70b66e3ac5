"""Every knob of a run: its default, range, help and stages."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

DATA_DIR_CORPORA = ("imdb", "reuters")
# The map that a run opens with where none is named: the first of these that is made.
PREFERRED_MAPS = ("tsne", "umap", "pca")


def knob(default: Any, stages: str, help: str, **limits: Any) -> Any:
    """Define a knob of the named stages (separated by blanks) with its help and limits."""
    extra: JsonDict = {"stages": [*stages.split()]}
    return Field(default, description=help, json_schema_extra=extra, **limits)


class Settings(BaseModel):
    """All knobs of one run; frozen, other names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    corpus: str = knob(
        "",
        "corpus",
        "an embedded demo, `imdb`, `reuters`, a file (text with separators, JSON, JSON lines, "
        "Parquet, Excel; also compressed), or a folder with one folder or one file per class",
    )
    model: str = knob(
        "", "corpus train", "a trained model (.keras or .h5) to look at, instead of training one"
    )
    task: Literal["auto", "classes"] = knob(
        "auto",
        "corpus",
        "with MODEL: classes says that its outputs are classes where neither its loss nor its "
        "activation does",
    )
    vocabulary: str = knob(
        "",
        "corpus",
        "with MODEL: a file with a token a line; line n, counted from 0, is token id n",
    )
    tokenizer: str = knob(
        "",
        "corpus",
        "with MODEL: JSON of the tokenizer that cut its texts, a TextVectorization's configuration "
        "with its vocabulary, Tokenizer.to_json(), or {word: id}",
    )
    ends: Literal["cut", "padded", "pre", "post"] = knob(
        "cut",
        "corpus",
        "with MODEL: expected predictions are of beginnings that end there, or are padded as the "
        "sequences are, in front (pre) or behind (post)",
    )
    unknown: int = knob(
        1, "corpus", "with VOCABULARY: id of words that it does not hold; -1: there is none", ge=-1
    )
    start: int = knob(
        -1, "corpus", "with VOCABULARY: id that begins every sequence; -1: there is none", ge=-1
    )
    data_dir: str = knob("", "corpus", "folder with imdb.parquet and reuters.parquet (raw text)")
    text: str = knob(
        "text", "corpus", "column that holds the text; without a header its number, from 1"
    )
    label: str = knob(
        "label", "corpus", "column that holds the class; without a header its number, from 1"
    )
    header: Literal["auto", "yes", "no"] = knob(
        "auto", "corpus", "whether the first row names the columns; auto: found"
    )
    separator: str = knob(
        "", "corpus", "what separates columns: a character, or tab, comma, …; empty: found"
    )
    quotes: Literal["auto", "yes", "no"] = knob(
        "auto", "corpus", "whether quotes enclose cells, or are characters; auto: found"
    )
    encoding: str = knob(
        "", "corpus", "encoding of a text file, such as cp1252; empty: UTF-8, UTF-16, or found"
    )
    id: str = knob("", "corpus", "column that holds the ids; empty: rows are numbered")
    split: str = knob(
        "", "corpus", "column that says train, validation or test; empty: a seeded stratified split"
    )
    classes: list[str] = knob(
        [], "corpus", "keep these classes only, in this order; empty: all, sorted by name"
    )
    blank: Literal["refuse", "drop"] = knob(
        "refuse", "corpus", "texts without a word: refuse the corpus, or drop and count them"
    )
    html: Literal["strip", "keep"] = knob(
        "strip", "corpus", "tags and entities of HTML in texts: taken out, or kept as words"
    )
    words: Literal["auto", "words", "characters"] = knob(
        "auto",
        "corpus",
        "what a step is: auto, a word, or a character where a script has no spaces; words, letters "
        "that stand together in any script; characters, each of them",
    )
    test_share: float = knob(0.2, "corpus", "share of the rows to test on", gt=0, lt=1)
    validation_share: float = knob(
        0.1, "corpus", "share of the training rows that stops the training", gt=0, lt=1
    )
    max_steps: int = knob(200, "corpus", "words of a text that the model reads", ge=1)
    keep: Literal["first", "last"] = knob("last", "corpus", "which words of a longer text it reads")
    vocabulary_size: int = knob(20_000, "corpus", "most frequent words that get an id", ge=1)
    min_count: int = knob(2, "corpus", "how often a word must occur in training to be known", ge=1)

    cell: Literal["lstm", "gru"] = knob("lstm", "train", "recurrent cell")
    units: int = knob(64, "train", "units of the recurrent layer", ge=1)
    embedding: int = knob(64, "train", "dimensions of the word embedding", ge=1)
    word_prior: float = knob(
        0.3,
        "train",
        "scale of the log-count ratios of the words by class, with which the first dimensions of "
        "the embedding begin; 0: all begin at random, as with more classes than half of them",
        ge=0,
    )
    word_dropout: float = knob(
        0.3, "train", "share of training words read as unknown, drawn anew each epoch", ge=0, lt=1
    )
    spatial_dropout: float = knob(0.5, "train", "share of embedding dimensions dropped", ge=0, lt=1)
    dropout: float = knob(0.5, "train", "share of units dropped before the readout", ge=0, lt=1)
    loss: Literal["crossentropy", "elementwise"] = knob(
        "crossentropy",
        "train",
        "crossentropy over the classes, or the paper's binary crossentropy element by element",
    )
    optimizer: Literal["adam", "rmsprop"] = knob("rmsprop", "train", "optimiser")
    learning_rate: float = knob(1e-3, "train", "learning rate", gt=0)
    averaging: float = knob(
        0.99,
        "train",
        "momentum of an exponential moving average of the weights; 0: none",
        ge=0,
        lt=1,
    )
    batch_size: int = knob(
        0,
        "train",
        "sequences in one training step; 0: a fiftieth of the training split, 8 to 64",
        ge=0,
    )
    epochs: int = knob(30, "train", "passes over the training split at the most", ge=1)
    patience: int = knob(4, "train", "epochs without a better value of STOP", ge=1)
    stop: Literal["loss", "accuracy"] = knob(
        "loss",
        "train",
        "what of the validation split stops the training; the weights of its best epoch stay",
    )
    refit: bool = knob(
        True,
        "train baseline",
        "train again from the start, on the training and validation splits, for as many epochs as "
        "the best one took",
    )

    stored: int = knob(
        500,
        "extract",
        "sequences stored: the first of the test split, which is in a seeded order that mixes the "
        "classes, or with SPLIT or MODEL in the file's own where that mixes them",
        ge=1,
    )
    layers: list[str] = knob(
        [],
        "extract",
        "layers to store and map, `all`, or <layer>:c for cell states; empty: the layer that the "
        "head reads",
    )
    gates: bool = knob(False, "extract", "also store the gates of LSTM and GRU layers")
    extract_batch: int = knob(256, "extract", "sequences read at once", ge=1)

    projections: list[Literal["pca", "tsne", "umap"]] = knob(
        ["pca", "tsne", "umap"], "export", "projections to make", min_length=1
    )
    default_projection: Literal["auto", "pca", "tsne", "umap"] = knob(
        "auto",
        "export",
        "projection that the app opens with; auto: the first of tsne, umap, pca that is made",
    )
    fit_states: int = knob(
        50_000,
        "neighbours project-pca project-tsne project-umap",
        "states a projection is fitted on; with more, a seeded sample of whole sequences is "
        "fitted and the others are placed",
        ge=4,
    )
    perplexity: float = knob(
        30.0, "project-tsne", "t-SNE: neighbours that a state attends to", gt=1
    )
    tsne_iterations: int = knob(600, "project-tsne", "t-SNE: steps after exaggeration", ge=1)
    umap_neighbours: int = knob(30, "project-umap", "UMAP: neighbours of a state", ge=2)
    umap_epochs: int = knob(200, "project-umap", "UMAP: passes over the neighbours", ge=1)
    umap_min_dist: float = knob(0.1, "project-umap", "UMAP: least distance on the map", ge=0, le=1)

    unit_groups: int = knob(
        8, "units", "groups of hidden units, and of the words that move them, at the most", ge=1
    )
    swap_words: int = knob(
        3,
        "swaps",
        "swap test: words of like frequency and position that replace a tested word in each text; "
        "0: no swap test",
        ge=0,
        le=20,
    )
    swap_tested: int = knob(
        400, "swaps", "swap test: words tested at the most, besides a sample of controls", ge=1
    )

    index_states: int = knob(
        200_000, "index", "states of a layer beyond which their neighbours get an index", ge=1
    )

    seed: int = knob(
        1,
        "corpus train swaps neighbours units index project-pca project-tsne project-umap",
        "seed of the split, the weights and the projections",
        ge=0,
        lt=2**31,
    )


def stages_of(knob: FieldInfo) -> list[str]:
    """Return the names of the stages that a knob belongs to."""
    extra = knob.json_schema_extra
    assert isinstance(extra, dict) and isinstance(extra["stages"], list)
    return [str(stage) for stage in extra["stages"]]


def stage_names() -> list[str]:
    """Return the stages that have settings, in the order of their first knob."""
    names: dict[str, None] = {}
    for field in Settings.model_fields.values():
        names.update(dict.fromkeys(stages_of(field)))
    return list(names)


def stage_knobs(stage: str) -> dict[str, FieldInfo]:
    """Return the knobs of one stage by name."""
    return {
        name: field for name, field in Settings.model_fields.items() if stage in stages_of(field)
    }
