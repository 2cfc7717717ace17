"""What is told by its shape: addresses, telephone and staff numbers, days of birth."""

import re
from collections.abc import Iterator

from speakup.identifying.found import Found, Kind

_DAY = r"(?:\d{1,2}(?:st|nd|rd|th)?(?: of)?[ ./-](?:\d{1,2}|[A-Za-z]{3,9})[ ./-](?:\d{4}|\d{2})\b|\d{4}-\d{2}-\d{2})"
_NUMBER_OF_STAFF = (
    r"\b(?:staff|employee|payroll|assignment|esr|personnel|badge|id card|works)"
    r"(?: (?:number|no|num|id|ref|#))?\.?(?: (?:is|was))?[ :#]*[a-z]{0,3}\d[\d-]{3,}\b"
)
_NUMBER_ON_A_REGISTER = (
    r"\b(?:gmc|nmc|hcpc|gphc|gdc|pin)(?: (?:number|no|pin|ref))?\.?(?: (?:is|was))?[ :#]*[a-z]{0,3}\d[\w-]{3,}\b"
)
_NUMBER_OF_A_PATIENT = (
    r"\b(?:hospital|nhs|mrn|patient)(?: (?:number|no))\.?(?: (?:is|was))?[ :#]*[a-z]{0,2}\d[\d -]{4,}\d\b"
)
_POST_CODE = r"\b(?:gir ?0aa|[a-z]{1,2}\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{2})\b"
_SPELT_OUT = (
    r"\b[\w.+-]{1,64} ?(?:\(at\)|\[at\]| at ) ?[\w-]{1,63}"
    r"(?: ?(?:\(dot\)|\[dot\]| dot ) ?[a-z]{2,63}| ?\.[a-z]{2,63}){1,3}\b"
)
_BORN = r"\b(?:born|dob|d\.o\.b\.?|date of birth|birthday|birth date)(?: (?:is|was|on|in|the|as))*[ :]*"

# Each repetition has an end: a text made to be searched for long is searched no longer than any other.
_SHAPES: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (Kind.EMAIL, r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*"),
        (Kind.EMAIL, r"(?<!\w)@[a-z]\w{2,}"),
        (Kind.EMAIL, _SPELT_OUT),
        (Kind.TELEPHONE, r"(?<![\w.])(?:\+|00)(?:[\s().-]{0,2}\d){10,14}(?!\d)"),
        (Kind.TELEPHONE, r"(?<![\w./-])\(?0\d{2,4}\)?(?:[\s.-]{0,2}\d){6,8}(?!\d)"),
        (Kind.TELEPHONE, r"(?<![\w./-])7\d{3}[\s-]?\d{3}[\s-]?\d{3}(?!\d)"),
        (Kind.TELEPHONE, r"\b(?:ext(?:ension)?|bleep|pager|baton|dect)\.?(?: (?:number|no)\.?)?[ :]*\d{3,6}\b"),
        (Kind.NUMBER, _NUMBER_OF_STAFF),
        (Kind.NUMBER, _NUMBER_ON_A_REGISTER),
        (Kind.NUMBER, _NUMBER_OF_A_PATIENT),
        (Kind.NUMBER, r"\b\d{3}[ -]\d{3}[ -]\d{4}\b"),
        (Kind.NUMBER, r"\b\d{7,8}(?:-\d{1,2})?\b"),
        (Kind.NUMBER, r"\b\d{2}[a-l]\d{4}[a-z]\b"),
        (Kind.NUMBER, r"\b[a-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[a-d]\b"),
        (Kind.NUMBER, _POST_CODE),
        (Kind.BIRTH, _BORN + _DAY),
        (Kind.BIRTH, _BORN + r"\d{1,2}(?:st|nd|rd|th)?(?: of)? [a-z]{3,9}(?: \d{4})?\b"),
        (Kind.BIRTH, _BORN + r"(?:[a-z]{3,9} )?(?:19|20)\d\d\b"),
        (Kind.BIRTH, r"\b\d{1,2}[./-]\d{1,2}[./-](?:19[3-9]\d|200\d|201[0-2])\b"),
        (Kind.BIRTH, r"\b\d{1,2}(?:st|nd|rd|th)?(?: of)? [a-z]{3,9} (?:19[3-9]\d|200\d)\b"),
    )
)


def shapes(text: str) -> Iterator[Found]:
    """Find whatever its shape gives away."""
    for kind, pattern in _SHAPES:
        for match in pattern.finditer(text):
            yield Found(match.start(), match.end(), kind)
