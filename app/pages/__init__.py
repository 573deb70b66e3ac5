"""The pages, each a layout that is built when it is asked for."""

import dash

from app.pages import decisions, explore, gallery, missing, units, words
from app.pages import help as help_page


def register() -> None:
    """Tell Dash of every page; after the app exists, before its first request."""
    dash.register_page(
        gallery.__name__, path="/", title="Stateline", name="Gallery", layout=gallery.layout
    )
    dash.register_page(
        explore.__name__,
        path_template="/explore/<run>",
        title=explore.title,
        name="Explore",
        layout=explore.layout,
    )
    for page, name in ((words, "Words"), (decisions, "Decisions"), (units, "Units")):
        dash.register_page(
            page.__name__,
            path_template=f"/{name.lower()}/<run>",
            title=page.title,
            name=name,
            layout=page.layout,
        )
    dash.register_page(
        help_page.__name__,
        path="/help",
        title="Help · Stateline",
        name="Help",
        layout=help_page.layout,
    )
    # Dash shows the page of this name for every address that no other page has.
    dash.register_page(
        "app.pages.not_found_404", path="/404", title="Stateline", layout=missing.layout
    )
