"""An app served from a thread, and stopped by that thread itself."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stateline.app.main import create_app, open_server
from stateline.app.web.headers import page_policy


@contextmanager
def served(store: Path, evaluates: bool = False, **options: Any) -> Iterator[str]:
    """Address of the app over a store, until the block ends.

    evaluates  whether its pages may make scripts from texts, as Playwright's `wait_for_function`
               does; all else of their policy holds
    options    as of create_app
    """
    app = create_app(store, **options)
    if evaluates:
        app.server.test_client().get("/health")  # Dash adds its last script with a request.
        vars(app)["policy"] = page_policy(["'unsafe-eval'", *app.csp_hashes()])
    server = open_server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.stop()
        thread.join(timeout=20)
        server.close()
