"""What becomes of a file somebody sends: a cleaned copy, or a refusal that a page can put into one sentence."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum

MEBIBYTE = 1024 * 1024


class Kind(StrEnum):
    """What a file was sent as. Everything but OTHER is rebuilt without hidden data."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    GIF = "gif"
    HEIC = "heic"
    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    TEXT = "text"
    CSV = "csv"
    OTHER = "other"


class Removed(StrEnum):
    """What was found in a file and is not in the cleaned copy."""

    LOCATION = "location"
    CAMERA = "camera"  # the make, model or serial number of a camera or phone, or the name of a program
    DATES = "dates"
    AUTHOR = "author"  # names and organisations in the properties of a file
    DESCRIPTION = "description"  # captions, keywords, titles and other notes that are not part of what is seen
    EDIT_HISTORY = "edit-history"  # earlier versions, revision marks, the names of printers and folders
    THUMBNAIL = "thumbnail"
    EXTRA_DATA = "extra-data"  # bytes after the end, such as the film clip behind a motion photo
    EXTRA_PICTURES = "extra-pictures"  # further pictures behind the one shown, depth maps, and what was cropped away
    COMMENT_AUTHORS = "comment-authors"  # who wrote comments and tracked changes, and when
    MACROS = "macros"
    SCRIPTS = "scripts"  # JavaScript, formulas in CSV, actions that run when a document opens
    EMBEDDED_FILES = "embedded-files"
    FORM_FIELDS = "form-fields"  # what is filled in stays visible; the fields and their hidden values go
    HIDDEN_TEXT = "hidden-text"
    HIDDEN_SHEETS = "hidden-sheets"
    LINKS = "links"  # the words stay; the address behind them goes
    TAGS = "tags"  # reading-order tags of a PDF


class Reason(StrEnum):
    """Why nothing was kept."""

    TOO_LARGE = "too-large"  # more bytes than the organisation allows, as sent or when rebuilt
    EMPTY = "empty"
    TRUNCATED = "truncated"  # the end is missing
    MISLABELLED = "mislabelled"  # the name says one kind and the contents another
    BOMB = "bomb"  # grows far too large when opened
    ENCRYPTED = "encrypted"  # has a password
    POLYGLOT = "polyglot"  # two kinds of file in one
    MALWARE = "malware"  # for callers: a scanner's finding told in the same way
    NEEDS_AGREEMENT = "needs-agreement"  # cannot be cleaned; kept only if the person agrees
    PROGRAM = "program"  # something that runs when opened: never kept
    TOO_SLOW = "too-slow"
    UNREADABLE = "unreadable"  # damaged, or not understood


class Refused(Exception):
    """Nothing was kept. Carries a reason and never a name or any content."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class Limits:
    """How much one file may ask of the machine."""

    size: int = 25 * MEBIBYTE  # bytes as sent
    kept_size: int = 50 * MEBIBYTE  # bytes as rebuilt
    pixels: int = 64_000_000  # width times height times pictures
    pages: int = 2_000
    unpacked: int = 192 * MEBIBYTE  # all members of an Office file, or all streams of a PDF, once decompressed
    members: int = 5_000  # parts in an Office file
    memory: int = 1024 * MEBIBYTE  # address space of the child process
    cpu_seconds: int = 30
    wall_seconds: float = 40.0


@dataclass(frozen=True)
class Cleaned:
    """A file that may be sealed and kept.

    `kind` is what was sent and `media_type` what is kept: they differ only for HEIC, which is kept as JPEG because few
    computers can open it.
    """

    body: bytes = field(repr=False)
    name: str = field(repr=False)
    media_type: str
    kind: Kind
    removed: tuple[Removed, ...]


@dataclass(frozen=True)
class Rebuilt:
    """What the rebuilding of one format gives back."""

    body: bytes = field(repr=False)
    removed: AbstractSet[Removed]
