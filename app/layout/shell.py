"""The document around all pages, and the parts that they share: header, selects, headings."""

from collections.abc import Iterable
from html import escape

import dash
import dash_bootstrap_components as dbc
from dash import dcc, html

from stateline.app import addresses, ids
from stateline.app.layout.elements import Children, Option, attributes

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
    """Return the HTML document around the app."""
    return INDEX


def modules_meta(prefix: str) -> str:
    """Return the tag that tells callbacks.js where the ES modules are."""
    return f'<meta name="stateline-modules" content="{escape(prefix)}">'


def preload_tags(modules: Iterable[str]) -> str:
    """Return the tags that make the browser request modules at once.

    Without them it learns of each module only from the one that imports it.
    """
    return "".join(f'<link rel="modulepreload" href="{escape(each)}">' for each in modules)


def shell() -> html.Div:
    """Return the layout that stays while pages change: tooltip and live region."""
    return html.Div(
        [
            dash.page_container,
            html.Div(id=ids.TOOLTIP, className="tooltip-card", hidden=True, role="tooltip"),
            html.Div(
                id=ids.LIVE,
                className="visually-hidden",
                role="status",
                **attributes(aria_live="polite"),
            ),
        ],
        className="shell",
    )


def header(choices: Children = (), run: str | None = None, page: str | None = None) -> html.Header:
    """Return the bar at the top: name, choices, links to other pages, light or dark.

    choices  labelled selects, from `choice`
    run      name of the page's run, if it has one: the run's other pages are linked
    page     key of addresses.RUN_PAGES, the page that is shown
    """
    return html.Header(
        [
            dcc.Link(
                [html.Img(src="/assets/icon.svg", alt="", className="brand-icon"), "Stateline"],
                href=addresses.GALLERY,
                className="brand",
            ),
            html.Div(choices, className="header-choices"),
            html.Nav(
                [
                    *(_page_link(run, key, page) for key in addresses.RUN_PAGES if run),
                    dcc.Link("Runs", href=addresses.GALLERY, className="nav-link-plain"),
                    dcc.Link("Help", href=addresses.HELP, className="nav-link-plain"),
                ],
                className="header-nav",
                **attributes(aria_label="Pages"),
            ),
            html.Button(
                html.Span(className="theme-glyph", **attributes(aria_hidden="true")),
                id=ids.THEME_SWITCH,
                className="icon-button",
                type="button",
                title="Light or dark",
                **attributes(aria_label="Switch between light and dark"),
            ),
        ],
        className="header",
    )


def _page_link(run: str, key: str, shown: str | None) -> dcc.Link:
    """Return a link to a page of a run; the page that is shown is marked."""
    current = " nav-link-current" if key == shown else ""
    return dcc.Link(
        addresses.RUN_PAGES[key],
        href=addresses.of_page(key, run),
        className=f"nav-link-plain{current}",
    )


def choice(name: str, element_id: str, options: list[Option], value: str | None) -> html.Label:
    """Return a labelled select."""
    return html.Label(
        [
            html.Span(name, className="choice-name"),
            dbc.Select(id=element_id, options=options, value=value, size="sm"),
        ],
        className="choice",
    )


def block_title(text: str, scope: str, scope_id: str | None = None) -> html.Div:
    """Return the heading of a block of a pane, and beside it which data its numbers are of.

    scope_id  id of the scope's element, where a script writes it
    """
    label = (
        html.Span(scope, className="scope", id=scope_id)
        if scope_id
        else html.Span(scope, className="scope")
    )
    return html.Div([html.H2(text), label], className="block-title")
