"""Counting a quarter for the return, comparing it with what was signed off, and reading both."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from speakup import audit, insight, policy, vocabulary
from speakup.audit import Event
from speakup.insight import RaisedFact
from speakup.kernel.errors import Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.returns.lines import (
    COLLECTOR,
    NIL_LINE,
    SHIPPED,
    WORDS,
    NationalCode,
    Wording,
    in_force,
    lines,
)
from speakup.returns.models import NationalReturn, ReturnState, ReturnSubmission, ReturnWording
from speakup.returns.rules import (
    DETRIMENT,
    Check,
    CountedCase,
    Figures,
    Finding,
    Quarter,
    Window,
    check,
    differences,
    digest,
    figures,
)
from speakup.returns.views import Called, Listed, ReturnView, Submission, Words
from speakup.vocabulary import CodeSet, Entry

ANONYMOUS = "anonymous"
"""How a fact says that it was raised anonymously."""
FIRST = Quarter(2021, 1)
"""The national lists that are shipped begin with it."""


@dataclass(frozen=True, slots=True)
class Lists:
    """The national lists with what of the organisation's own counts as them, and every wording: read once."""

    elements: Sequence[Entry]
    groups: Sequence[Entry]
    answers: Sequence[Entry]
    wordings: Sequence[Wording]

    def called(self, quarter: Quarter) -> Called:
        """Say what the lines of a quarter are, and are called."""
        held = in_force(self.wordings, quarter.last_day)
        codes = (_national(each, quarter) for each in (self.elements, self.groups, self.answers))
        words = {name: held[name] for name in (*WORDS, NIL_LINE)}
        return Called(lines(held, *codes), words, held[COLLECTOR])


def read_period(name: str) -> Quarter:
    """Read a quarter that a return can be made of; anything else is not there."""
    try:
        quarter = Quarter.read(name)
    except Invalid as invalid:
        raise NotFound(name) from invalid
    if quarter.first_day < FIRST.first_day:
        raise NotFound(name)
    return quarter


def open_return(uow: UnitOfWork, quarter: Quarter) -> ReturnView:
    """Count a quarter that is over, and lay it beside what was signed off. Reading exact figures is recorded.

    While it runs nobody sees its figures: from one day to the next they would tell, to a guardian who was kept out of
    a case, that it came, from which group and what it is about.
    """
    policy.require(uow.actor, Permission.RETURN_KEEP)
    if quarter.last_day >= uow.today:
        raise NotFound(quarter.name)
    row = find_row(uow, quarter)
    held = lists(uow)
    signed = submissions_of(uow, row)
    others = [each for each in _signed_periods(uow) if each != quarter.name]
    gathered = _gathered(uow, [quarter.name, *others])
    called = held.called(quarter)
    counted = gathered.figures(called, quarter)
    words = Words(row.themes, row.learning, row.comments) if row else Words()
    window = Window(row.opens_on, row.closes_on) if row else Window()
    settled = bool(signed) and signed[-1].is_of(counted, words)
    found = [
        *check(called.lines, counted, quarter, None if settled else window, uow.today),
        *_earlier(uow, held, others, gathered),
    ]
    audit.record(uow, Event.RETURN_READ, row.id if row else None)
    checked = row is not None and row.checked == digest(counted, words.by_line)
    state = _state(row, checked=checked)
    return ReturnView(
        quarter, state, row.revision if row else 0, window, called, counted, words, found, signed, checked
    )


def list_returns(uow: UnitOfWork) -> list[Listed]:
    """List every quarter in which something was raised, answered or written, and this one; newest first."""
    policy.require(uow.actor, Permission.RETURN_KEEP)
    rows = {each.period: each for each in _rows(uow)}
    newest = Quarter.read(insight.quarter_of(uow.today))
    begun = min([newest.name, *rows, *insight.periods_counted(uow)])
    held, signed, gathered = lists(uow), _last_signed(uow), _gathered(uow, list(rows))
    found, quarter = list[Listed](), newest
    while quarter.name >= max(begun, FIRST.name):
        row, now = rows.get(quarter.name), gathered.figures(held.called(quarter), quarter)
        found.append(_listed(quarter, row, now, signed.get(quarter.name), over=quarter.last_day < uow.today))
        quarter = quarter.before
    return found


def lists(uow: UnitOfWork) -> Lists:
    """Read the lists and what the lines are called, here and as shipped."""
    query = select(ReturnWording).where(ReturnWording.organisation_id == uow.organisation_id)
    own = uow.session.scalars(query.order_by(ReturnWording.written_at, ReturnWording.id))
    elements, groups, answers = (
        vocabulary.entries(uow, each) for each in (CodeSet.ELEMENT, CodeSet.WORKER_GROUP, CodeSet.FEEDBACK)
    )
    shipped = Lists(elements, groups, answers, SHIPPED)
    wordings = (
        Wording(_worded_as(shipped, each), each.valid_from, each.text, each.source, each.certainty) for each in own
    )
    return replace(shipped, wordings=[*SHIPPED, *wordings])


def _worded_as(held: Lists, row: ReturnWording) -> str:
    """Say which line it words. Once they were kept under a code's number: it is the code that had it at that time."""
    if not row.line.rpartition(".")[2].isdecimal():
        return row.line
    then = held.called(Quarter.read(insight.quarter_of(row.written_at.date()))).lines
    return next((each.worded_as for each in then if each.name == row.line), row.line)


def wordings(uow: UnitOfWork, quarter: Quarter) -> list[tuple[str, Wording]]:
    """List each line's name with what it is called at the end of a quarter, in their order; first who collects them."""
    policy.require(uow.actor, Permission.RETURN_KEEP)
    called = lists(uow).called(quarter)
    numbered = [(each.name, Wording(each.worded_as, *_said(each.wording))) for each in called.lines]
    return [*_by_line([called.collector]), *numbered, *_by_line(called.words.values())]


def _by_line(wordings: Iterable[Wording]) -> list[tuple[str, Wording]]:
    return [(each.line, each) for each in wordings]


def find_row(uow: UnitOfWork, quarter: Quarter, *, for_update: bool = False) -> NationalReturn | None:
    """Find what is written for a quarter, if anything."""
    here = NationalReturn.organisation_id == uow.organisation_id
    query = select(NationalReturn).where(here, NationalReturn.period == quarter.name)
    return uow.session.scalar(query.with_for_update() if for_update else query)


def submissions_of(uow: UnitOfWork, row: NationalReturn | None) -> list[Submission]:
    """List every signing off of a return with its figures, oldest first."""
    if row is None:
        return []
    here = ReturnSubmission.organisation_id == uow.organisation_id
    query = select(ReturnSubmission).where(here, ReturnSubmission.return_id == row.id)
    returned = defaultdict[int, list[tuple[str, str, int]]](list)
    for each in insight.returned_lines(uow, row.period):
        returned[each.number].append((each.line, each.label, each.count))
    return [
        Submission(
            each.number,
            each.by_id,
            each.at,
            each.collector,
            each.nil,
            Words(each.themes, each.learning, each.comments),
            sorted(returned[each.number], key=lambda line: _place(line[0])),
        )
        for each in uow.session.scalars(query.order_by(ReturnSubmission.number))
    ]


def _place(line: str) -> tuple[int, ...]:
    """Put R2 before R10, and R8.2 before R8.10."""
    return tuple(int(each) for each in line.removeprefix("R").split("."))


def _national(entries: Sequence[Entry], quarter: Quarter) -> list[NationalCode]:
    """List the national codes of one list that hold in a quarter, each with the codes that count as it at its end."""
    rows = {each.key: each.on(quarter.last_day) for each in entries}
    return [
        NationalCode(
            each.key,
            Wording("", *_said_of(each, quarter)),
            frozenset(key for key, row in rows.items() if row.national_key == each.key),
        )
        for each in entries
        if each.is_national and each.first_day <= quarter.last_day and not each.ended_by(quarter.first_day)
    ]


def _said_of(entry: Entry, quarter: Quarter) -> tuple[date, str, str, vocabulary.Certainty]:
    row = entry.on(quarter.last_day)
    return row.valid_from, row.name, row.source, row.certainty


def _said(wording: Wording) -> tuple[date, str, str, vocabulary.Certainty]:
    return wording.valid_from, wording.text, wording.source, wording.certainty


@dataclass(frozen=True, slots=True)
class _Counted:
    """Some quarters' cases, their worker groups apart from them, and answers: by quarter."""

    cases: Mapping[str, Sequence[CountedCase]]
    groups: Mapping[str, Mapping[str, int]]
    answers: Mapping[str, Mapping[str, int]]

    def figures(self, called: Called, quarter: Quarter) -> dict[str, int]:
        """Count the lines of one of them."""
        name = quarter.name
        return figures(called.lines, self.cases.get(name, ()), self.groups.get(name, {}), self.answers.get(name, {}))


def _gathered(uow: UnitOfWork, periods: Collection[str]) -> _Counted:
    """Read what is counted of every case raised in these quarters, and of the feedback that came in them."""
    cases = defaultdict[str, list[CountedCase]](list)
    for each in insight.facts_raised_in(uow, periods):
        cases[each.raised].append(_counted(each))
    return _Counted(cases, insight.groups_raised_in(uow, periods), insight.answers_in(uow, periods))


def _counted(fact: RaisedFact) -> CountedCase:
    elements = {*filter(None, fact.elements.split("+")), *([DETRIMENT] if fact.detriment else [])}
    return CountedCase(frozenset(elements), fact.how == ANONYMOUS)


def _earlier(uow: UnitOfWork, held: Lists, periods: Collection[str], gathered: _Counted) -> list[Finding]:
    """Name the other quarters that are not as they were signed off: they can be corrected, mostly with the fourth."""
    signed = _last_signed(uow)
    quarters = [Quarter.read(each) for each in sorted(periods)]
    changed = tuple(
        each.name for each in quarters if differences(signed[each.name], gathered.figures(held.called(each), each))
    )
    return [Finding(Check.EARLIER_CHANGED, count=len(changed), periods=changed)] if changed else []


def _rows(uow: UnitOfWork) -> Sequence[NationalReturn]:
    here = NationalReturn.organisation_id == uow.organisation_id
    return uow.session.scalars(select(NationalReturn).where(here)).all()


def _signed_periods(uow: UnitOfWork) -> list[str]:
    return [each.period for each in _rows(uow) if each.submissions]


def _last_signed(uow: UnitOfWork) -> dict[str, dict[str, int]]:
    """Map every quarter that was signed off to its figures as they last were."""
    found = dict[str, tuple[int, dict[str, int]]]()
    for each in insight.returned_lines(uow):
        number, counted = found.get(each.period, (0, {}))
        if each.number > number:
            number, counted = each.number, {}
        if each.number == number:
            counted[each.line] = each.count
        found[each.period] = (number, counted)
    return {period: counted for period, (_number, counted) in found.items()}


def _state(row: NationalReturn | None, *, checked: bool) -> ReturnState:
    """Say where it stands: what was checked and has changed since is a draft again."""
    if row is None or (row.state is ReturnState.CHECKED and not checked):
        return ReturnState.DRAFT
    return row.state


def _listed(
    quarter: Quarter, row: NationalReturn | None, now: Figures, signed: Figures | None, *, over: bool
) -> Listed:
    if row is None:
        return Listed(quarter, ReturnState.DRAFT, Window(), over, None, changed=False)
    words = Words(row.themes, row.learning, row.comments)
    state = _state(row, checked=row.checked == digest(now, words.by_line))
    changed = signed is not None and bool(differences(signed, now))
    return Listed(quarter, state, Window(row.opens_on, row.closes_on), over, row.submitted_at, changed=changed)
