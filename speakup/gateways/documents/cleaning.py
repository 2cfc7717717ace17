"""The one way in: judge a file by its name and first bytes, then have a confined child process rebuild it.

Type detection, in this order: the ending of the name against the list of formats that are rebuilt; the first bytes;
a second format inside; the format's own parser, in the child. What is kept is what the child rebuilt.
"""

from speakup.gateways.documents import child, labels, polyglots
from speakup.gateways.documents.outcomes import Cleaned, Kind, Limits, Reason, Refused

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # MS-CFB: an Office file of before 2007, or one with a password
_WITH_PASSWORD = "EncryptedPackage".encode("utf-16-le")  # MS-OFFCRYPTO: the stream that holds one
_WRITTEN = frozenset({Kind.TEXT, Kind.CSV})
_IN_ZIP = frozenset({Kind.DOCX, Kind.XLSX, Kind.PPTX})


def clean(name: str, body: bytes, *, keep_other: bool, limits: Limits) -> Cleaned:
    """A copy without hidden data, or `Refused`.

    `keep_other`: the person was told what may be inside a file that cannot be cleaned, and agreed to send it as it is.
    """
    kind = kind_of(name, body, limits)
    if kind is Kind.OTHER:
        if not keep_other:
            raise Refused(Reason.NEEDS_AGREEMENT)
        return Cleaned(body, labels.cleaned_name(name, kind), labels.media_type(kind), kind, ())
    if polyglots.hides_another_format(kind, body):
        raise Refused(Reason.POLYGLOT)
    rebuilt = child.rebuild(kind, body, limits)
    removed = tuple(sorted(rebuilt.removed))
    return Cleaned(rebuilt.body, labels.cleaned_name(name, kind), labels.media_type(kind), kind, removed)


def kind_of(name: str, body: bytes, limits: Limits) -> Kind:
    """Say what a file is, by its name and its first bytes together; `Refused` where they do not agree."""
    if not body:
        raise Refused(Reason.EMPTY)
    if len(body) > limits.size:
        raise Refused(Reason.TOO_LARGE)
    if labels.is_program(name, body):
        raise Refused(Reason.PROGRAM)
    kind, looks_like = labels.kind_from_name(name), labels.kinds_from_bytes(body)
    if kind in _IN_ZIP and body.startswith(_OLD_OFFICE):
        raise Refused(Reason.ENCRYPTED if _WITH_PASSWORD in body else Reason.MISLABELLED)
    if not _agree(kind, looks_like):
        raise Refused(Reason.MISLABELLED)
    return kind


def _agree(kind: Kind, looks_like: frozenset[Kind]) -> bool:
    """Whether the name's kind is one the bytes allow. A zip of another sort begins like an Office file."""
    if kind in _WRITTEN:
        return not looks_like
    if kind is Kind.OTHER:
        return not looks_like or looks_like == _IN_ZIP
    return kind in looks_like
