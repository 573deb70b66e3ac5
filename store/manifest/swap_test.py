"""The swap test in the manifest."""

from stateline.store.manifest.values import Count, Entry


class SwapTest(Entry):
    """The swap test: which words were tested, and how.

    There is none of a series, without a model, where too few words occur often enough or all labels
    are of one class, or where it was switched off.

    replacements  words that replace a tested word in each text
    eligible      known words that enough test sequences hold
    tested        of them, those that were tested, controls included
    controls      of them, those that others are compared with
    """

    replacements: Count
    eligible: Count
    tested: Count
    controls: Count
    seed: int
