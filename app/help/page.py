"""The page `/help`: how to read each view, and a walk through the demo run."""

from dash import html

from stateline.app.help.sections import sections
from stateline.app.help.walkthrough import walkthrough
from stateline.app.layout.elements import attributes
from stateline.app.layout.shell import header


def layout(**_: object) -> html.Div:
    """Contents at the side, one column to read; the walk is read from the store each time."""
    parts = sections(walkthrough())
    return html.Div(
        [
            header(),
            html.Main(
                html.Div(
                    [
                        html.Nav(
                            [
                                html.P("On this page"),
                                html.Ol(
                                    [
                                        html.Li(html.A(part.title, href=f"#{part.anchor}"))
                                        for part in parts
                                    ]
                                ),
                            ],
                            className="help-contents",
                            **attributes(aria_label="Contents"),
                        ),
                        html.Article(
                            [
                                html.H1("Help"),
                                *[
                                    html.Section([html.H2(part.title), *part.body], id=part.anchor)
                                    for part in parts
                                ],
                            ],
                            className="help-text",
                        ),
                    ],
                    className="help-columns",
                ),
                className="help",
            ),
        ],
        className="page",
    )
