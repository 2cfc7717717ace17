"""PDF, rebuilt around its pages.

qpdf (through pikepdf) writes a new file with only what is reachable from a catalogue and pages that keep an allow-list
of entries: earlier revisions, unreferenced objects, properties, XMP, scripts, attached files, outlines, names, layers,
tags and page-piece data are left behind. Forms are drawn into the page as they are filled in. Comments stay, without
their authors and dates. Source for the names of entries: ISO 32000-1:2008.
"""

import io

import pikepdf
from pikepdf import Pdf

from speakup.gateways.documents.outcomes import Kind, Limits, Reason, Rebuilt, Refused, Removed
from speakup.gateways.documents.pdf.sweep import Sweep


def _open_random_source() -> None:
    """Make qpdf do it now: at its first use of encryption the confined child can no longer open anything."""
    blank = Pdf.new()
    blank.add_blank_page()
    blank.save(io.BytesIO(), encryption=pikepdf.Encryption(owner="", user=""))


_open_random_source()


def rebuild(_: Kind, body: bytes, limits: Limits) -> Rebuilt:
    with _opened(body) as pdf:
        if len(pdf.pages) > limits.pages:
            raise Refused(Reason.BOMB)
        if not len(pdf.pages):
            raise Refused(Reason.EMPTY)
        sweep = Sweep(pdf, limits)
        if body.count(b"%%EOF") > 1 and b"/Linearized" not in body[:1024]:
            sweep.removed.add(Removed.EDIT_HISTORY)
        sweep.run()
        written = io.BytesIO()
        pdf.save(
            written,
            deterministic_id=True,
            preserve_pdfa=False,
            fix_metadata_version=False,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
        return Rebuilt(written.getvalue(), sweep.removed)


def _opened(body: bytes) -> Pdf:
    """A sound file, or one that qpdf can mend although its end is there."""
    ends = b"%%EOF" in body[-4096:]
    try:
        return Pdf.open(io.BytesIO(body), attempt_recovery=ends)
    except pikepdf.PasswordError:
        raise Refused(Reason.ENCRYPTED) from None
    except pikepdf.PdfError:
        raise Refused(Reason.UNREADABLE if ends else Reason.TRUNCATED) from None
