"""Jobs that few people can have, and places: a job with its place names somebody as surely as a name does."""

import re
from collections.abc import Iterable, Iterator

from speakup.identifying.found import Found, Kind
from speakup.identifying.words import fold

_JOB = (
    r"(?:(?:deputy|acting|interim|assistant|associate|senior|lead|specialist|charge|staff|ward|locum|student|trainee|"
    r"junior|night|bank|band \d[ab]?) ){0,5}"
    r"(?:manager|lead|head|director|matron|sister|charge nurse|consultant|registrar|nurse|midwife|porter|clerk|"
    r"receptionist|pharmacist|physiotherapist|physio|supervisor|co-?ordinator|officer|secretary|chaplain|technician|"
    r"radiographer|surgeon|anaesthetist|doctor|therapist|dietitian|psychologist|practitioner|educator|domestic|cleaner|"
    r"apprentice|hca|healthcare assistant|odp|sho|band \d[ab]?)"
)
_PART = (
    r"(?:theatres?|endoscopy|pharmacy|maternity|estates|catering|portering|radiology|imaging|x-ray|pathology|"
    r"histopathology|microbiology|haematology|laboratory|labs?|mortuary|a&e|ed|emergency department|icu|itu|hdu|"
    r"intensive care|critical care|outpatients|oncology|cardiology|renal|dialysis|dermatology|paediatrics|neonatal|"
    r"nicu|surgery|medicine|orthopaedics|trauma|urology|gynaecology|ophthalmology|rheumatology|respiratory|stroke|"
    r"neurology|phlebotomy|physiotherapy|switchboard|finance|payroll|procurement|hr|human resources|facilities|"
    r"security|medical records|recovery|sterile services|bereavement|chaplaincy|reception|stores|transport|"
    r"safeguarding|infection control|governance|workforce|communications|informatics|it)"
)
_WARD = r"(?:wards?|theatre|bay|clinic|unit|room|lab) \d{1,3}[a-z]?\b|\bwards? [a-h]\d{0,2}\b"
_HIGH = (
    r"(?:(?:deputy|acting|interim|assistant|associate|former|new|executive) ){0,5}"
    r"(?:chief (?:executive|nurse|nursing officer|medical officer|operating officer|finance officer|people officer|"
    r"pharmacist|of staff|midwife)|(?:medical|finance|nursing|clinical|divisional|estates|workforce|operations|hr|"
    r"people|nurse|strategy|digital) director|director of (?:the )?[a-z]+(?: services| education| governance)?"
    r"|head of (?:the )?[a-z]+(?: services?| governance| control| resources| department| care| safety| education)?"
    r"|head (?:porter|chef|cook|gardener|pharmacist|physiotherapist|midwife|nurse)"
    r"|chair(?:man|woman)? of (?:the )?[a-z]+(?: [a-z]+)? committee"
    r"|company secretary|caldicott guardian|ceo|cfo|coo|(?:clinical|service|professional) lead for [a-z]+(?: [a-z]+)?"
    r"|non-executive director|responsible officer|senior independent director)"
)
_SINGLE = (
    r"(?:bed|site|discharge|complaints|medical staffing|e-?rostering|resus(?:citation)?|bleep|clinical site|night)"
    r" (?:manager|lead|officer|practitioner)"
)
_LEAST = 3
"""Letters in the shortest name of a place that is looked for."""
_BESIDE = 120
"""Letters before and after the name of a place within which a job belongs to it."""
_SHAPES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (Kind.POST, re.compile(rf"\b(?:{_HIGH}|{_SINGLE})\b")),
    (Kind.POST, re.compile(rf"\bonly (?:[a-z-]+ ){{0,2}}(?:{_JOB}|man|woman|male|female)\b")),
    (Kind.POST, re.compile(rf"\b(?:{_PART}|{_WARD}) (?:{_JOB})\b")),
    (Kind.POST, re.compile(rf"\b{_JOB} (?:on|in|at|of|for|from) (?:the )?(?:{_PART}\b|{_WARD})")),
    (Kind.PLACE, re.compile(rf"\b(?:{_WARD})")),
)
_NAMED_WARD = re.compile(r"\b(?:[A-Z][\w'’-]{1,40} ){1,2}(?:Ward|Unit|Wing|Suite|Clinic|House|Lodge|Building|Centre)\b")
_JOB_ON = re.compile(rf"\b{_JOB} (?:on|in|at|of|for|from) (?:the )?$")
_JOB_AFTER = re.compile(rf"^(?: ward| unit)? {_JOB}\b")


def posts(text: str, places: Iterable[str]) -> Iterator[Found]:
    """Find jobs with their place, posts that one person has, and the places that are given or look like one."""
    folded = fold(text)
    for kind, pattern in _SHAPES:
        for match in pattern.finditer(folded):
            yield Found(match.start(), match.end(), kind)
    for match in _NAMED_WARD.finditer(text):
        yield from _with_the_job(folded, match.start(), match.end())
    for place in places:
        yield from _given(folded, fold(place).strip())


def _given(folded: str, place: str) -> Iterator[Found]:
    if len(place) < _LEAST:
        return
    for match in re.finditer(rf"(?<!\w){re.escape(place)}(?!\w)", folded):
        yield from _with_the_job(folded, match.start(), match.end())


def _with_the_job(folded: str, start: int, end: int) -> Iterator[Found]:
    """Find a place, and the job that stands beside it."""
    begin = max(0, start - _BESIDE)
    before = _JOB_ON.search(folded[begin:start])
    after = _JOB_AFTER.search(folded[end : end + _BESIDE])
    yield Found(start, end, Kind.PLACE)
    if before:
        yield Found(begin + before.start(), end, Kind.POST)
    if after:
        yield Found(start, end + after.end(), Kind.POST)
