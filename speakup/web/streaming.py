"""Pages that are sent as they are made, because what they show takes a while: scripts off, line by line."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from flask import Response, current_app, stream_with_context
from flask_wtf.csrf import generate_csrf


def sent_as_it_goes(template: str, shown: Mapping[str, Any], goes_on: Callable[[], bool]) -> Response:
    """Send a page in one piece, but for the part during which `goes_on`: every line of that leaves at once."""
    context = dict(shown)
    # The token's cookie leaves with the head, before the page is made.
    generate_csrf()
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 -- Flask's documented way to the application itself
    app.update_template_context(context)
    pieces = app.jinja_env.get_template(template).generate(context)
    # A proxy that waits for the whole page would keep back the lines that say it is coming.
    return Response(stream_with_context(_joined(pieces, goes_on)), headers={"X-Accel-Buffering": "no"})


def _joined(pieces: Iterable[str], goes_on: Callable[[], bool]) -> Iterator[str]:
    kept: list[str] = []
    for piece in pieces:
        kept.append(piece)
        if goes_on():
            yield "".join(kept)
            kept.clear()
    yield "".join(kept)
