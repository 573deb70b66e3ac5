"""The error rate and the power of the list of shortcuts, on drawn texts."""

from stateline.pipeline.bench.shortcuts import Setting, simulate


def test_where_nothing_is_planted_nothing_is_listed() -> None:
    settings = [Setting(texts=1_500, shift=shift, classes=2 + shift) for shift in (False, True)]
    for seed, setting in enumerate(settings):
        assert simulate(setting, seed).false == 0


def test_tokens_of_100_training_texts_are_found() -> None:
    outcome = simulate(Setting(texts=2_000, tokens=1), 1)
    assert outcome.rate <= 0.05
    for (_, count), hits in outcome.found.items():
        assert count < 100 or all(hits)
    assert len(outcome.found) == 8
