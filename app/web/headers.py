"""Headers of every response: what a browser may do with it."""

from collections.abc import Callable, Iterable

from flask import Flask, Response

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # of browsers that do not know frame-ancestors
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NOWHERE = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# A document without scripts, which carries its styles and pictures inside of it.
DOCUMENT_POLICY = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; {NOWHERE}"


def page_policy(scripts: Iterable[str]) -> str:
    """Return the Content-Security-Policy of the pages.

    scripts  hashes of the inline scripts, as Dash names them; no other inline script runs, and none
             is made from a text, which Plotly's strict bundle does without
    """
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' {' '.join(scripts)}",
            # Plotly and AG Grid put in <style> elements, and React, Plotly and our own marks give
            # elements the colours of classes and states by `style`: no hash covers these.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",  # AG Grid's icons
            "connect-src 'self'",
            NOWHERE,
        ]
    )


def add_headers(server: Flask, policy: Callable[[], str]) -> None:
    """Put the headers on every response of the app; a route may have set a policy of its own.

    policy  returns the Content-Security-Policy of the pages
    """

    def add(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy())
        response.headers.extend(ALWAYS)
        return response

    server.after_request(add)
