"""The child's side: import what one format needs, give everything up, then look at the bytes.

Reads one line of JSON and then the file from standard input; writes one line of JSON and then the rebuilt file to
standard output. No error text leaves this process, because it could quote the file.
"""

import json
import sys
from collections.abc import Callable
from importlib import import_module

from speakup.gateways.documents.confinement import confine
from speakup.gateways.documents.outcomes import Kind, Limits, Reason, Rebuilt, Refused

Rebuild = Callable[[Kind, bytes, Limits], Rebuilt]

# A child imports the module of its one format, so that a text file need not wait for a PDF library.
_MODULES = {
    Kind.JPEG: "pictures",
    Kind.PNG: "pictures",
    Kind.WEBP: "pictures",
    Kind.GIF: "pictures",
    Kind.HEIC: "heic",
    Kind.PDF: "pdf",
    Kind.DOCX: "office",
    Kind.XLSX: "office",
    Kind.PPTX: "office",
    Kind.TEXT: "writing",
    Kind.CSV: "writing",
}


def main() -> None:
    request, _, body = sys.stdin.buffer.read().partition(b"\n")
    asked = json.loads(request)
    kind, limits = Kind(asked["kind"]), Limits(**asked["limits"])
    rebuild = reader() if asked["read"] else rebuilder(kind)
    confine(limits)
    _answer(rebuild, kind, body, limits)


def rebuilder(kind: Kind) -> Rebuild:
    """The function that rebuilds one format."""
    rebuild: Rebuild = import_module(f"speakup.gateways.documents.{_MODULES[kind]}").rebuild
    return rebuild


def reader() -> Rebuild:
    """The function that reads the cells of a spreadsheet, of either format."""
    read: Rebuild = import_module("speakup.gateways.documents.tables").read
    return read


def _answer(rebuild: Rebuild, kind: Kind, body: bytes, limits: Limits) -> None:
    try:
        rebuilt = rebuild(kind, body, limits)
    except Refused as refusal:
        _say({"refused": refusal.reason})
    except MemoryError:
        _say({"refused": Reason.BOMB})
    except Exception:  # noqa: BLE001 -- the parsers of hostile files raise anything; each is a refusal.
        _say({"refused": Reason.UNREADABLE})
    else:
        if len(rebuilt.body) > limits.kept_size:
            _say({"refused": Reason.TOO_LARGE})
        else:
            _say({"size": len(rebuilt.body), "removed": sorted(rebuilt.removed)}, rebuilt.body)


def _say(verdict: dict[str, object], body: bytes = b"") -> None:
    sys.stdout.buffer.write(json.dumps(verdict).encode() + b"\n" + body)
    sys.stdout.buffer.flush()
