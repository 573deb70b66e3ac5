"""The app over a store, and its server."""

import socket
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import dash
from flask import request

from stateline.app import callbacks, pages
from stateline.app.layout.shell import index_page, modules_meta, preload_tags, shell
from stateline.app.routes import MAX_BODY, add_routes
from stateline.app.typed.client import EXTENSION as TYPING
from stateline.app.typed.client import MAX_MODELS, Typing
from stateline.app.web.access import (
    ALL_ADDRESSES,
    PARAMETER,
    Access,
    access_to,
    add_access,
    is_loopback,
)
from stateline.app.web.callback_guard import add_guard
from stateline.app.web.headers import add_headers, page_policy
from stateline.app.web.modules import current_modules
from stateline.app.web.registry import EXTENSION, Registry
from stateline.app.web.server import Server
from stateline.store.errors import StatelineError

DEFAULT_PORT, LAST_PORT = 8050, 65_535
LOCAL = Access()  # this machine only


class _Dash(dash.Dash):
    """Dash whose document names the modules of the page that it is requested for."""

    @cached_property
    def policy(self) -> str:
        """Content-Security-Policy of the pages; Dash adds a script with the first request."""
        return page_policy(self.csp_hashes())

    def interpolate_index(self, *args: Any, **parts: Any) -> str:
        modules = current_modules()
        parts["metas"] += modules_meta(modules.prefix)
        # After Dash's scripts, which take longer: the browser asks in the order of the document.
        parts["renderer"] += preload_tags(modules.of_page(request.path))
        return str(super().interpolate_index(*args, **parts))  # type: ignore[no-untyped-call]


def create_app(store: Path, models: int = MAX_MODELS, access: Access = LOCAL) -> dash.Dash:
    """Return the app over one store: a folder of runs, or the folder of a single run.

    Runs are looked for at each request, so the store may still be empty.

    models  runs whose models are kept loaded at once
    access  who may use it
    """
    app = _Dash(
        "stateline.app",
        use_pages=True,
        pages_folder="",  # Registered below: the same modules serve several apps in one process.
        title="Stateline",
        update_title="",  # The title stays while a callback runs.
        index_string=index_page(),
        # A page asks for its own ES modules under client/; Dash tags what is left, classic scripts.
        assets_path_ignore=["^client$", "^preact-signals$", "^plotly$"],
        # early.js is in the head, before the first paint; report.css belongs to the report alone.
        assets_ignore=r"early\.js|report\.css",
        compress=False,
        enable_mcp=False,
        health_endpoint=None,  # Ours says how many runs there are.
    )
    app.server.extensions[EXTENSION] = Registry(store)
    app.server.extensions[TYPING] = Typing(most=models)
    add_access(app.server, access)
    add_routes(app.server)
    add_guard(app)
    pages.register()
    app.layout = shell()
    callbacks.register(app)
    add_headers(app.server, lambda: app.policy)
    return app


def open_store(text: str) -> Path:
    """Return the store's folder.

    raises  StatelineError  there is no such folder
    """
    folder = Path(text).expanduser().resolve()
    if not folder.is_dir():
        raise StatelineError(
            text,
            "missing store",
            expected="a folder of runs",
            got="a file" if folder.exists() else "nothing",
            fix="Build a run: stateline build demo-reviews (in a checkout: make all), or name "
            "another store: stateline app FOLDER",
        )
    return folder


def open_server(app: dash.Dash, host: str, port: int) -> Server:
    """Return a server that listens.

    raises  StatelineError  the address is taken, or not one of this machine
    """
    where = f"{host}:{port}"
    other = port + 1 if 0 < port < LAST_PORT else DEFAULT_PORT
    fix = (
        f"Choose another port: stateline app --port {other} (in a checkout: make app PORT={other})"
    )
    if not 0 <= port <= LAST_PORT:  # The socket would silently take the remainder.
        raise StatelineError(where, "unknown port", expected=f"0 to {LAST_PORT:,}", fix=fix)
    try:
        return Server(app.server, host, port, MAX_BODY)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StatelineError(where, f"cannot listen there ({reason})", fix=fix) from error


def greeting(store: Path, registry: Registry, host: str, port: int, access: Access) -> str:
    """Return a line with the address and the runs found; of an open app, one on who can use it."""
    names = [run.name for run in registry.runs()]
    broken = len(registry.broken())
    found = f"{len(names)} run{'' if len(names) == 1 else 's'}"
    if names:
        found += f" ({', '.join(names[:8])}{', …' if len(names) > 8 else ''})"
    if broken:
        found += f" and {broken} that cannot be opened"
    address = f"http://{address_of(host)}:{port}/"
    if access.token:
        address += f"?{urlencode({PARAMETER: access.token})}"
    line = f"Stateline: {address} shows {found} in {store}. Ctrl+C stops it."
    if is_loopback(host):
        return line
    who = "Whoever has this address" if access.token else "Every machine that reaches this one"
    return f"{line}\n{who} can read these runs and use their models; nothing is encrypted (HTTP)."


def address_of(host: str) -> str:
    """Return the host of an address at which other machines reach an app that listens at `host`."""
    if host in ALL_ADDRESSES:
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host


def serve(
    store: str,
    host: str,
    port: int,
    models: int = MAX_MODELS,
    allowed: Iterable[str] = (),
    token: str | None = None,
    no_auth: bool = False,
) -> None:
    """Serve a store until interrupted.

    models                   runs whose models are kept loaded at once
    allowed, token, no_auth  see stateline.app.web.access.access_to
    raises  StatelineError for a missing store, an address at which nothing can listen, or one that
            others reach without a token
    """
    folder = open_store(store)
    access = access_to(host, allowed, token, no_auth)
    app = create_app(folder, models, access)
    server = open_server(app, host, port)
    registry = app.server.extensions[EXTENSION]
    print(greeting(folder, registry, host, server.port, access), flush=True)
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()
        app.server.extensions[TYPING].close()
