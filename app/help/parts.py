"""What several sections of the help page are made of."""

from dash import html


def terms(pairs: tuple[tuple[str, str], ...]) -> html.Dl:
    """Names, each with what there is to say of it."""
    rows = [html.Div([html.Dt(name), html.Dd(text)]) for name, text in pairs]
    return html.Dl(rows, className="help-terms")
