"""The header's choice of a run, the same on every page of a run."""

from dash import html

from stateline.app import ids
from stateline.app.layout.shell import choice
from stateline.app.web.registry import current
from stateline.store.reader import Run


def run_choice(run: Run | None) -> html.Label:
    """Leads to the same page of another run; empty where Dash only asks for the elements."""
    if run is None:
        return choice("", ids.RUN_SELECT, [], None)
    names = [{"label": other.name, "value": other.name} for other in current().runs()]
    return choice("Run", ids.RUN_SELECT, names, run.name)
