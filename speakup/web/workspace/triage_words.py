"""What stands in triage, in words: for its page, its history and the case page."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from speakup import cases, vocabulary
from speakup.cases import Answer, Case, CaseView, Triage, TriageLine
from speakup.kernel.uow import UnitOfWork
from speakup.vocabulary import NOT_KNOWN
from speakup.web import labels

NAMES: Mapping[str, Any] = {
    "risk": _("Risk now"),
    "elements": _("Elements"),
    "none_apply": _("No element applies"),
    "detriment": _("Detriment indicated"),
    "worker_group": _("Worker group"),
    "relationship": _("How they work here"),
    "seniority": _("Seniority"),
    "service": _("Length of service"),
    "themes": _("Local themes"),
    "wants": _("What they want"),
    "wants_words": _("What they want, in words"),
    "prior_routes": _("Raised before with"),
    "support": _("Support offered"),
    "qualifying": _("Possible qualifying disclosure"),
    "headings": _("Headings it may come under"),
    "qualifying_words": _("About a qualifying disclosure"),
}
DETRIMENT: Mapping[Answer, Any] = {Answer.YES: _("Yes"), Answer.NO: _("No"), Answer.NOT_ANSWERED: _("Not known")}
_IN_THE_SECTION = frozenset({"elements", "none_apply", "worker_group"})
"""What the case page shows in its own way."""
_UNSAID: Collection[Any] = ("", frozenset(), {}, NOT_KNOWN, "not_considered", Answer.NOT_ANSWERED, False)


def rows(uow: UnitOfWork, view: CaseView) -> list[dict[str, Any]]:
    """List what the case page shows of triage: what has been said, each with its words."""
    if not view.triages:
        return []
    triage = view.triages[-1].triage
    return [
        {"key": NAMES[name], "value": words_of(uow, view.case, triage, name)}
        for name in NAMES
        if name not in _IN_THE_SECTION and getattr(triage, name) not in _UNSAID
    ]


def words_of(uow: UnitOfWork, case: Case, triage: Triage, name: str) -> str:
    """Say one answer in words, by the names its codes had on the day the case was raised."""
    said = getattr(triage, name)
    if isinstance(said, Answer):
        return str(DETRIMENT[said])
    if isinstance(said, bool):
        return str(DETRIMENT[Answer.YES if said else Answer.NO])
    if name not in cases.TRIAGE_SETS:
        return str(said) or gettext("Nothing")
    keys = [said] if isinstance(said, str) else list(said)
    names = vocabulary.names(uow, cases.TRIAGE_SETS[name], case.raised_on)
    days: Mapping[str, date] = said if name == "support" else {}
    return "; ".join(_dated(names.get(key, key), days.get(key)) for key in _in_order(keys, names)) or gettext("Nothing")


def changed(uow: UnitOfWork, case: Case, triage: Triage, names: Collection[str]) -> list[tuple[Any, str]]:
    """Say how each of these stands."""
    return [(label, words_of(uow, case, triage, name)) for name, label in NAMES.items() if name in names]


def history(uow: UnitOfWork, view: CaseView) -> Iterator[tuple[TriageLine, list[tuple[Any, str]]]]:
    """List every saving with what it changed, newest first."""
    before = [Triage(), *(each.triage for each in view.triages)]
    for line, earlier in zip(reversed(view.triages), reversed(before[:-1]), strict=True):
        yield line, changed(uow, view.case, line.triage, cases.changes_of_triage(earlier, line.triage))


def _dated(name: str, day: date | None) -> str:
    return gettext("%(what)s (%(day)s)", what=name, day=labels.day(day)) if day else name


def _in_order(keys: Collection[str], names: Mapping[str, str]) -> list[str]:
    order = [key for key in names if key in keys]
    return [*order, *(key for key in keys if key and key not in names)]
