"""Prepared style sheets, scripts and icons: named by their hash, compressed beforehand, kept by browsers for ever."""

import json
import mimetypes
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, abort, request, send_file
from flask.typing import ResponseReturnValue

BUILD = Path(__file__).parent.parent / "static" / "build"
_FOR_EVER = "public, max-age=31536000, immutable"
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


def install(app: Flask) -> None:
    """Serve the prepared files at `/static/NAME`, and let templates ask for their addresses."""
    app.add_url_rule("/static/<path:name>", "asset", serve)
    app.jinja_env.globals["asset"] = address


@lru_cache(maxsize=1)
def manifest() -> dict[str, str]:
    """Read which prepared file stands for which name."""
    read: dict[str, str] = json.loads((BUILD / "manifest.json").read_text("utf-8"))
    return read


def address(name: str) -> str:
    """Return the address of a prepared file."""
    return f"/static/{manifest()[name]}"


def serve(name: str) -> ResponseReturnValue:
    """Send one prepared file, compressed where the browser takes it; nothing but what the manifest lists."""
    if name not in _prepared():
        abort(404)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    for encoding, ending in _ENCODINGS:
        compressed = BUILD / f"{name}{ending}"
        if request.accept_encodings[encoding] and compressed.exists():
            return _lasting(send_file(compressed, mimetype=kind, conditional=False, etag=False), encoding)
    return _lasting(send_file(BUILD / name, mimetype=kind, conditional=False, etag=False))


@lru_cache(maxsize=1)
def _prepared() -> frozenset[str]:
    return frozenset(manifest().values())


def _lasting(response: Response, encoding: str = "") -> Response:
    response.headers["Cache-Control"] = _FOR_EVER
    response.headers["Vary"] = "Accept-Encoding"
    response.headers.pop("Last-Modified", None)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response
