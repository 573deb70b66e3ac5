"""Who may use the app: host names, pages of other sites, the token."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from stateline.app.main import create_app
from stateline.app.web.access import Access, access_to
from stateline.store.errors import StatelineError

PLACES = ["/", "/health", "/data/synthetic/lengths", "/report/synthetic/0.html", "/nowhere",
          "/assets/base.css", "/_dash-layout", "/data/nothing/rows"]  # fmt: skip


def client_of(store: Path, access: Access) -> FlaskClient:
    return create_app(store, access=access).server.test_client()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("10.0.0.1:8050", 421),
        ("0.0.0.0", 421), ("", 400), ("a b", 400), ("localhost@evil", 400), ("[::1", 400),
        ("localhost:port", 400), ("localhost, evil", 400), ("local\x7fhost", 400),
    ],
)  # fmt: skip
def test_a_request_for_another_name_is_one_line(
    client: FlaskClient, place: str, host: str, status: int
) -> None:
    answer = client.get(place, headers={"Host": host}, environ_overrides={"HTTP_HOST": host})
    assert answer.status_code == status and answer.text.startswith("host: not a name of this app")
    assert "\n" not in answer.text and "--allow-host" in answer.text


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8050", "127.0.0.1:1", "[::1]:8050", "lab.example", "10.0.0.5"]
)
def test_own_names_at_any_port_are_answered(store: Path, host: str) -> None:
    client = client_of(store, access_to("10.0.0.5", ["Lab.Example"], no_auth=True))
    assert client.get("/health", environ_overrides={"HTTP_HOST": host}).status_code == 200


def test_an_app_at_all_addresses_takes_any_of_them_and_no_other_name(store: Path) -> None:
    client = client_of(store, access_to("0.0.0.0", no_auth=True))
    for host, status in (("192.168.3.4:80", 200), ("[fe80::1]", 200), ("evil.example", 421)):
        found = client.get("/health", environ_overrides={"HTTP_HOST": host})
        assert found.status_code == status, host


FOREIGN = [
    {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://localhost:3000"},
    {"Origin": "http://["}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
]  # fmt: skip


@pytest.mark.parametrize("sent", FOREIGN, ids=str)
@pytest.mark.parametrize("place", ["/data/binary/typed", "/_dash-update-component", "/nowhere"])
def test_what_another_site_s_page_posts_is_refused(
    client: FlaskClient, place: str, sent: dict[str, str]
) -> None:
    answer = client.post(place, json={}, headers=sent)
    assert answer.status_code == 403 and answer.text.startswith("origin: ")
    assert "\n" not in answer.text


@pytest.mark.parametrize(
    "sent", [{}, {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}], ids=str
)
def test_what_the_app_s_own_page_posts_is_read(client: FlaskClient, sent: dict[str, str]) -> None:
    answer = client.post("/_dash-update-component", json={}, headers=sent)
    assert answer.status_code == 400 and answer.text.startswith("callback: ")


def test_a_proxy_that_is_allowed_may_have_another_scheme_and_port(store: Path) -> None:
    client = client_of(store, access_to("127.0.0.1", ["lab.example"]))
    sent = {"Origin": "https://lab.example"}
    assert client.post("/_dash-update-component", json={}, headers=sent).status_code == 400


def test_a_link_leads_here_and_a_picture_does_not(client: FlaskClient) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    document = link | {"Sec-Fetch-Dest": "document"}
    assert client.get("/report/synthetic/0.html", headers=document).status_code == 200
    for kind in ("iframe", "image", "embed"):
        refused = client.get("/report/synthetic/0.html", headers=link | {"Sec-Fetch-Dest": kind})
        assert refused.status_code == 403


# The token


@pytest.fixture
def guarded(store: Path) -> FlaskClient:
    return client_of(store, access_to("127.0.0.1", token="a+b & ü"))


@pytest.mark.parametrize("place", PLACES)
def test_without_the_token_nothing_is_answered(guarded: FlaskClient, place: str) -> None:
    for query in ("", "?token=", "?token=a", "?token=a%2Bb+%26"):
        answer = guarded.get(place + query)
        assert answer.status_code == 401 and answer.text.startswith("token: ")
        assert "\n" not in answer.text and "ü" not in answer.text
    guarded.set_cookie("stateline", "a+b & ü")
    assert guarded.get(place).status_code == 401


def test_the_token_becomes_a_cookie_and_leaves_the_address(guarded: FlaskClient) -> None:
    answer = guarded.get("/explore/synthetic?sequence=1&token=a%2Bb+%26+%C3%BC&filters=%5B%5D")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/explore/synthetic?sequence=1&filters=%5B%5D"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie
    assert "a+b" not in cookie and answer.headers["Cache-Control"] == "no-store"
    assert guarded.get("/explore/synthetic").status_code == 200
    assert guarded.post("/_dash-update-component", json={}).status_code == 400


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example", "///evil.example"])
def test_the_redirect_leads_to_no_other_host(guarded: FlaskClient, path: str) -> None:
    sent = {"PATH_INFO": path, "HTTP_HOST": "localhost"}
    answer = guarded.get("/?token=a%2Bb+%26+%C3%BC", environ_overrides=sent)
    assert answer.status_code == 303
    assert re.match(r"/(?![/\\])", answer.headers["Location"])


def test_two_apps_of_one_machine_keep_their_cookies_apart() -> None:
    names = {access_to("127.0.0.1", token=token).cookie[0] for token in ("a", "b")}
    assert len(names) == 2


def test_a_new_token_is_long_and_another_each_time() -> None:
    first, second = (access_to("0.0.0.0", token="").token for _ in range(2))
    assert first != second and len(first) >= 32


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "10.0.0.5", "lab.example"])
def test_other_machines_are_let_in_on_purpose_only(host: str) -> None:
    with pytest.raises(StatelineError, match="every machine that reaches this one.*--token"):
        access_to(host)
    assert access_to(host, no_auth=True).token is None
    assert access_to(host, token="x").token == "x"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "::1", "127.0.0.2"])
def test_this_machine_needs_no_token(host: str) -> None:
    assert access_to(host).token is None and access_to(host).knows(host.lower())


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"token": "a", "no_auth": True}, "^--no-auth: contradicts --token"),
        ({"token": " "}, "^--token: has a blank"),
        ({"token": "a\nb"}, "^--token: has a blank"),
        ({"allowed": ["http://lab"]}, "^--allow-host: no name of a host"),
        ({"allowed": [""]}, "^--allow-host: no name of a host"),
    ],
)
def test_options_that_cannot_be_are_one_line(options: dict, line: str) -> None:
    with pytest.raises(StatelineError, match=line):
        access_to("127.0.0.1", **options)
