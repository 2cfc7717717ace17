"""Files that are two kinds at once, and so could show a scanner one face and a reader another."""

import re

from speakup.gateways.documents.outcomes import Kind

_PDF_HEADER_WITHIN = 1024  # readers look this far for %PDF- (ISO 32000-1, annex H, note 13)
_ZIP_COMMENT = 65_535  # the longest comment that may follow the end record of a zip (APPNOTE 4.3.16)
_END_RECORD, _END_RECORD_SIZE, _DIRECTORY = b"PK\x05\x06", 22, b"PK\x01\x02"
_IN_ZIP = frozenset({Kind.DOCX, Kind.XLSX, Kind.PPTX})
_OTHER_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")


def hides_another_format(kind: Kind, body: bytes) -> bool:
    """Whether a reader of another common format would also open these bytes."""
    if kind in _IN_ZIP:
        return b"%PDF-" in body[:_PDF_HEADER_WITHIN]
    if kind is Kind.PDF:
        return _ends_as_zip(body[body.rfind(b"%%EOF") :]) or _is_whole_zip(body)
    return b"%PDF-" in body[:_PDF_HEADER_WITHIN] or _ends_as_zip(body) or _ends_as_archive(body)


def _ends_as_zip(body: bytes) -> bool:
    """Whether an end record lies near the end, with a directory where it says."""
    at = body.rfind(_END_RECORD, max(0, len(body) - _ZIP_COMMENT - _END_RECORD_SIZE))
    if at < 0 or len(body) < at + _END_RECORD_SIZE:
        return False
    directory = at - int.from_bytes(body[at + 12 : at + 16], "little")
    return directory >= 0 and body[directory : directory + 4] in (_DIRECTORY, _END_RECORD)


def _is_whole_zip(body: bytes) -> bool:
    """Whether the end record's comment reaches exactly to the end, as in a PDF wrapped in a zip's comment."""
    at = body.rfind(_END_RECORD, max(0, len(body) - _ZIP_COMMENT - _END_RECORD_SIZE))
    if at < 0:
        return False
    comment = int.from_bytes(body[at + 20 : at + 22], "little")
    return at + _END_RECORD_SIZE + comment == len(body) and _ends_as_zip(body)


def _ends_as_archive(body: bytes) -> bool:
    return any(re.search(re.escape(start), body) for start in _OTHER_ARCHIVES)
