"""Access to the app: by which names, from which pages, and with which secret.

A browser lets any page on the web send requests to this machine. So the name that a request is for
must be one of the app's own (else a page could give its own name the app's address, which is called
DNS rebinding), and the request must come from a page of the app, or lead a person to one.
"""

import hashlib
import hmac
import ipaddress
import re
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, urlencode, urlsplit

from flask import Flask, Request, Response, request

from stateline.app.web.responses import line_response
from stateline.store.errors import StatelineError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
ALL_ADDRESSES = ("", "0.0.0.0", "::")
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?", re.IGNORECASE)
NAME = re.compile(r"[a-z0-9._:-]+")
PARAMETER = "token"  # of an address
SAFE = {"GET", "HEAD", "OPTIONS"}
OWN = {None, "same-origin", "none"}  # of Sec-Fetch-Site: not said, a page of the app, a person


@dataclass(frozen=True)
class Access:
    """Who may use the app.

    hosts      names and addresses of the app, lower case
    allowed    further ones, at which a proxy may show it
    addresses  whether any numeric address is one, as for an app that listens at all of them
    token      secret that a browser must have sent; None: none is needed
    """

    hosts: frozenset[str] = LOOPBACK
    allowed: frozenset[str] = frozenset()
    addresses: bool = False
    token: str | None = None

    def knows(self, name: str) -> bool:
        """Return whether a name or an address is one of the app."""
        return name in self.hosts | self.allowed or (self.addresses and is_address(name))

    def is_token(self, text: str) -> bool:
        """Return whether a text is the token, in a time that does not depend on it."""
        return hmac.compare_digest(text.encode(), (self.token or "").encode())

    @cached_property
    def cookie(self) -> tuple[str, str]:
        """Name and value of the cookie; the name is another one for each app of a machine."""
        digest = hashlib.sha256(f"stateline {self.token}".encode()).hexdigest()
        return f"stateline-{digest[:8]}", digest[8:]


def is_address(name: str) -> bool:
    """Return whether a name is an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach a host."""
    return host.lower() == "localhost" or (
        is_address(host) and ipaddress.ip_address(host).is_loopback
    )


def access_to(
    host: str, allowed: Iterable[str] = (), token: str | None = None, no_auth: bool = False
) -> Access:
    """Return who may use an app that listens at `host`.

    allowed  further names
    token    secret; "" for a new one; None for none
    no_auth  whether other machines may use it without a token
    raises   StatelineError  others could use it, and nothing says that they shall; or a name or a
                             token cannot be one
    """
    names = frozenset(each.lower().strip("[]") for each in allowed)
    for name in names:
        if not NAME.fullmatch(name):
            raise StatelineError(
                "--allow-host", "no name of a host", expected="such as lab.example", got=repr(name)
            )
    if token is not None and no_auth:
        raise StatelineError("--no-auth", "contradicts --token", fix="Leave one of them out")
    if token is not None and (token != token.strip() or not token.isprintable()):
        raise StatelineError(
            "--token", "has a blank at an end, or a character that cannot be typed"
        )
    if token is None and not no_auth and not is_loopback(host):
        raise StatelineError(
            f"--host {host or '0.0.0.0'}",
            "every machine that reaches this one could read the store and use its models",
            expected="--token, or --no-auth if they all may",
            got="neither",
            fix=f"Type stateline app --host {host or '0.0.0.0'} --token (in a checkout: make app "
            f"HOST={host or '0.0.0.0'} TOKEN=)",
        )
    everywhere = host in ALL_ADDRESSES
    own = {socket.gethostname().lower()} if everywhere else {host.lower()}
    return Access(
        LOOPBACK | own, names, everywhere, secrets.token_urlsafe(24) if token == "" else token
    )


def add_access(server: Flask, access: Access) -> None:
    """Refuse requests for other names, from other sites, and without the token."""

    def refuse() -> Response | None:
        return (
            host_refusal(request, access)
            or site_refusal(request, access)
            or (token_answer(request, access) if access.token else None)
        )

    server.before_request(refuse)


def host_refusal(asked: Request, access: Access) -> Response | None:
    """Return the refusal of a request for another name than the app's: 400 or 421."""
    sent = asked.environ.get("HTTP_HOST", "")
    name = HOST.fullmatch(sent)
    if name and access.knows(name[1].lower().strip("[]")):
        return None
    error = StatelineError(
        "host",
        "not a name of this app",
        expected=f"one of {', '.join(sorted(access.hosts | access.allowed))}",
        got=repr(sent)[:80],
        fix="Allow another one: stateline app --allow-host NAME",
    )
    return line_response(str(error), 421 if name else 400)


def site_refusal(asked: Request, access: Access) -> Response | None:
    """Return the refusal of a request that another site's page makes: 403.

    A link that somebody follows from there leads to the app. What is not a browser says nothing of
    where it comes from, and is let through.
    """
    site, origin = asked.headers.get("Sec-Fetch-Site"), asked.headers.get("Origin")
    followed = (
        asked.method in SAFE
        and asked.headers.get("Sec-Fetch-Mode") == "navigate"
        and asked.headers.get("Sec-Fetch-Dest") == "document"
    )
    foreign = site not in OWN and not followed
    if not foreign and (origin is None or asked.method in SAFE or is_own(origin, asked, access)):
        return None
    error = StatelineError(
        "origin", "a page of another site", got=repr(origin or site)[:80], fix="Open the app itself"
    )
    return line_response(str(error), 403)


def is_own(origin: str, asked: Request, access: Access) -> bool:
    """Return whether an Origin header is of the app itself, or of a proxy that shows it."""
    try:
        found = urlsplit(origin)
        return found.netloc.lower() == asked.host.lower() or found.hostname in access.allowed
    except ValueError:
        return False


def token_answer(asked: Request, access: Access) -> Response | None:
    """Return what is answered in place of the page: a redirect, or 401; None with the cookie.

    An address with the token leads to the same one without it, and the browser keeps a cookie.
    """
    name, value = access.cookie
    sent = asked.args.get(PARAMETER)
    if sent is not None and access.is_token(sent):
        rest = [pair for pair in asked.args.items(multi=True) if pair[0] != PARAMETER]
        # One slash at its beginning: two would lead to another host.
        address = "/" + quote(asked.path.lstrip("/")) + (f"?{urlencode(rest)}" if rest else "")
        answer = Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})
        answer.set_cookie(name, value, httponly=True, samesite="Strict", secure=asked.is_secure)
        return answer
    if hmac.compare_digest(asked.cookies.get(name, "").encode(), value.encode()):
        return None
    error = StatelineError(
        "token",
        "missing" if sent is None else "wrong",
        expected="the address that stateline app printed, with ?token=…",
    )
    refusal = line_response(str(error), 401)
    refusal.cache_control.no_store = True
    if asked.headers.get("Sec-Fetch-Site") not in OWN:
        # A browser withholds the cookie where a link of another site was followed, though not from
        # a page that loads itself again.
        refusal.headers["Refresh"] = "0"
    return refusal
