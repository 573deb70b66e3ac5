"""The choice of layer and kind of state: map, bars, labels and the address follow it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stateline.store.reader import Run
from stateline.store.reader import open_run as open_folder
from tests.browser.conftest import choose_row, open_run
from tests.browser.test_explore import requests_during
from tests.synthetic import synthetic_run
from tests.synthetic_shape import BIDIRECTIONAL, Layer

FORWARD, BACKWARD = "bidirectional-forward", "bidirectional-backward"
MEASURED = "stateline.shown.main.sequence.measured"


@pytest.fixture(scope="module")
def layered(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of three layers, one with maps of its cell states; the head reads the first."""
    folder = synthetic_run(
        tmp_path_factory.mktemp("layered"), "layered", sequences=30, max_steps=25, units=6,
        classes=3, seed=6, minimum_steps=4, layers=(Layer(cell_maps=True), *BIDIRECTIONAL),
    )  # fmt: skip
    return open_folder(folder)


@pytest.fixture(scope="module")
def address(serve: Callable[[Path], str], layered: Run) -> str:
    """Where that run is."""
    return f"{serve(layered.folder.parent)}/explore/layered"


def shows(page, key: str) -> None:
    """Wait until the sequence is drawn with the distances of a kind of state."""
    page.wait_for_function(f"stateline.shown?.main && {MEASURED}.key === '{key}'")


def bars(page) -> list[float]:
    """Heights of the bars of the sequence that is open."""
    return page.eval_on_selector_all(
        "#distances [data-t] rect:first-child", "all => all.map(one => +one.getAttribute('height'))"
    )


def options(page, select: str, of: str = "value") -> list[str]:
    """Return the options of a select of the header, without the empty one of its component."""
    listed = f"all => all.filter(one => one.value).map(one => one.{of})"
    return page.eval_on_selector_all(f"#{select} option", listed)


def test_another_layer_moves_map_and_bars_and_keeps_the_method(page, address: str) -> None:
    open_run(page, address)
    choose_row(page, 2)
    page.select_option("#projection-select", "lstm-pca")
    page.wait_for_function("location.search.includes('lstm-pca')")
    shows(page, "lstm")
    assert options(page, "layer-select", "textContent") == [
        "lstm",
        "lstm · cell state",
        "bidirectional · forward",
        "bidirectional · backward",
    ]
    before, heights = page.evaluate("stateline.overlay.spot(1)"), bars(page)
    page.select_option("#layer-select", label="lstm · cell state")
    shows(page, "lstm:c")
    page.wait_for_function("location.search.includes('lstm-c-pca')")
    assert page.input_value("#projection-select") == "lstm-c-pca"
    assert bars(page) != heights and page.evaluate("stateline.overlay.spot(1)") != before
    assert "lstm · cell state: PCA" in page.inner_text("#legend")
    assert "in lstm · cell state" in page.inner_text("#distances-scope")


def test_bars_and_threshold_are_shares_of_the_layer_s_own_longest(
    page, address: str, layered: Run
) -> None:
    for layer, state in (("lstm", "c"), (FORWARD, "h")):
        map_ = f"{layer}-c-pca" if state == "c" else f"{layer}-pca"
        open_run(page, f"{address}?projection={map_}&sequence=3")
        page.wait_for_function("stateline.segments > 0")
        column = "distance_c" if state == "c" else "distance"
        moved = layered.hidden_of(3, layer)[column].to_list()
        largest = layered.layer(layer).max_distance[state]
        top = float(page.get_attribute("#distances .threshold-line", "data-top"))
        assert top == pytest.approx(max(max(moved) / largest, 0.4 * 1.08), abs=1e-4)
        heights = bars(page)
        for height, length in zip(heights, moved, strict=True):
            assert height == pytest.approx(max(0.5, 64 * length / largest / top), abs=0.02)
        page.hover("#distances [data-t='1'] .hit")
        share = f"{moved[1]:.3f} ({moved[1] / largest:.2f} of the longest)"
        assert share in page.inner_text("#tooltip")


def test_a_backward_layer_is_read_from_the_end(page, address: str, layered: Run) -> None:
    open_run(page, f"{address}?projection={BACKWARD}-tsne&sequence=0")
    page.wait_for_function("stateline.segments > 0")
    last = int(layered.sequences["length"][0]) - 1
    assert page.evaluate("stateline.shown.main.scene.order[0]") == last
    assert "read from the end" in page.inner_text("#distances-scope")
    assert "the trajectory starts at the last step" in page.inner_text("#legend")
    # Nothing leads to the first state read: its bar is that of the last word.
    assert page.get_attribute("#distances .first-bar >> xpath=..", "data-t") == str(last)
    # The segment between two states is the jump of the earlier word, which was read later.
    found = page.evaluate(
        """last => {
            for (let t = last - 1; t >= 0; t -= 1) {
                const [[ax, ay], [bx, by]] = [t + 1, t].map((step) => stateline.overlay.spot(step));
                const [x, y] = [(ax + bx) / 2, (ay + by) / 2];
                const under = stateline.overlay.under(x, y, 14);
                if (under?.segment && under.step === t) return [t, x, y];
            }
            return null;
        }""",
        last,
    )
    assert found is not None
    step, x, y = found
    frame = page.locator("#map-frame").bounding_box()
    page.mouse.move(frame["x"] + x, frame["y"] + y)
    page.wait_for_function(f"stateline.hovered?.segment && stateline.hovered.step === {step}")
    assert f"steps {step + 1} to {step}" in page.inner_text("#tooltip")
    lit = page.eval_on_selector_all("#words .lit", "all => all.map(one => +one.dataset.t)")
    assert lit == [step, step + 1]


def test_a_deep_link_and_back_restore_layer_and_projection(page, address: str) -> None:
    open_run(page, f"{address}?projection={BACKWARD}-pca&sequence=4")
    shows(page, BACKWARD)
    assert page.input_value("#layer-select") == BACKWARD
    assert page.input_value("#projection-select") == f"{BACKWARD}-pca"
    page.select_option("#layer-select", label="lstm")
    shows(page, "lstm")
    choose_row(page, 1)
    page.select_option("#layer-select", label="lstm · cell state")
    shows(page, "lstm:c")
    page.go_back()
    page.wait_for_function("stateline.sequenceShown === 4")
    shows(page, "lstm")
    page.wait_for_function("document.getElementById('layer-select').value === 'lstm'")
    assert page.input_value("#projection-select") == "lstm-pca"
    assert options(page, "projection-select") == ["lstm-pca", "lstm-tsne"]
    page.go_forward()
    page.wait_for_function("stateline.sequenceShown === 1")
    shows(page, "lstm:c")
    page.wait_for_function("document.getElementById('layer-select').value === 'lstm:c'")
    assert page.input_value("#projection-select") == "lstm-c-pca"


def test_hovering_another_layer_sends_no_request_and_the_next_sequence_one(
    page, address: str
) -> None:
    open_run(page, f"{address}?projection={BACKWARD}-tsne&sequence=5")
    page.wait_for_function("stateline.segments > 0")

    def hover() -> None:
        for part in ("words", "heatmap", "distances"):
            page.hover(f"#{part} [data-t='2']")
            page.wait_for_function("stateline.hoveredStep === 2")
            page.mouse.move(5, 5)
        page.hover("#distances [data-t='1'] .hit")

    assert requests_during(page, hover) == []

    def following() -> None:
        page.mouse.move(5, 5)
        page.click("#sequence-info .sequence-number")
        page.keyboard.press("ArrowDown")
        page.wait_for_function("stateline.sequenceShown === 6")

    sent = [each for each in requests_during(page, following) if "/sequence/" in each]
    assert len(sent) == 1 and f"projection={BACKWARD}-tsne" in sent[0]


def test_labels_of_all_and_the_pinned_sequence_follow_the_layer(page, address: str) -> None:
    open_run(page, f"{address}?labels=after-distance&distance=0.5&pinned=2&sequence=3")
    page.wait_for_function("stateline.pinnedShown === 2 && stateline.segments > 0")
    page.select_option("#layer-select", label="bidirectional · backward")
    shows(page, BACKWARD)
    pinned = "stateline.shown.pinned.sequence.measured.key"
    page.wait_for_function(f"{pinned} === '{BACKWARD}'")
    page.click("#detail-close")
    page.wait_for_function("stateline.labelsDrawn > 0")
    said = page.inner_text("#legend")
    page.select_option("#layer-select", label="lstm · cell state")
    page.wait_for_function("location.search.includes('lstm-c-tsne')")
    page.wait_for_function(
        "said => document.getElementById('legend').innerText !== said && stateline.labelsDrawn > 0",
        arg=said,
    )


def test_one_layer_looks_as_ever(page, site: str) -> None:
    open_run(page, f"{site}/explore/reviews?sequence=2")
    page.wait_for_function("stateline.segments > 0")
    assert options(page, "layer-select") == ["lstm"]
    scope = page.inner_text("#distances-scope")
    assert scope == "state change per word (1 = largest in this run)"
    page.hover("#distances [data-t='1'] .hit")
    assert "Layer" not in page.inner_text("#tooltip")
    assert page.inner_text("#legend .legend-note").startswith("t-SNE")
