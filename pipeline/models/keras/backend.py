"""Keras with its TensorFlow backend, imported without TensorFlow's start-up messages.

Native code writes messages on processors and drivers before any log level applies, so the
standard error stream is redirected during the import; where the import fails they are shown.
"""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def stderr_set_aside() -> Iterator[None]:
    """Redirect the standard error stream, and show what was written only on failure."""
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

# Keras and TensorFlow ship no types: a symbolic or eager tensor, which NumPy operators work on.
Tensor = Any

__all__ = ["Tensor", "keras", "tf"]
