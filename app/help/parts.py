"""Building blocks of the help page's sections."""

from dash import html

from stateline.app.layout.elements import Child

Body = list[Child]  # of a section: paragraphs, lists and drawings


def terms(pairs: tuple[tuple[str, str], ...]) -> html.Dl:
    """Return a list of names, each with its explanation."""
    rows = [html.Div([html.Dt(name), html.Dd(text)]) for name, text in pairs]
    return html.Dl(rows, className="help-terms")
