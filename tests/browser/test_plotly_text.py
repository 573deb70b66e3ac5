"""Plotly draws names letter by letter, whatever is in them."""

import numpy as np

from stateline.app.decisions.charts import ClassLines, lines_chart
from stateline.app.decisions.traces import step_axis
from tests.hostile import NAMES

DRAW = """async (figure) => {
    const element = document.createElement("div");
    document.body.append(element);
    await Plotly.newPlot(element, figure.data, figure.layout);
    const found = (selector) => [...element.querySelectorAll(selector)];
    const texts = (selector) => found(selector).map((each) => each.textContent);
    return [texts(".legendtext"), texts(".xtitle"), element.querySelectorAll("svg a").length];
}"""


def test_names_of_classes_are_drawn_letter_by_letter(page, site: str) -> None:
    page.goto(f"{site}/decisions/reviews")
    page.locator(".js-plotly-plot .legendtext").first.wait_for(state="attached")
    classes = ClassLines(list(NAMES), ["#123456"] * len(NAMES), [""] * len(NAMES))
    values = np.linspace(0, 1, 2 * len(NAMES)).reshape(-1, 2)
    figure = lines_chart(classes, values, step_axis(NAMES[0], 0, 1), ("{x}", "Right"))
    names, titles, links = page.evaluate(DRAW, figure)
    assert names == list(NAMES) and titles == [NAMES[0]] and links == 0
