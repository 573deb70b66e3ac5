"""An app served from a thread, and stopped by that thread itself."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from waitress.wasyncore import close_all

from stateline.app.main import create_app, open_server


@contextmanager
def served(store: Path) -> Iterator[str]:
    """Address of the app over a store, until the block ends.

    Sockets closed from outside are waited for by the server's own thread: it would end in an error
    that fails some other test, or wake a pipe that has become somebody else's.
    """
    server = open_server(create_app(store), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.trigger.pull_trigger(lambda: close_all(server._map, ignore_all=True))
        thread.join(timeout=20)
        server.task_dispatcher.shutdown()
