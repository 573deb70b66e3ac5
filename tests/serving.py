"""An app served from a thread, and stopped by that thread itself."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stateline.app.main import create_app, open_server


@contextmanager
def served(store: Path) -> Iterator[str]:
    """Address of the app over a store, until the block ends."""
    server = open_server(create_app(store), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.stop()
        thread.join(timeout=20)
        server.close()
