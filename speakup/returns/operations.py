"""Writing what stands beside the figures, going through the checks, signing off."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError

from speakup import audit, insight, policy
from speakup.audit import Event
from speakup.insight import LineOfReturn
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.returns.lines import COLLECTOR, NIL_LINE, WORDS
from speakup.returns.models import NationalReturn, ReturnState, ReturnSubmission, ReturnWording
from speakup.returns.queries import find_row, lists, open_return
from speakup.returns.rules import Quarter, Window
from speakup.returns.views import ReturnView, Words
from speakup.vocabulary import Certainty

WORDS_LIMIT = 4000
LABEL_LIMIT, SOURCE_LIMIT = 300, 300


@dataclass(frozen=True, slots=True)
class NewWording:
    """What a line is called from one day on, where it says so, and how sure that is."""

    line: str
    """`Line.worded_as`, `COLLECTOR`, or the name of a line of words."""
    valid_from: date
    text: str
    source: str
    certainty: Certainty


def keep_words(uow: UnitOfWork, quarter: Quarter, words: Words, read: int) -> NationalReturn:
    """Keep what is written beside the figures, if it is still what was read as revision `read`."""
    for line, text in words.by_line.items():
        if len(text) > WORDS_LIMIT:
            raise Invalid(line, "too long")
    row = _row(uow, quarter, read)
    row.themes, row.learning, row.comments = words.themes.strip(), words.learning.strip(), words.comments.strip()
    audit.record(uow, Event.RETURN_KEPT, row.id)
    return row


def keep_window(uow: UnitOfWork, quarter: Quarter, window: Window, read: int) -> NationalReturn:
    """Keep from when until when the return is taken, if nobody changed it since revision `read`."""
    window.require_order()
    row = _row(uow, quarter, read)
    row.opens_on, row.closes_on = window.opens_on, window.closes_on
    audit.record(uow, Event.RETURN_KEPT, row.id)
    return row


def check_return(uow: UnitOfWork, quarter: Quarter, seen: str) -> ReturnView:
    """Note that somebody went through the checks with exactly what they saw, marked `seen`, and nothing stops it."""
    policy.require(uow.actor, Permission.RETURN_SUBMIT)
    view = _unchanged(uow, quarter, seen)
    row = _row(uow, quarter, view.revision)
    row.checked = view.mark
    if not row.submissions:
        row.state = ReturnState.CHECKED
    audit.record(uow, Event.RETURN_CHECKED, row.id)
    return view


def submit_return(uow: UnitOfWork, quarter: Quarter, seen: str) -> ReturnSubmission:
    """Sign off exactly what was seen and checked: its lines are kept for good, and are public from now on.

    Nothing is sent: whoever signs has carried the figures over, or is about to.
    """
    policy.require(uow.actor, Permission.RETURN_SUBMIT)
    view = _unchanged(uow, quarter, seen)
    if not view.checked or view.settled:
        raise Conflict(quarter.name)
    row = _row(uow, quarter, view.revision)
    row.submissions += 1
    row.submitted_at = uow.now
    row.state = _signed_state(view)
    signed = _submission(uow, row, view)
    uow.session.add(signed)
    insight.keep_returned(uow, quarter.name, row.submissions, [
        LineOfReturn(each.name, each.wording.text, each.counts.value, each.key, each.local, view.counted[each.name])
        for each in view.called.lines
    ])  # fmt: skip
    audit.record(uow, Event.RETURN_SUBMITTED, row.id, quantity=row.submissions)
    return signed


def word_line(uow: UnitOfWork, wording: NewWording) -> ReturnWording:
    """Write down what the collection calls a line, or who collects it, from one day on; earlier wordings stay."""
    policy.require(uow.actor, Permission.RETURN_KEEP)
    if wording.line not in _names(uow):
        raise Invalid("line", "not in the list")
    for field, text, limit in (("text", wording.text, LABEL_LIMIT), ("source", wording.source, SOURCE_LIMIT)):
        if not text.strip() or len(text) > limit:
            raise Invalid(field, "empty or too long")
    row = ReturnWording(
        organisation_id=uow.organisation_id,
        id=new_id(),
        line=wording.line,
        valid_from=wording.valid_from,
        text=wording.text.strip(),
        source=wording.source.strip(),
        certainty=wording.certainty,
        by_id=uow.actor.person_id,
        written_at=uow.now,
    )
    uow.session.add(row)
    audit.record(uow, Event.RETURN_KEPT, row.id)
    return row


def _names(uow: UnitOfWork) -> set[str]:
    """Give what the wordings of every line of this quarter are kept under, as far as it is known today."""
    called = lists(uow).called(Quarter.read(insight.quarter_of(uow.today)))
    return {COLLECTOR, *WORDS, NIL_LINE, *(each.worded_as for each in called.lines)}


def _unchanged(uow: UnitOfWork, quarter: Quarter, seen: str) -> ReturnView:
    """Count once more; `Conflict` if it is not what was seen, or cannot be signed off."""
    view = open_return(uow, quarter)
    if view.mark != seen or view.stops:
        raise Conflict(quarter.name)
    return view


def _signed_state(view: ReturnView) -> ReturnState:
    if view.nil:
        return ReturnState.NIL
    return ReturnState.RESUBMITTED if view.submissions else ReturnState.SUBMITTED


def _submission(uow: UnitOfWork, row: NationalReturn, view: ReturnView) -> ReturnSubmission:
    return ReturnSubmission(
        organisation_id=uow.organisation_id,
        id=new_id(),
        return_id=row.id,
        number=row.submissions,
        by_id=uow.actor.person_id,
        at=uow.now,
        collector=view.called.collector.text,
        nil=view.nil,
        themes=view.words.themes,
        learning=view.words.learning,
        comments=view.words.comments,
    )


def _row(uow: UnitOfWork, quarter: Quarter, read: int) -> NationalReturn:
    """Return the row to write to, one revision on; `Conflict` if it is not at the one that was read."""
    policy.require(uow.actor, Permission.RETURN_KEEP)
    row = find_row(uow, quarter, for_update=True)
    if row is None:
        row = _new_row(uow, quarter)
    if row.revision != read:
        raise Conflict(quarter.name)
    row.revision += 1
    return row


def _new_row(uow: UnitOfWork, quarter: Quarter) -> NationalReturn:
    row = NationalReturn(
        organisation_id=uow.organisation_id,
        id=new_id(),
        period=quarter.name,
        state=ReturnState.DRAFT,
        revision=0,
        opens_on=None,
        closes_on=None,
        themes="",
        learning="",
        comments="",
        checked="",
        submissions=0,
        submitted_at=None,
    )
    uow.session.add(row)
    try:
        uow.session.flush()
    except IntegrityError as taken:
        # A colleague began the same quarter in this moment.
        raise Conflict(quarter.name) from taken
    return row
