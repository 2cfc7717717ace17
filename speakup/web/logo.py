"""`/logo/NAME`: the organisation's own logo, on its public pages and on those of staff."""

import re

from flask import Flask, Response, abort
from flask.typing import ResponseReturnValue

from speakup import organisations
from speakup.web.actors import public_work
from speakup.web.site import site

_WELL_FORMED = re.compile(r"[0-9a-f]{32}\.(png|jpg)")
_FOR_EVER = "public, max-age=31536000, immutable"


def install(app: Flask) -> None:
    """Serve the logo, whichever pages this process has."""
    app.add_url_rule("/logo/<name>", "logo", serve)


def serve(name: str) -> ResponseReturnValue:
    """Send the logo of the organisation whose host name was asked for. Its name changes with what is in it."""
    with public_work() as uow:
        mine = organisations.here(uow).logo_file
    path = site().public_folder / name
    if name != mine or not _WELL_FORMED.fullmatch(name) or not path.is_file():
        abort(404)
    kind = "image/png" if name.endswith(".png") else "image/jpeg"
    return Response(path.read_bytes(), mimetype=kind, headers={"Cache-Control": _FOR_EVER})
