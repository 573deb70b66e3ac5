"""What every page stands in: the document, the header, the tooltip and the spoken line."""

import dash
import dash_bootstrap_components as dbc
from dash import dcc, html

from stateline.app import addresses, ids

# Dash fills in the names in braces. No favicon placeholder: the icon is a vector.
INDEX = """<!DOCTYPE html>
<html lang="en">
  <head>
    {%metas%}
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>{%title%}</title>
    <link rel="icon" type="image/svg+xml" href="/assets/icon.svg">
    <script src="/assets/early.js"></script>
    {%css%}
  </head>
  <body>
    <noscript>Stateline draws in the browser and needs JavaScript.</noscript>
    {%app_entry%}
    <footer>{%config%}{%scripts%}{%renderer%}</footer>
  </body>
</html>
"""


def index_page() -> str:
    """The HTML document around the app."""
    return INDEX


def shell() -> html.Div:
    """The layout that stays while pages change."""
    return html.Div(
        [
            dash.page_container,
            html.Div(id=ids.TOOLTIP, className="tooltip-card", hidden=True, role="tooltip"),
            html.Div(
                id=ids.LIVE, className="visually-hidden", role="status", **{"aria-live": "polite"}
            ),
        ],
        className="shell",
    )


def header(
    controls: list | None = None, run: str | None = None, page: str | None = None
) -> html.Header:
    """The slim bar at the top: name, choices of the page, ways to other pages, light or dark.

    controls  labelled choices, from `choice`
    run       name of the run that the page is of, if any: its other pages are one click away
    page      key of addresses.RUN_PAGES, the one that is shown
    """
    return html.Header(
        [
            dcc.Link(
                [html.Img(src="/assets/icon.svg", alt="", className="brand-icon"), "Stateline"],
                href=addresses.GALLERY,
                className="brand",
            ),
            html.Div(controls or [], className="header-choices"),
            html.Nav(
                [
                    *(_page_link(run, key, page) for key in addresses.RUN_PAGES if run),
                    dcc.Link("Runs", href=addresses.GALLERY, className="nav-link-plain"),
                    dcc.Link("Help", href=addresses.HELP, className="nav-link-plain"),
                ],
                className="header-nav",
                **{"aria-label": "Pages"},
            ),
            html.Button(
                html.Span(className="theme-glyph", **{"aria-hidden": "true"}),
                id=ids.THEME_SWITCH,
                className="icon-button",
                type="button",
                title="Light or dark",
                **{"aria-label": "Switch between light and dark"},
            ),
        ],
        className="header",
    )


def _page_link(run: str, key: str, shown: str | None) -> dcc.Link:
    """A link to a page of a run; the one shown is marked."""
    current = " nav-link-current" if key == shown else ""
    return dcc.Link(
        addresses.RUN_PAGES[key],
        href=addresses.of_page(key, run),
        className=f"nav-link-plain{current}",
    )


def choice(name: str, element_id: str, options: list[dict], value: str | None) -> html.Label:
    """A labelled select of the header; `options` are Dash's {"label", "value"}."""
    return html.Label(
        [
            html.Span(name, className="choice-name"),
            dbc.Select(id=element_id, options=options, value=value, size="sm"),
        ],
        className="choice",
    )


def block_title(text: str, scope: str, scope_id: str | None = None) -> html.Div:
    """Heading of a block of a pane, and beside it what its figures are over.

    scope_id  id of the scope, where a script writes it
    """
    named = {"id": scope_id} if scope_id else {}
    return html.Div(
        [html.H2(text), html.Span(scope, className="scope", **named)], className="block-title"
    )
