"""Finds numbers in what is handed out that the publication does not hold."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from speakup import assurance
from speakup.assurance import Subject
from speakup.disclosure import SafeSeries, SafeTable, total
from speakup.papers import ContextFigure, Pack, grouped
from speakup.papers.documents import Paper

COMPARED = {
    Subject.ANONYMOUS, Subject.PATIENT_SAFETY, Subject.WORKER_SAFETY, Subject.BULLYING, Subject.BEHAVIOURS,
    Subject.DETRIMENT, Subject.SPEAK_UP_AGAIN,
}  # fmt: skip
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def held(pack: Pack) -> set[str]:
    """Every number of a publication: of its protected tables and lines, and in its words, names and dates."""
    return set(NUMBER.findall(" ".join([*_words(pack), *_national(pack), *_following(pack)])))


def _following(pack: Pack) -> Iterator[str]:
    """What follows by a named rule: the share of those who were asked that answered."""
    asked, again = pack.table("asked"), pack.table("again")
    if asked and again:
        yield str(total(again).percentage_of(total(asked)))


def _national(pack: Pack) -> Iterator[str]:
    """The newest published national figures that stand beside it, with year and source."""
    newest = {each.of: each for each in assurance.in_force(pack.published_on)}
    for each in newest.values():
        if each.of in COMPARED:
            yield f"{each.value:f} {each.period} {each.publication} {each.published.day} {each.published.year}"


def _words(value: Any) -> Iterator[str]:  # noqa: ANN401 -- whatever a publication holds
    if isinstance(value, SafeTable):
        yield from _of_table(value)
    elif isinstance(value, SafeSeries):
        yield from (f"{label} {figure}" for label, figure in value.points)
        yield from (f"{each.lower} {each.centre} {each.upper}" for each in value.limits)
    elif isinstance(value, ContextFigure):
        yield f"{value.name} {grouped(value.value)} {value.unit} {value.source} {value.as_of.day} {value.as_of.year}"
    elif isinstance(value, date):
        yield f"{value.day} {value.year}"
    elif isinstance(value, tuple):
        for each in value:
            yield from _words(each)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _words(getattr(value, field.name))
    elif isinstance(value, (str, int)):
        yield str(value)


def _of_table(table: SafeTable) -> Iterator[str]:
    for labels, figure in table:
        yield str(figure)
        yield " ".join(filter(None, labels))
        if len(table.axes) == 1:
            yield str(figure.percentage_of(total(table)))


def strange(text: str, pack: Pack, paper: Paper) -> list[str]:
    """The numbers of a text that the publication does not hold. Those that count pages, parts and points are none."""
    text = re.sub(r"\s+", " ", re.sub(r"Page \d+ of \d+", " ", text))
    for section in sorted(paper.sections, key=lambda each: -len(each.heading)):
        text = text.replace(section.heading, " ")
    for number, item in enumerate(paper.asked.items, 1):
        text = text.replace(f"{number}. {item}", item)
    return [number for number in NUMBER.findall(text) if number not in held(pack)]
