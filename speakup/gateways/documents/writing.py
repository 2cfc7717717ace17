"""Plain text and CSV: the same words in UTF-8, without characters that nobody can see and cells that would run."""

import csv
import io
import re

from speakup.gateways.documents.outcomes import MEBIBYTE, Kind, Limits, Reason, Rebuilt, Refused, Removed

# Loaded now, because the confined child cannot open a file for a codec later.
for _codec in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman"):
    "".encode(_codec)

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")
# The flags of England, Scotland and Wales are spelt with tags, which otherwise nobody sees.
_FLAGS = "|".join(
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in letters) + "\U000e007f"
    for letters in ("gbeng", "gbsct", "gbwls")
)
# Zero width, invisible operators, byte order marks, direction overrides, tags, variation selectors beyond the sixteen
# that emoji use, interlinear marks, private use: such characters are used to mark copies of a document.
_INVISIBLE = re.compile(
    f"({_FLAGS})|"
    "[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ue000-\uf8ff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
# Joiners have work to do between two letters of Persian or Hindi, or two emoji, and none beside plain letters.
_JOINER, _JOINED = "[\u200c-\u200f]", "[\u0300-\U0010ffff]"
_IDLE_JOINERS = re.compile(f"(?<!{_JOINED}){_JOINER}++|(?<!{_JOINER}){_JOINER}++(?!{_JOINED})")
_TRAILING = re.compile(r"(?<![ \t])[ \t]++(?=\r?\n|\Z)")
_FEW = 3  # control characters that even a short note may hold
_RUNS = re.compile(r"^\s*(?:[=@]|[+\-](?![\d.,\s()]*$))")
csv.field_size_limit(100 * MEBIBYTE)  # A cell may be as long as the file; the size of that is limited already.
_DELIMITERS = (",", ";", "\t", "|")


def rebuild(kind: Kind, body: bytes, _: Limits) -> Rebuilt:
    """The visible characters as UTF-8. In a CSV, a cell that a spreadsheet would run is made text by an apostrophe."""
    written = decoded(body)
    seen = _IDLE_JOINERS.sub("", _INVISIBLE.sub(r"\1", _CONTROLS.sub("", written)))
    removed = set() if seen == written.removeprefix("\ufeff") else {Removed.HIDDEN_TEXT}
    if kind is Kind.TEXT:
        plain = _TRAILING.sub("", seen)
        removed |= set() if plain == seen else {Removed.HIDDEN_TEXT}
        return Rebuilt(plain.encode(), removed)
    safe = _without_formulas(seen)
    return Rebuilt(safe.encode(), removed if safe == seen else removed | {Removed.SCRIPTS})


def decoded(body: bytes) -> str:
    """UTF-8, UTF-16 with a mark, Windows-1252 or what an old Macintosh wrote: what phones, Notepad and Excel write."""
    old = "mac_roman" if b"\r" in body and b"\n" not in body else "cp1252"
    written = _first_that_fits(body, ("utf-16",) if body.startswith(_UTF16_MARKS) else ("utf-8-sig", old))
    # Nearly anything decodes as Windows-1252. Text has next to no control characters; a renamed film is full of them.
    if "\0" in written or len(_CONTROLS.findall(written)) > _FEW + len(written) // 200:
        raise Refused(Reason.MISLABELLED)
    return written


def _first_that_fits(body: bytes, codecs: tuple[str, ...]) -> str:
    for codec in codecs:
        try:
            return body.decode(codec)
        except UnicodeDecodeError:
            continue
    raise Refused(Reason.MISLABELLED)


def _without_formulas(written: str) -> str:
    """The same table with formulas turned into text; untouched, to the last quotation mark, when there are none."""
    first_line = written.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first_line.count)
    rows = list(csv.reader(io.StringIO(written, newline=""), delimiter=delimiter))
    if not any(_RUNS.match(cell) for row in rows for cell in row):
        return written
    rebuilt = io.StringIO(newline="")
    neutral = ([f"'{cell}" if _RUNS.match(cell) else cell for cell in row] for row in rows)
    csv.writer(rebuilt, delimiter=delimiter).writerows(neutral)
    return rebuilt.getvalue()
