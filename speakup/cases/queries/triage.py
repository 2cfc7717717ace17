"""How triage stands: what was saved last, or, before anything was, what the person's own words say already."""

from dataclasses import replace

from speakup.cases.operations.counting import DETRIMENT_ELEMENT
from speakup.cases.operations.triage import Triage
from speakup.cases.queries.views import CaseView
from speakup.cases.rules import Answer
from speakup.kernel import clock
from speakup.vocabulary import NOT_KNOWN


def standing_triage(view: CaseView) -> Triage:
    """Return triage as its page shows it: elements and worker group are those of the case itself."""
    triage = view.triages[-1].triage if view.triages else as_told(view)
    elements = frozenset(view.elements) - {DETRIMENT_ELEMENT}
    coded = replace(triage, elements=elements, none_apply=view.coded and not elements)
    if DETRIMENT_ELEMENT in view.elements or _told_since(view):
        coded = replace(coded, detriment=Answer.YES)
    return replace(coded, worker_group=view.worker_group) if view.worker_group else coded


def _told_since(view: CaseView) -> bool:
    """Say whether the person said that they were treated badly after triage was saved last: a yes to begin with."""
    return any(not view.triages or line.told_on > clock.london_day(view.triages[-1].at) for line in view.detriment)


def as_told(view: CaseView) -> Triage:
    """Return what the person's own words say already."""
    told = view.told
    happened = told.happened if told.happened in {Answer.YES, Answer.NO} else Answer.NOT_ANSWERED
    return Triage(risk="immediate" if told.at_risk is Answer.YES else "", detriment=happened, worker_group=NOT_KNOWN)
