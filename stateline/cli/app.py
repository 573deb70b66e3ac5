"""`stateline app`: serve a store."""

import click

from stateline.cli.options import STORE


@click.command()
@click.argument("store", envvar="STORE", default=STORE, type=click.Path())
@click.option("--port", type=int, default=8050, show_default=True, help="Port to listen on.")
@click.option("--host", default="127.0.0.1", help="Address to listen on [default: this machine].")
@click.option(
    "--models",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="Runs whose models are kept loaded for typed texts, 0.8 GB or more each.",
)
def app(store: str, port: int, host: str, models: int) -> None:
    """Open a store in the browser: a folder of runs, or one run's folder.

    STORE is $STORE where it is not named, else store/data. Needs no TensorFlow. Ctrl+C stops it.

    \b
    Examples:
      stateline app
      stateline app unpacked --port 8051
    """
    # Loads Dash, which no other command needs.
    from stateline.app.main import serve

    serve(store, host, port, models)
