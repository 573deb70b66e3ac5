"""Typing a text: the button that opens its panel, the panel, and the button that edits a text."""

from dash import html

from stateline.app import ids
from stateline.app.layout.elements import attributes


def type_button(hidden: bool = False) -> html.Button:
    """Opens the panel, empty or as it was left; hidden where a sequence is no text."""
    return html.Button(
        "Type a text",
        id=ids.TYPED_OPEN,
        className="text-button",
        type="button",
        title="Let the model read a text of your own",
        hidden=hidden,
        **attributes(aria_controls=ids.TYPED_PANEL, aria_expanded="false"),
    )


def edit_button(hidden: bool = False) -> html.Button:
    """Opens the panel with the text that is shown; hidden where a sequence is no text."""
    return html.Button(
        "Edit",
        id=ids.DETAIL_EDIT,
        className="tool-button",
        type="button",
        title="Change the text and let the model read it again",
        hidden=hidden,
    )


def typed_panel() -> html.Section:
    """The panel; its script fills it in."""
    return html.Section(
        id=ids.TYPED_PANEL,
        className="block typed-panel",
        hidden=True,
        **attributes(aria_label="Type a text"),
    )
