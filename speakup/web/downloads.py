"""Files on their way out."""

from flask import Response
from werkzeug.http import dump_options_header


def offered_for_keeping(name: str, body: bytes) -> Response:
    """Offer a file for keeping, in a box of its own: a type the browser might run is never named as such."""
    response = Response(body, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": name})
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
