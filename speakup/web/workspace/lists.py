"""`/lists`: what an administrator changed in the lists, so that no word that cases are coded with changes unseen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import policy, vocabulary
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.vocabulary import CodeSet, Entry
from speakup.web.actors import work
from speakup.web.list_words import TITLES
from speakup.web.workspace import surface
from speakup.web.workspace.pages import common

SHOWN_FOR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class ListChange:
    """One thing that changed in a list, or will, as a sentence."""

    on: date
    title: Any
    sentence: str


@surface.get("/lists")
def list_changes() -> ResponseReturnValue:
    with work(writes=False) as uow:
        policy.require(uow.actor, Permission.CASE_LIST)
        found = sorted(_changes(uow), key=lambda each: each.on, reverse=True)
        coming = [each for each in reversed(found) if each.on > uow.today]
        past = [each for each in found if each.on <= uow.today]
        return render_template("workspace/lists.html", coming=coming, past=past, **common(uow))


def _changes(uow: UnitOfWork) -> Iterator[ListChange]:
    since = uow.today - SHOWN_FOR
    national: dict[CodeSet, dict[str, str]] = {}
    for which, entry in vocabulary.changes_since(uow, since):
        names = national.setdefault(which, vocabulary.names(uow, which))
        for day, sentence in _sentences(entry, names):
            if day > since:
                yield ListChange(day, TITLES[which], sentence)


def _sentences(entry: Entry, names: dict[str, str]) -> Iterator[tuple[date, str]]:
    first = entry.rows[0]
    if first.national_key and not entry.is_national:
        counts_as = names.get(first.national_key, first.national_key)
        yield (
            first.valid_from,
            _("“%(name)s” was added. It counts nationally as “%(national)s”", name=first.name, national=counts_as),
        )
    else:
        yield first.valid_from, _("“%(name)s” was added", name=first.name)
    for before, after in pairwise(entry.rows):
        if before.name != after.name:
            yield after.valid_from, _("“%(old)s” is called “%(new)s”", old=before.name, new=after.name)
        if before.national_key != after.national_key:
            counts_as = names.get(after.national_key, after.national_key)
            yield (
                after.valid_from,
                _("“%(name)s” counts nationally as “%(national)s”", name=after.name, national=counts_as),
            )
    if entry.last_day is not None:
        last = entry.rows[-1].name
        yield entry.last_day + timedelta(days=1), _("“%(name)s” is no longer offered. Cases keep it", name=last)
