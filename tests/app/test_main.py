"""The server: what it refuses, and what it does not load."""

import contextlib
import http.client
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import served

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_huge_body_is_refused_before_it_is_kept(store: Path, chunked: bool) -> None:
    part = b"x" * 100_000
    with served(store) as address:
        where = address.removeprefix("http://")
        caller = http.client.HTTPConnection(where, timeout=20)
        caller.putrequest("POST", "/_dash-update-component")
        caller.putheader("Content-Type", "application/json")
        if chunked:
            caller.putheader("Transfer-Encoding", "chunked")
        else:
            caller.putheader("Content-Length", str(200 * len(part)))
        caller.endheaders()
        # The server may close before all was sent: then sending fails, which is a refusal too.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for _ in range(200):
                caller.send(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
            caller.send(b"0\r\n\r\n" if chunked else b"")
        with contextlib.suppress(ConnectionError):
            assert caller.getresponse().status == 413
        again = http.client.HTTPConnection(where, timeout=20)
        again.request("GET", "/health")
        assert again.getresponse().status == 200


SERVES_WITHOUT_TENSORFLOW = """
import sys
from pathlib import Path
from stateline.app.main import create_app
client = create_app(Path(sys.argv[1])).server.test_client()
for path in ("/", "/_dash-layout", "/health", "/data/synthetic/points/lstm-pca",
             "/data/synthetic/sequence/0", "/data/synthetic/thumbnail.png",
             "/data/synthetic/rows?start=0&end=5"):
    assert client.get(path).status_code == 200, path
loaded = {name.partition(".")[0] for name in sys.modules}
heavy = loaded & {"tensorflow", "keras", "sklearn", "umap", "openTSNE"}
print(sorted(heavy | (set(sys.modules) & {"stateline.pipeline"})))
"""


@pytest.mark.slow
def test_importing_and_serving_loads_neither_tensorflow_nor_the_pipeline(store: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVES_WITHOUT_TENSORFLOW, str(store)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
