"""What messages say beside words, and what was done to somebody because they spoke up: read out of sealed records."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from speakup.cases.check_ins import How, Things
from speakup.cases.models import RecordKind, Said
from speakup.keyring import Record


@dataclass(frozen=True, slots=True)
class Baseline:
    """How things were at work on that day, by area."""

    areas: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Treated:
    """How somebody was treated, by the keys of the lists; whatever was not said is empty."""

    forms: tuple[str, ...]
    source: str
    spoken_up_to: str


@dataclass(frozen=True, slots=True)
class WouldAgain:
    """Whether they would speak up again; empty where they would rather not say."""

    again: str


@dataclass(frozen=True, slots=True)
class WantsAsking:
    """So many months after the end; none for not at all."""

    months: tuple[int, ...]
    how: How


@dataclass(frozen=True, slots=True)
class WasAsked:
    """For the check-in of a day."""

    on: date


@dataclass(frozen=True, slots=True)
class ThingsAre:
    """How things are; `on` is None for what was said between check-ins."""

    things: Things
    on: date | None


More = Baseline | Treated | WouldAgain | WantsAsking | WasAsked | ThingsAre


@dataclass(frozen=True, slots=True)
class StepLine:
    """What was done about a report."""

    words: str = field(repr=False)
    on: date
    author_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class DetrimentLine:
    """One report that somebody was treated badly because they spoke up, and what was done about it."""

    record_id: uuid.UUID
    author_id: uuid.UUID | None
    """Who wrote it down; None for the person themselves."""
    told_on: date
    words: str = field(repr=False)
    treated: Treated
    steps: tuple[StepLine, ...]


def more_of(body: Mapping[str, Any]) -> More | None:
    """Read what a message says beside its words; `KeyError`, `TypeError` or `ValueError` for what we never wrote."""
    read = _MORE.get(str(body.get("told")))
    return read(body) if read else None


def detriment_lines(conversation: Iterable[Record], casework: Iterable[Record]) -> list[DetrimentLine]:
    """List every report by the day it was told, those of the person and those that guardians wrote down."""
    written = [each for each in casework if each.kind == RecordKind.DETRIMENT]
    steps = [each.body for each in written if each.body["what"] == "step"]
    told = [
        (each, date.fromisoformat(each.body["day"]), None)
        for each in conversation
        if each.kind == RecordKind.MESSAGE and each.body.get("told") == Said.DETRIMENT
    ]
    reports = [
        (each, date.fromisoformat(each.body["told_on"]), uuid.UUID(each.body["by"]))
        for each in written
        if each.body["what"] == "report"
    ]
    lines = [_line(record, day, author, steps) for record, day, author in [*told, *reports]]
    return sorted(lines, key=lambda line: line.told_on)


def _line(record: Record, day: date, author: uuid.UUID | None, steps: Iterable[Mapping[str, Any]]) -> DetrimentLine:
    body = record.body
    return DetrimentLine(
        record_id=record.id,
        author_id=author,
        told_on=day,
        words=str(body.get("words", body.get("text", ""))),
        treated=_treated(body),
        steps=tuple(
            StepLine(each["words"], date.fromisoformat(each["on"]), uuid.UUID(each["by"]))
            for each in steps
            if each["report"] == str(record.id)
        ),
    )


def _treated(body: Mapping[str, Any]) -> Treated:
    return Treated(tuple(map(str, body["forms"])), str(body["source"]), str(body["spoken_up_to"]))


def _things(body: Mapping[str, Any]) -> ThingsAre:
    return ThingsAre(Things(body["things"]), date.fromisoformat(body["on"]) if body["on"] else None)


_MORE: Mapping[str, Callable[[Mapping[str, Any]], More]] = {
    Said.BASELINE: lambda body: Baseline({str(area): str(words) for area, words in body["areas"].items()}),
    Said.DETRIMENT: _treated,
    Said.FEEDBACK: lambda body: WouldAgain(str(body["again"])),
    Said.CHECK_INS: lambda body: WantsAsking(tuple(map(int, body["months"])), How(body["way"])),
    Said.ASKED: lambda body: WasAsked(date.fromisoformat(body["on"])),
    Said.THINGS: _things,
}
