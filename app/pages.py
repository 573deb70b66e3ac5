"""The pages, each a layout that is built on each visit."""

import dash

from stateline.app.addresses import (
    DECISIONS,
    EXPLORE,
    GALLERY,
    HELP,
    RUN_PAGES,
    UNITS,
    WORDS,
    template,
)
from stateline.app.decisions import page as decisions
from stateline.app.explore import page as explore
from stateline.app.gallery import page as gallery
from stateline.app.help import page as help_page
from stateline.app.layout import missing
from stateline.app.units import page as units
from stateline.app.words import page as words

OF_RUN = {EXPLORE: explore, WORDS: words, DECISIONS: decisions, UNITS: units}


def register() -> None:
    """Tell Dash of every page; after the app exists, before its first request."""
    dash.register_page(
        gallery.__name__, path=GALLERY, title="Stateline", name="Gallery", layout=gallery.layout
    )
    for page, layout in OF_RUN.items():
        dash.register_page(
            layout.__name__,
            path_template=template(page),
            title=layout.title,
            name=RUN_PAGES[page],
            layout=layout.layout,
        )
    dash.register_page(
        help_page.__name__,
        path=HELP,
        title="Help · Stateline",
        name="Help",
        layout=help_page.layout,
    )
    # Dash shows the page of this name for every address that no other page has.
    dash.register_page(
        "stateline.app.pages.not_found_404", path="/404", title="Stateline", layout=missing.layout
    )
