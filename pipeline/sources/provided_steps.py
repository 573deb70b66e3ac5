"""Steps of the sequences of a call: what the model reads, with names, padding and special ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stateline.pipeline.models.keras.masking import as_sequences
from stateline.pipeline.numerics.arrays import AnyArray, BoolArray
from stateline.pipeline.numerics.ends import Ends
from stateline.pipeline.run.stage import say
from stateline.pipeline.sources.model_words import tokenizer_ids
from stateline.pipeline.sources.names import name_ids, name_steps
from stateline.pipeline.sources.padding import find_ends, padded_words, padding_masks
from stateline.pipeline.sources.token_names import filled
from stateline.pipeline.sources.tokenizers import Rule, Tokenizer, read_tokenizer
from stateline.store.errors import StatelineError

if TYPE_CHECKING:  # which would import TensorFlow
    from stateline.pipeline.models.keras.structure import ModelStructure


@dataclass(frozen=True)
class Steps:
    """S sequences as the model reads them.

    sequences   S arrays of uint32 ids (T,) or of float32 numbers (T, F)
    surface     S lists of T names
    vocabulary  the token of each id; none for a series
    tokens      ids of padding, unknown and start; null where there is none
    padding     S masks bool (T,) of padding that the model reads
    provided    the input as it was passed in, where that is one array; else None
    ends        how beginnings are padded; None: they are read as they are
    rule        how texts are cut; None: as `split_words` does
    texts       S texts that were read; None: ids or numbers were
    """

    sequences: list[AnyArray]
    surface: list[list[str]]
    vocabulary: list[str]
    tokens: dict[str, int | None]
    padding: list[BoolArray]
    provided: AnyArray | None
    ends: Ends | None
    rule: Rule | None
    texts: list[str] | None


def read_steps(
    sequences: Sequence[Any] | AnyArray,
    structure: "ModelStructure",
    names: list[str],
    *,
    tokens: Any,
    tokenizer: Any,
    ends: str,
    unknown: int | None,
    start: int | None,
) -> Steps:
    """Read the sequences of a call of `build_store`, whose parameters these are.

    sequences  token ids (S, T), numbers (S, T, F), S arrays of either, or S texts
    names   S names of the sequences
    raises  StatelineError  names the first sequence that the model does not read
    """
    cutter = None if tokenizer is None else read_tokenizer(tokenizer).within(structure.rows)
    texts = None
    if cutter is not None and len(sequences) and isinstance(sequences[0], str | bytes):
        texts = [each.decode() if isinstance(each, bytes) else str(each) for each in sequences]
        surface, sequences = tokenizer_ids(texts, cutter)
        sequences, surface = within_length(sequences, surface, cutter, start)
    if cutter is not None and tokens is None:
        tokens, unknown = cutter.words, cutter.unknown if unknown is None else unknown
    found = as_sequences(sequences, structure, names)
    named, meaning = name_ids(tokens, found, structure.rows, unknown=unknown, start=start)
    meaning["padding"] = padding_id(meaning["padding"], named, found.sequences, structure, ends)
    side, steps = ("post", cutter.length) if cutter and cutter.length else (None, None)
    how = find_ends(ends, found.sequences, structure, meaning["padding"], side, steps)
    vocabulary, words = name_steps(
        named, found.sequences, found.kept, meaning, structure.features, names
    )
    rows, words = padded_words(found.sequences, surface if texts else words, how)
    return Steps(
        sequences=rows,
        surface=words,
        vocabulary=vocabulary,
        tokens=meaning,
        padding=padding_masks(rows, meaning["padding"], how, names),
        provided=found.provided if how is None else None,
        ends=how,
        rule=cutter.rule if cutter else None,
        texts=texts,
    )


def within_length(
    ids: list[list[int]], surface: list[list[str]], tokenizer: Tokenizer, start: int | None
) -> tuple[list[list[int]], list[list[str]]]:
    """Return ids and words of texts, cut where the tokenizer cuts them.

    raises  StatelineError  an id begins every sequence, which no tokenizer of Keras writes
    """
    if start is not None:
        raise StatelineError(
            "start", "no tokenizer writes it", fix="Pass sequences of ids, with it in front"
        )
    most = tokenizer.length
    return [row[:most] for row in ids], [row[:most] for row in surface]


def padding_id(
    known: int | None,
    tokens: Any,
    sequences: list[AnyArray],
    structure: "ModelStructure",
    ends: str,
) -> int | None:
    """Return the id of padding: as its name says, or 0 where ids have no names and it fills ends.

    known      by its name, or as the model masks it
    sequences  S arrays (T,) of ids
    ends       as in `build_store`; another choice than cut: 0 where nothing else is known
    """
    if known is not None or structure.features is not None:
        return known
    if ends != "cut":
        return 0
    if tokens is None and filled(sequences):
        say("tokens: none, and id 0 fills the beginning or end of most sequences: it is padding")
        return 0
    return None
