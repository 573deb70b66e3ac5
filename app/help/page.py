"""The page `/help`: how to read each view, and a walk through the demo run."""

from dash import html

from stateline.app.help.sections import Section, sections
from stateline.app.help.walkthrough import walkthrough
from stateline.app.layout.elements import attributes
from stateline.app.layout.shell import header


def layout(**_: object) -> html.Div:
    """Return contents at the side and the sections; the walk is read from the store each time."""
    parts = sections(walkthrough())
    columns = html.Div([_contents(parts), _article(parts)], className="help-columns")
    return html.Div([header(), html.Main(columns, className="help")], className="page")


def _contents(parts: list[Section]) -> html.Nav:
    entries = [html.Li(html.A(part.title, href=f"#{part.anchor}")) for part in parts]
    return html.Nav(
        [html.P("On this page"), html.Ol(entries)],
        className="help-contents",
        **attributes(aria_label="Contents"),
    )


def _article(parts: list[Section]) -> html.Article:
    shown = [html.Section([html.H2(part.title), *part.body], id=part.anchor) for part in parts]
    return html.Article([html.H1("Help"), *shown], className="help-text")
