"""Writing down what came by telephone, in person, by e-mail, by letter or through a champion.

The guardian who writes it down holds the case, beside a cover whom the approved rules choose. Where they must not hold
it (they or their team are kept out, or it is their own concern) it is raised like a worker's, with seven words, and
whoever wrote it down gets no key.
"""

import textwrap
import uuid
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy.exc import IntegrityError

from speakup import audit, jobs, keyring, policy, routing, vocabulary
from speakup.audit import Event
from speakup.cases import clocks
from speakup.cases.models import Case, CaseState, HowRaised, RecordKind
from speakup.cases.moves import EFFECTS, Act
from speakup.cases.operations import intake
from speakup.cases.operations.casework import TITLE_LIMIT
from speakup.cases.operations.counting import count_case
from speakup.cases.operations.intake import Exclusions, NewConcern, PersonDetails, Recording, Work
from speakup.cases.queries.worklist import visible_to
from speakup.cases.rules import Answer
from speakup.crypto.receipts import ReceiptSecrets
from speakup.jobs import Job
from speakup.kernel.errors import Conflict, Invalid, NobodyToReceive
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind
from speakup.policy import Permission
from speakup.routing import Choice, Rule, Subject
from speakup.vocabulary import CodeSet

LONGEST_AGO = timedelta(days=2 * 366)
"""How long ago a concern may have been raised that is written down one by one; what is older is brought in as a log."""
HEARD_AT_ONCE = frozenset({"phone", "in_person"})
"""Routes on which the person was answered while they spoke, so that nothing is owed to them by tomorrow."""
NOT_KNOWN = "not_known"
_SUGGESTED = 60


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a guardian writes down. Only the narrative, the route and how it was raised must be said."""

    narrative: str = field(repr=False)
    route: str
    how_raised: HowRaised
    raised_on: date | None = None
    """The day it reached a guardian, which decides its quarter; today where none is given."""
    title: str = field(default="", repr=False)
    person: PersonDetails | None = field(default=None, repr=False)
    work: Work = field(default_factory=Work, repr=False)
    at_risk: Answer = Answer.NOT_ANSWERED
    help_needed: str = field(default="", repr=False)
    """What they ask for to be able to talk with us, one line each."""
    language: str = field(default="", repr=False)
    """The languages asked for, as written: for the rules that go by language."""
    subject: Subject = Subject.NOBODY_NAMED
    exclusions: Exclusions = field(default_factory=Exclusions, repr=False)
    under_way: bool = False
    """The guardian joins what had begun without them."""
    under_way_since: date | None = None
    steps_aside: bool = False
    """Whoever writes it down must not hold it, and says so."""
    own: bool = False
    """It is the concern of whoever writes it down."""
    id: uuid.UUID | None = None
    """Drawn with the form, so that sending it twice is one case."""


def record_case(uow: UnitOfWork, recorded: Recorded) -> Case:
    """Write the case and seal everything said, for the acting guardian and a cover.

    `NobodyToReceive` when there are not two people who may hold it, `Conflict` when the actor is not one of them or
    the same form was sent before.
    """
    policy.require(uow.actor, Permission.CASE_RECORD)
    excluded, choice = chosen_for(uow, recorded)
    if recorded.own or recorded.steps_aside or choice.primary != uow.actor.person_id:
        raise Conflict("the recorder")
    return write_case(uow, recorded, excluded, choice)


def chosen_for(uow: UnitOfWork, recorded: Recorded) -> tuple[frozenset[uuid.UUID], Choice]:
    """Choose who would hold it, the actor first where every rule allows it; beside them, who is kept out."""
    return choose_holders(uow, concern_of(uow, recorded))


def write_case(uow: UnitOfWork, recorded: Recorded, excluded: frozenset[uuid.UUID], choice: Choice) -> Case:
    """Write one case for those who were chosen, the actor first among them."""
    policy.require(uow.actor, Permission.CASE_RECORD)
    concern = concern_of(uow, recorded)
    case = _row(uow, recorded, concern, choice)
    opened = keyring.create_recorded_keys(
        uow, case.id, [choice.primary, choice.cover], intake.exclusion_body(uow, concern, excluded, choice)
    )
    conversation, casework = opened[CompartmentKind.CONVERSATION], opened[CompartmentKind.CASEWORK]
    keyring.add(uow, conversation, RecordKind.CONCERN, intake.concern_body(concern, case, []))
    keyring.add(uow, casework, RecordKind.ROUTING, intake.routing_body(uow, choice))
    keyring.add(uow, casework, RecordKind.TITLE, {"text": title_of(recorded), "ref": case.ref})
    if concern.person is not None:
        keyring.add(uow, opened[CompartmentKind.IDENTITY], RecordKind.PERSON, concern.person.plain())
    count_case(uow, case)
    # Whoever wrote it has read it; to the cover it is new.
    keyring.remember_told(uow, case.id, case.told_times)
    audit.record(uow, Event.CASE_RECORDED, case.id)
    jobs.defer(uow, Job.URGENT_MAIL if case.at_risk_now else Job.SOMETHING_TO_READ_MAIL, choice.cover)
    return case


def pass_to_others(
    uow: UnitOfWork,
    recorded: Recorded,
    by: uuid.UUID,
    words: tuple[ReceiptSecrets, int],
    named: tuple[uuid.UUID, uuid.UUID],
) -> Case:
    """Raise what its recorder must not hold, sealed to the two who were named, and to the person whose words these are.

    The actor is the reporter about to be; `words` are theirs, stretched, with their generation. Of an own concern
    nothing says who wrote it down. `Conflict` when those named can no longer be chosen.
    """
    concern = replace(concern_for_others(uow, recorded, by), named=named)
    case, opened = intake.start_case(uow, *words, concern, raised_on=recorded.raised_on)
    if recorded.title.strip():
        casework = opened[CompartmentKind.CASEWORK]
        keyring.add(uow, casework, RecordKind.TITLE, {"text": title_of(recorded), "ref": case.ref})
    return case


def holders_of(uow: UnitOfWork, recorded: Recorded) -> tuple[uuid.UUID, uuid.UUID]:
    """Say who would hold it, the guardian first: the actor, unless they must not. `NobodyToReceive` for no two."""
    policy.require(uow.actor, Permission.CASE_RECORD)
    by = uow.actor.person_id
    aside = recorded.own or recorded.steps_aside
    _, choice = choose_holders(uow, concern_for_others(uow, recorded, by) if aside else concern_of(uow, recorded))
    return choice.primary, choice.cover


def recorded_before(uow: UnitOfWork, recorded: Recorded) -> str:
    """Return the reference of the case that the same form has made already; nothing where it has made none."""
    policy.require(uow.actor, Permission.CASE_RECORD)
    mine = visible_to(uow.actor).where(Case.id == recorded.id)
    found = uow.session.scalar(mine) if recorded.id else None
    return found.ref if found else ""


def concern_of(uow: UnitOfWork, recorded: Recorded) -> NewConcern:
    """Return what is said, in the shape every concern has; `Invalid` for what no form can send."""
    return _concern(uow, recorded, uow.actor.person_id)


def concern_for_others(uow: UnitOfWork, recorded: Recorded, by: uuid.UUID) -> NewConcern:
    """Return it with whoever wrote it down kept out for good."""
    concern = _concern(uow, recorded, by)
    kept_out = replace(concern.exclusions, people=concern.exclusions.people | {by})
    return replace(
        concern,
        exclusions=kept_out if recorded.own or recorded.steps_aside else concern.exclusions,
        recording=None if recorded.own else concern.recording,
    )


def title_of(recorded: Recorded) -> str:
    """Return the title it was given, or its first words."""
    if recorded.title.strip():
        return recorded.title.strip()
    words = " ".join(recorded.narrative.split())
    return textwrap.shorten(words, _SUGGESTED, placeholder="…") if " " in words[:_SUGGESTED] else words[:_SUGGESTED]


def _concern(uow: UnitOfWork, recorded: Recorded, by: uuid.UUID) -> NewConcern:
    on = recorded.raised_on or uow.today
    _require_days(uow, recorded, on)
    vocabulary.require_code(uow, CodeSet.ROUTE, recorded.route, on)
    if len(recorded.title.strip()) > TITLE_LIMIT:
        raise Invalid("title", "too long")
    if recorded.person is not None and recorded.how_raised is HowRaised.ANONYMOUS:
        raise Invalid("person", "anonymous with a name")
    groups = {code.key for code in vocabulary.codes(uow, CodeSet.WORKER_GROUP, on)}
    group = recorded.work.worker_group or (NOT_KNOWN if NOT_KNOWN in groups else None)
    concern = NewConcern(
        recorded.narrative,
        recorded.how_raised,
        at_risk=recorded.at_risk,
        help_needed=recorded.help_needed,
        language=recorded.language,
        work=replace(recorded.work, worker_group=group),
        subject=recorded.subject,
        exclusions=recorded.exclusions,
        person=recorded.person,
        recording=Recording(by, uow.today, recorded.route, recorded.under_way, recorded.under_way_since),
    )
    intake.require_sayable(uow, concern, on)
    return concern


def _require_days(uow: UnitOfWork, recorded: Recorded, on: date) -> None:
    if on > uow.today:
        raise Invalid("raised_on", "in the future")
    if on < uow.today - LONGEST_AGO:
        raise Invalid("raised_on", "too long ago")
    if recorded.under_way_since is not None and recorded.under_way_since > on:
        raise Invalid("under_way_since", "after it was raised")


def choose_holders(
    uow: UnitOfWork, concern: NewConcern, cover: uuid.UUID | None = None
) -> tuple[frozenset[uuid.UUID], Choice]:
    """Let the actor be first where every rule allows it; the cover is whom the approved rules name.

    One who was settled before stays the cover as long as they may receive it.
    """
    excluded = intake.everybody_excluded(uow, concern.exclusions, concern.subject)
    me, log = uow.actor.person_id, keyring.load_key_log(uow)
    place = intake.asked_of_rules(uow, log, concern, excluded)
    # Whoever writes something down is here, whatever the calendar says.
    able = [
        replace(each, absent=each.absent and each.person_id != me)
        for each in intake.receivers(uow, log, lot=concern.lot)
    ]
    ruled = routing.choose(place, routing.in_force(log.routing), able)
    mine = routing.choose(place, [Rule(None, None, me, cover)], able)
    if ruled is None or mine is None:
        raise NobodyToReceive(uow.organisation_id)
    if mine.primary != me:
        return excluded, ruled
    # About an executive the cover is the non-executive lead, whoever comes first.
    wanted = mine if concern.subject is Subject.EXECUTIVE or cover is not None else ruled
    beside = next(each for each in (wanted.primary, wanted.cover) if each != me)
    return excluded, Choice(me, beside, ruled.why, ruled.rule)


def _row(uow: UnitOfWork, recorded: Recorded, concern: NewConcern, choice: Choice) -> Case:
    on = recorded.raised_on or uow.today
    case = intake.new_case(uow, concern, choice, on)
    # Nothing waits for a set hour: whoever wrote it down is no secret, and the cover is told in this transaction.
    case.unannounced = False
    if recorded.id is not None:
        if uow.session.get(Case, (uow.organisation_id, recorded.id)) is not None:
            raise Conflict(recorded.id)
        case.id = recorded.id
    raised, spoken = EFFECTS[Act.RAISE], EFFECTS[Act.SPEAK]
    running = raised.starts
    if recorded.route in HEARD_AT_ONCE:
        case.state, case.acknowledged_on = CaseState.ACKNOWLEDGED, on
        running = (raised.starts | spoken.starts) - spoken.stops
    uow.session.add(case)
    try:
        uow.session.flush()
    except IntegrityError as taken:
        raise Conflict(case.id) from taken
    clocks.begin(uow, case, running)
    intake.forget_load(uow)
    return case
