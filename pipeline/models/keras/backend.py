"""Keras with TensorFlow behind it, imported without its start-up notes.

The notes on processors and drivers are written before any log level counts, by
native code, so the standard error stream itself is set aside during the import;
where the import fails they are shown.
"""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stderr_set_aside() -> Iterator[None]:
    """Keep what is written to the standard error stream, and show it only on failure."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as aside:
        os.dup2(aside.fileno(), 2)
        try:
            yield
        except BaseException:
            aside.seek(0)
            os.write(kept, aside.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


with stderr_set_aside():
    import keras
    import tensorflow as tf

# Batches differ in width on purpose; TensorFlow settles on an open shape after a few.
logging.getLogger("tensorflow").setLevel(logging.ERROR)

__all__ = ["keras", "tf"]
