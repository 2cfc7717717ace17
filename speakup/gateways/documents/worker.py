"""The child's side: import what one format needs, give everything up, then look at the bytes.

Reads one line of JSON and then the file from standard input; writes one line of JSON and then the rebuilt file to
standard output. No error text leaves this process, because it could quote the file.
"""

import json
import sys
from collections.abc import Callable

from speakup.gateways.documents.confinement import confine
from speakup.gateways.documents.outcomes import Kind, Limits, Reason, Rebuilt, Refused

Rebuild = Callable[[Kind, bytes, Limits], Rebuilt]


def main() -> None:
    request, _, body = sys.stdin.buffer.read().partition(b"\n")
    asked = json.loads(request)
    kind, limits = Kind(asked["kind"]), Limits(**asked["limits"])
    rebuild = rebuilder(kind)
    confine(limits)
    _answer(rebuild, kind, body, limits)


def rebuilder(kind: Kind) -> Rebuild:
    """Imported here and by kind, because a child that cleans a text file need not wait for a PDF library."""
    if kind in (Kind.TEXT, Kind.CSV):
        from speakup.gateways.documents.writing import rebuild_writing

        return rebuild_writing
    if kind is Kind.PDF:
        from speakup.gateways.documents.pdf import rebuild_pdf

        return rebuild_pdf
    if kind in (Kind.DOCX, Kind.XLSX, Kind.PPTX):
        from speakup.gateways.documents.office import rebuild_office

        return rebuild_office
    if kind is Kind.HEIC:
        from speakup.gateways.documents.heic import rebuild_heic

        return rebuild_heic
    from speakup.gateways.documents.pictures import rebuild_picture

    return rebuild_picture


def _answer(rebuild: Rebuild, kind: Kind, body: bytes, limits: Limits) -> None:
    try:
        rebuilt = rebuild(kind, body, limits)
    except Refused as refusal:
        return _say({"refused": refusal.reason})
    except MemoryError:
        return _say({"refused": Reason.BOMB})
    except Exception:  # noqa: BLE001 - the parsers of hostile files raise anything; each is a refusal.
        return _say({"refused": Reason.UNREADABLE})
    if len(rebuilt.body) > limits.kept_size:
        return _say({"refused": Reason.TOO_LARGE})
    _say({"size": len(rebuilt.body), "removed": sorted(rebuilt.removed)})
    sys.stdout.buffer.write(rebuilt.body)
    sys.stdout.buffer.flush()


def _say(verdict: dict[str, object]) -> None:
    sys.stdout.buffer.write(json.dumps(verdict).encode() + b"\n")
    sys.stdout.buffer.flush()
