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
@click.option(
    "--allow-host",
    "allowed",
    multiple=True,
    metavar="NAME",
    help="Another name at which browsers find the app, such as that of a proxy; may be repeated.",
)
@click.option(
    "--token",
    is_flag=False,
    flag_value="",
    envvar="STATELINE_TOKEN",
    metavar="[VALUE]",
    help="Secret without which the app answers nothing; a new one where VALUE is left out.",
)
@click.option("--no-auth", is_flag=True, help="Let other machines use the app without a token.")
def app(
    store: str,
    port: int,
    host: str,
    models: int,
    allowed: tuple[str, ...],
    token: str | None,
    no_auth: bool,
) -> None:
    """Open a store in the browser: a folder of runs, or one run's folder.

    STORE is $STORE where it is not named, else store/data. Needs no TensorFlow. Ctrl+C stops it.

    Only this machine can use the app. With another --host others can too, so a --token is needed:
    the address that is printed holds it. Requests for other names than the app's are refused.

    \b
    Examples:
      stateline app
      stateline app unpacked --port 8051
      stateline app --host 0.0.0.0 --token
    """
    # Loads Dash, which no other command needs.
    from stateline.app.main import serve

    serve(store, host, port, models, allowed, token, no_auth)
