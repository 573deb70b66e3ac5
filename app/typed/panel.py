"""Typing a text: the button that opens its panel, the panel, and the button that edits a text."""

from dash import html

from stateline.app import ids
from stateline.app.layout.elements import attributes, text_button


def type_button(hidden: bool = False) -> html.Button:
    """Return the button that opens the panel; hidden where a sequence is no text."""
    return text_button(
        "Type a text",
        ids.TYPED_OPEN,
        "Let the model read a text of your own",
        hidden,
        aria_controls=ids.TYPED_PANEL,
        aria_expanded="false",
    )


def edit_button(hidden: bool = False) -> html.Button:
    """Return the button that opens the panel with the text shown; hidden where there is none."""
    return html.Button(
        "Edit",
        id=ids.DETAIL_EDIT,
        className="tool-button",
        type="button",
        title="Change the text and let the model read it again",
        hidden=hidden,
    )


def typed_panel() -> html.Section:
    """Return the panel, which its script fills in."""
    return html.Section(
        id=ids.TYPED_PANEL,
        className="block typed-panel",
        hidden=True,
        **attributes(aria_label="Type a text"),
    )
