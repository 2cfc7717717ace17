"""Everything a case says in words, piece by piece, with where it stands and on which day it was said."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from speakup.cases.models import RecordKind
from speakup.kernel import clock
from speakup.keyring import Record


class Where(StrEnum):
    """Where in a case words stand."""

    REFERENCE = "reference"
    TITLE = "title"
    STORY = "what the person told"
    RISK = "who is at risk"
    DETRIMENT = "what happened because they spoke up"
    WORK = "about their work"
    FROM_PERSON = "message from the person"
    FROM_GUARDIAN = "message from a guardian"
    BASELINE = "how things were at work"
    NOTE = "note"
    TRIAGE = "triage"
    CLOSURE = "how it was closed"
    CONSENT = "agreement to share"
    DISCLOSURE = "what somebody was told"
    PERSON = "name and contact"
    FILE = "name of a file"
    KEPT_OUT = "who should not see this"
    HAND_OVER = "about handing it over"
    SHOWN = "what was written for somebody outside"
    ANSWER = "answer of somebody outside"
    ELSEWHERE = "elsewhere in the case"


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of text. `day` is None where none was kept."""

    where: Where
    day: date | None
    text: str = field(repr=False)


def parts_of(records: Iterable[Sequence[Record]]) -> list[Part]:
    """Return every text of a case's records once, given by compartment and in their order.

    `KeyError`, `TypeError` or `ValueError` for a body that was written by no program of ours.
    """
    return _each_once(every_part_of(records))


def every_part_of(records: Iterable[Sequence[Record]]) -> list[Part]:
    """Return every text as `parts_of` does, and what is said again as often as it is said."""
    every = [record for compartment in records for record in compartment]
    days = _days_of_files(every)
    return [part for record in every for part in _PARTS.get(record.kind, _elsewhere)(record, days) if part.text]


def title_of(records: Iterable[Sequence[Record]]) -> Record | None:
    """Return the record of the title a guardian gave; None where there is none yet."""
    return next((each for every in records for each in reversed(every) if each.kind == RecordKind.TITLE), None)


def _each_once(parts: list[Part]) -> list[Part]:
    """Leave out what is said again: by triage, which repeats the words before it, and by the log of what was told."""
    shown = [each for each in parts if each.where is Where.SHOWN]
    if shown:
        told = "\0".join(each.text for each in parts if each.where is Where.DISCLOSURE)
        parts = [each for each in parts if each.where is not Where.SHOWN or each.text.strip() not in told]
    triaged = [each for each in parts if each.where is Where.TRIAGE]
    first = {each.text: each for each in reversed(triaged)}
    return [each for each in parts if each.where is not Where.TRIAGE or first[each.text] is each] if triaged else parts


def latest_day(written: Iterable[bytes]) -> date:
    """Return a day than which none is later that `parts_of` would tell of these records, given as they were sealed.

    Files are another matter: on which day one was sent, other records say.
    """
    days = _WRITTEN_DAYS.findall(b"\n".join(written))
    latest = max(days, default=b"")[:10]
    moments = [each for each in days if each.startswith(latest) and len(each) > len(latest)]
    # A moment before eleven in the evening is the same day in London, by winter and by summer time.
    sure = all(each[11:13] < b"23" and each.endswith(b"+00:00") for each in moments)
    try:
        return date.fromisoformat(latest.decode()) + timedelta(days=not sure) if days else date.min
    except (OverflowError, ValueError):
        return date.max


_WRITTEN_DAYS = re.compile(rb'": ?"(\d{4}-\d\d-\d\d[^"]{0,32})"')
"""A value that begins as a day does: at least every day and moment that stands in a record."""


Days = Mapping[str, date]
"""By the id of a file's record, the day it was sent."""


def _days_of_files(records: Iterable[Record]) -> Days:
    sent = [each for each in records if each.kind in {RecordKind.CONCERN, RecordKind.MESSAGE, RecordKind.ANSWER}]
    return {str(named): date.fromisoformat(each.body["day"]) for each in sent for named in each.body["files"]}


def _concern(record: Record, _days: Days) -> Iterator[Part]:
    body, day = record.body, date.fromisoformat(record.body["day"])
    for where, name in (
        (Where.STORY, "narrative"),
        (Where.RISK, "risk"),
        (Where.DETRIMENT, "detriment"),
        (Where.WORK, "role"),
        (Where.ELSEWHERE, "help_needed"),
    ):
        yield Part(where, day, _text(body[name]))


def _message(record: Record, _days: Days) -> Iterator[Part]:
    where = Where.FROM_PERSON if record.body["from"] == "reporter" else Where.FROM_GUARDIAN
    day = date.fromisoformat(record.body["day"])
    yield Part(where, day, _text(record.body["text"]))
    for words in record.body.get("areas", {}).values():
        yield Part(Where.BASELINE, day, _text(words))


def _note(record: Record, _days: Days) -> Iterator[Part]:
    yield Part(Where.NOTE, _day_of(record.body["at"]), _text(record.body["text"]))


def _triage(record: Record, _days: Days) -> Iterator[Part]:
    for name in ("wants_words", "qualifying_words"):
        yield Part(Where.TRIAGE, _day_of(record.body["at"]), _text(record.body[name]))


def _closure(record: Record, _days: Days) -> Iterator[Part]:
    for name in ("summary", "why_not_satisfied", "escalation", "why_not_told"):
        yield Part(Where.CLOSURE, _day_of(record.body["at"]), _text(record.body.get(name, "")))


def _detriment(record: Record, _days: Days) -> Iterator[Part]:
    day = record.body.get("told_on") or record.body["on"]
    yield Part(Where.DETRIMENT, date.fromisoformat(day), _text(record.body["words"]))


def _consent(record: Record, _days: Days) -> Iterator[Part]:
    for name in ("what", "whom", "purpose"):
        yield Part(Where.CONSENT, date.fromisoformat(record.body["on"]), _text(record.body.get(name, "")))


def _disclosure(record: Record, _days: Days) -> Iterator[Part]:
    for name in ("whom", "what", "authoriser", "why_not_told"):
        yield Part(Where.DISCLOSURE, date.fromisoformat(record.body["on"]), _text(record.body[name]))


def _referral(record: Record, _days: Days) -> Iterator[Part]:
    """To whom it was passed on, and why it was taken back."""
    for name in ("name", "why"):
        yield Part(Where.DISCLOSURE, date.fromisoformat(record.body["day"]), _text(record.body.get(name, "")))


def _shown(record: Record, _days: Days) -> Iterator[Part]:
    """What waits to be sent stands here alone; once it is sent, the log of what was told says it too."""
    for name in ("text", "ask"):
        yield Part(Where.SHOWN, date.fromisoformat(record.body["day"]), _text(record.body[name]))


def _answer(record: Record, _days: Days) -> Iterator[Part]:
    yield Part(Where.ANSWER, date.fromisoformat(record.body["day"]), _text(record.body["text"]))


def _title(record: Record, _days: Days) -> Iterator[Part]:
    yield Part(Where.TITLE, None, _text(record.body["text"]))


def _person(record: Record, _days: Days) -> Iterator[Part]:
    for name in ("name", "contact", "safe_contact", "notice_to"):
        yield Part(Where.PERSON, None, _text(record.body[name]))


def _file(record: Record, days: Days) -> Iterator[Part]:
    yield Part(Where.FILE, days.get(str(record.id)), _text(record.body["name"]))


def _kept_out(record: Record, _days: Days) -> Iterator[Part]:
    yield Part(Where.KEPT_OUT, None, _text(record.body["others"]))


def _hand_over(record: Record, _days: Days) -> Iterator[Part]:
    yield Part(Where.HAND_OVER, _day_of(record.body["at"]), _text(record.body.get("words", "")))


def _learning(record: Record, _days: Days) -> Iterator[Part]:
    """How the person was told what changed, or why they were not; what changed stands in clear elsewhere."""
    yield Part(Where.ELSEWHERE, date.fromisoformat(record.body["day"]), _text(record.body.get("words", "")))


def _nothing(_record: Record, _days: Days) -> Iterator[Part]:
    """Say nothing: codes and ids, which no person wrote."""
    return iter(())


def _elsewhere(record: Record, _days: Days) -> Iterator[Part]:
    """Look at whatever reads as words in a kind of record that has no words of its own here: nothing is passed over."""
    day = record.body.get("at") or record.body.get("on") or record.body.get("day")
    for text in _strings(record.body):
        yield Part(Where.ELSEWHERE, _day_of(day) if isinstance(day, str) else None, text)


_PARTS: dict[str, Callable[[Record, Days], Iterator[Part]]] = {
    RecordKind.CONCERN: _concern,
    RecordKind.MESSAGE: _message,
    RecordKind.NOTE: _note,
    RecordKind.CLOSURE: _closure,
    RecordKind.TRIAGE: _triage,
    RecordKind.DETRIMENT: _detriment,
    RecordKind.CONSENT: _consent,
    RecordKind.AGREED: _nothing,
    RecordKind.DISCLOSURE: _disclosure,
    RecordKind.REFERRAL: _referral,
    RecordKind.SHOWN: _shown,
    RecordKind.ANSWER: _answer,
    RecordKind.TITLE: _title,
    RecordKind.HAND_OVER: _hand_over,
    RecordKind.LEARNING: _learning,
    RecordKind.PERSON: _person,
    RecordKind.FILE: _file,
    RecordKind.ROUTING: _nothing,
    RecordKind.STANDING: _nothing,
    RecordKind.CODING: _nothing,
    "exclusions": _kept_out,
    # From where it came is no word about anybody; what was given to somebody stands in the case already.
    RecordKind.IMPORTED: _nothing,
    RecordKind.SUBJECT_ACCESS: _nothing,
    RecordKind.FACT: _nothing,
    "manifest": _nothing,
}

_A_CODE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\d([T ][\d:.+Z-]*)?|[0-9a-f]{32,}|[a-z]+(_[a-z]+)+")
"""An id, a day or moment, a key, or the key of a code: none of them was written by a person."""


def _strings(value: Any) -> Iterator[str]:  # noqa: ANN401 -- whatever JSON holds
    if isinstance(value, str):
        if not _A_CODE.fullmatch(value):
            yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _text(value: Any) -> str:  # noqa: ANN401 -- whatever JSON holds
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _day_of(written: str) -> date:
    """Return the day, in London where it is a moment."""
    if len(written) == len("2027-03-31"):
        return date.fromisoformat(written)
    return clock.london_day(datetime.fromisoformat(written))
