"""Kinds of state of a run: derived from its manifest once."""

import pytest
from flask.testing import FlaskClient

from stateline.app.queries import state_kinds as queries
from stateline.store.reader import Run


def test_the_kinds_of_a_run_are_derived_once_for_all_requests(
    client: FlaskClient, several: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = queries.state_kinds(several)
    assert queries.state_kinds(several) is first

    def again(*_: object) -> None:
        raise AssertionError("derived again")

    monkeypatch.setattr(queries, "_state_kinds", again)
    assert queries.state_kind(several, "lstm-pca") == first[0]
    assert client.get("/data/synthetic/sequence/1").status_code == 200
    assert client.get("/report/synthetic/1.html").status_code == 200
