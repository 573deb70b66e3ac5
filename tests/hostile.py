"""Malformed and hostile requests, seeded: what a broken client, a scanner or an attacker sends."""

import asyncio
import json
import random
import re
from collections.abc import Callable, Iterator

from stateline.store.reader import Run

SECONDS = 5.0  # that an answer is waited for; half a request gets none
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PRI",
           "get", "G\x00T", "", "X" * 300)  # fmt: skip
VALUES: tuple[object, ...] = (
    None, True, 0, -1, 1.5, 1e308, 2**70, "", "x", "../..", "\x00", "%00", "<b>", "'", '"',
    "a" * 5000, [], [[]], {}, {"a": 1}, ["x"] * 50, "NaN", "١", "é", "../manifest.json",
)  # fmt: skip
HOSTS = ("", "evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost@evil",
         "[", "]:", "[::1", "127.0.0.1:99999", "a b", "\xff", "a, b", "x" * 5000)  # fmt: skip
# Of classes: what Plotly would read as tags, entities, templates and formulas.
NAMES = (
    "<b>bold</b><br>&amp; <a href='x'>", "%{meta.title} {x} {0}", "&lt;i&gt; R&D &#60;",
    "$x^2$ 5 < 6",
)  # fmt: skip
ORIGINS = ("null", "http://evil.example", "http://127.0.0.1:1", "", "http://[", "\x7f", "file://")


def hostile_requests(run: Run, host: str, count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield a name and the bytes of each request.

    run   whose routes are asked
    host  that the server takes as its own
    """
    draw = random.Random(seed)
    kinds: list[Callable[[random.Random, Run, str], bytes]] = [
        method, path, query, headers, lengths, chunked, half, garbage, host_header, origin,
        callback, typed, nested, pipelined,
    ]  # fmt: skip
    for number in range(count):
        kind = kinds[number % len(kinds)]
        yield f"{kind.__name__} {number}", kind(draw, run, host)


async def exchange(host: str, port: int, data: bytes, seconds: float = SECONDS) -> list[int]:
    """Send bytes, end the sending half of the connection, and return the statuses answered."""
    answer = b""
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(data)
                if writer.can_write_eof():
                    writer.write_eof()
                while part := await reader.read(65536):
                    answer += part
            finally:
                writer.close()
    except (TimeoutError, OSError):
        pass
    return [int(each) for each in re.findall(rb"^HTTP/1\.[01] (\d{3})", answer, re.MULTILINE)]


def request(
    target: str, host: str, body: bytes = b"", verb: str = "GET", more: dict[str, str] | None = None
) -> bytes:
    """Return the bytes of a request; nothing in it is checked or escaped."""
    fields = {"Host": host, "Connection": "close"}
    fields |= {"Content-Length": str(len(body))} if body else {}
    lines = [
        f"{verb} {target} HTTP/1.1",
        *(f"{k}: {v}" for k, v in (fields | (more or {})).items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body


def method(draw: random.Random, run: Run, host: str) -> bytes:
    """A verb that the address does not take, or that is none."""
    places = ["/", "/health", f"/data/{run.name}/rows", f"/data/{run.name}/typed"]
    return request(draw.choice(places), host, b"x" * draw.randrange(20), draw.choice(METHODS))


def path(draw: random.Random, run: Run, host: str) -> bytes:
    """An address with odd characters, climbing out of its folder, or very long."""
    parts = ["data", "report", run.name, "sequence", "points", "..", "%2e%2e", "%00", "", "-1",
             "9" * 40, "\x00", "\xff", "%ff", "%", "~", "assets", "modules",
             "_dash-component-suites", "x" * 3000, "thumbnail.png", "states.csv",
             "1.html", "units", "match"]  # fmt: skip
    return request("/" + "/".join(draw.choices(parts, k=draw.randrange(1, 7))), host)


def query(draw: random.Random, run: Run, host: str) -> bytes:
    """A data route whose query has values of the wrong kind, twice, or none."""
    routes = ["rows", "words", "words/points", "words/occurrences", "words/places", "passing",
              "sequence/0", "neighbours/0/0", "units/0/match", "labels/lstm-pca", "units",
              "states.csv", "colours/expected", "position/0", "thumbnail.png"]  # fmt: skip
    keys = ["start", "end", "filters", "projection", "sort", "columns", "order", "k", "from", "to",
            "threshold", "layer", "phrase", "kinds", "distance", "v", "token", "class"]  # fmt: skip
    pairs = [f"{draw.choice(keys)}={_query_value(draw)}" for _ in range(draw.randrange(6))]
    return request(f"/data/{run.name}/{draw.choice(routes)}?{'&'.join(pairs)}", host)


def _query_value(draw: random.Random) -> str:
    value = draw.choice(VALUES)
    text = value if isinstance(value, str) else json.dumps(value)
    return "".join(
        f"%{byte:02x}" if not chr(byte).isalnum() else chr(byte) for byte in text.encode()
    )


def headers(draw: random.Random, run: Run, host: str) -> bytes:
    """Headers that are huge, many, doubled, without a colon, or with control characters."""
    lines = draw.choice([
        ["X: " + "x" * draw.choice([1000, 70_000, 300_000])],
        [f"X-{i}: {i}" for i in range(draw.choice([50, 5000]))],
        ["no colon"], [": no name"], ["X : space"], ["X: a\x00b"], ["X: a\rb"], [" folded"],
        ["Host: twice"], ["Cookie: " + ";" * 1000], ["If-None-Match: " + '"' * 1000],
        ["Accept-Encoding: \xff"], ["Range: bytes=9-1"], ["Content-Type: text/html; charset=\x7f"],
        ["Expect: 100-continue"], ["Upgrade: websocket"], ["Transfer-Encoding: gzip"],
    ])  # fmt: skip
    head = [f"GET /data/{run.name}/lengths HTTP/1.1", f"Host: {host}", "Connection: close", *lines]
    return "\r\n".join([*head, "", ""]).encode("latin-1", "replace")


def lengths(draw: random.Random, run: Run, host: str) -> bytes:
    """A body that is shorter or longer than its length, or whose length is none."""
    length = draw.choice(
        ["-1", "0", "1", "5", "1e3", "0x10", "99999999999999999999", "5, 6", "", "+5", "５"]
    )
    body = b"x" * draw.choice([0, 1, 5, 6, 1000])
    target = f"/data/{run.name}/typed"
    return request(target, host, body, "POST", {"Content-Length": length})


def chunked(draw: random.Random, run: Run, host: str) -> bytes:
    """A body in chunks whose sizes or ends are wrong."""
    body = draw.choice([
        b"5\r\nhello\r\n0\r\n\r\n", b"5\r\nhel", b"zz\r\nhello\r\n0\r\n\r\n", b"-5\r\nhello\r\n",
        b"ffffffffffffffff\r\nx", b"5;ext=\x00\r\nhello\r\n0\r\n\r\n", b"5\nhello\n0\n\n",
        b"\r\n\r\n", b"0\r\nTrailer: x\r\n\r\n", b"5\r\nhelloXX0\r\n\r\n", b"",
    ])  # fmt: skip
    more = {
        "Transfer-Encoding": draw.choice(
            ["chunked", "chunked, chunked", "gzip, chunked", "Chunked"]
        )
    }
    if draw.random() < 0.3:
        more["Content-Length"] = "5"
    return request(f"/data/{run.name}/typed", host, b"", "POST", more) + body


def half(draw: random.Random, run: Run, host: str) -> bytes:
    """A request that ends in the middle."""
    whole = request(f"/data/{run.name}/typed", host, b'{"text": "a"}', "POST")
    return whole[: draw.randrange(len(whole))]


def garbage(draw: random.Random, run: Run, host: str) -> bytes:
    """Bytes that are no request: random, a TLS greeting, HTTP/2, another protocol."""
    return draw.choice([
        draw.randbytes(draw.randrange(1, 2000)),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + draw.randbytes(40),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET /\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
        b"\r\n" * 500, b"\x00" * 500, b"SSH-2.0-x\r\n", b"GET " + b"/" * 300_000,
        b"GET / HTTP/1.0\r\n\r\n",
    ])  # fmt: skip


def host_header(draw: random.Random, run: Run, host: str) -> bytes:
    """A name of the server that is not its own, or none."""
    target = draw.choice(
        ["/", f"/data/{run.name}/lengths", "http://evil.example/", "//evil.example/"]
    )
    return request(target, draw.choice(HOSTS))


def origin(draw: random.Random, run: Run, host: str) -> bytes:
    """A request that another site's page makes."""
    more = {"Origin": draw.choice(ORIGINS), "Content-Type": "application/json"}
    if draw.random() < 0.5:
        more["Sec-Fetch-Site"] = draw.choice(["cross-site", "same-site", "none", "x", ""])
    target = draw.choice([f"/data/{run.name}/typed", "/_dash-update-component"])
    return request(target, host, b"{}", "POST", more)


def callback(draw: random.Random, run: Run, host: str) -> bytes:
    """A callback of Dash whose body has another shape than the page sends."""
    body = {
        key: draw.choice(VALUES)
        for key in ("output", "outputs", "inputs", "state", "changedPropIds")
        if draw.random() < 0.8
    }
    if draw.random() < 0.5:
        body["output"] = ".._pages_content.children..._pages_store.data.."
    return request("/_dash-update-component", host, _json(body), "POST", _JSON)


def typed(draw: random.Random, run: Run, host: str) -> bytes:
    """A text or an attribution whose body has another shape than the page sends."""
    body = {
        key: draw.choice(VALUES)
        for key in ("text", "projection", "class", "sequence")
        if draw.random() < 0.6
    }
    # No text that could be read: that would measure the model.
    body["projection"], body["class"] = 5, "x"
    target = f"/data/{run.name}/{draw.choice(['typed', 'attribution'])}"
    return request(target, host, _json(draw.choice([body, [body], body["class"]])), "POST", _JSON)


def nested(draw: random.Random, run: Run, host: str) -> bytes:
    """JSON that is nested deeply, cut off, too large, or not UTF-8."""
    depth = draw.choice([100, 5000, 200_000])
    body = draw.choice([
        b"[" * depth, b'{"a":' * depth, b"[" * depth + b"]" * depth, b'{"text": "a',
        b"\xff\xfe{}", b"nan", b'{"text": "\\ud800"}', b"9" * depth, b'"' + b"x" * 1_100_000 + b'"',
    ])  # fmt: skip
    target = draw.choice([f"/data/{run.name}/typed", "/_dash-update-component"])
    return request(target, host, body, "POST", _JSON)


def pipelined(draw: random.Random, run: Run, host: str) -> bytes:
    """Several requests at once, or one hidden in the body of another."""
    first = request("/health", host, more={"Connection": "keep-alive"})
    hidden = request("/health", host, request("/nowhere", host), "POST", {"Content-Length": "4"})
    return draw.choice(
        [first * draw.randrange(2, 20), hidden, first + hidden, first + b"\x00garbage"]
    )


_JSON = {"Content-Type": "application/json"}


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
