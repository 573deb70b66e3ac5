"""Text of a layout, for tests of pages."""

from dash.development.base_component import Component


def text_of(part: object) -> str:
    """All text of a layout, in order."""
    if isinstance(part, Component):
        return text_of(getattr(part, "children", None))
    if isinstance(part, list | tuple):
        return " ".join(map(text_of, part))
    return "" if part is None else str(part)
