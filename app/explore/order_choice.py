"""The choice of a ready order above the table of sequences."""

from typing import Any

from dash import html

from stateline.app import ids
from stateline.app.layout.elements import attributes
from stateline.app.queries.orders import ORDERS, Order
from stateline.app.queries.table import OF_ORDERS

AS_STORED = "As stored"


def order_choice() -> html.Div:
    """A select of the ready orders; a script sets it and says under it what the order shows."""
    options = [html.Option(AS_STORED, value="", title="All, in the order of the store")]
    options += [
        html.Option(each.name, value=key, title=each.says, **_column(each))
        for key, each in ORDERS.items()
    ]
    return html.Div(
        [
            html.Label("Order", htmlFor=ids.ORDER_SELECT, className="choice-name"),
            html.Select(options, id=ids.ORDER_SELECT, className="form-select"),
            html.P(id=ids.ORDER_NOTE, className="note order-note", role="status", hidden=True),
        ],
        className="choice order-choice",
    )


def _column(order: Order) -> dict[str, Any]:
    """Return the attribute that names the column of an order, where it is not always shown."""
    return attributes(data_column=order.shows) if order.shows in OF_ORDERS else {}
