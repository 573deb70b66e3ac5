"""How far to rely on a map and on groups of units: parts of the manifest's entries."""

from stateline.store.manifest.values import Count, Entry, Number


class UnitGroups(Entry):
    """How sure the groups of a layer's units and words are.

    runs       co-clusterings from other random starts, of which the groups are a consensus
    agreement  mean adjusted Rand index of one of them and the consensus
    """

    runs: Count
    agreement: Number


class MeanTrust(Entry):
    """Mean trust of the states that a map was fitted on, and of the placed ones; null: none was."""

    fitted: Number
    placed: Number | None
