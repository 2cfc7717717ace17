"""Pushing down what is counted of a case. What leads from the case to its figures is sealed in it, and nowhere else.

A case is counted from a guardian's first opening of it: nothing a person does writes figures, so nothing in them says
when somebody spoke up. Each later opening holds the figures against the case, and mends them where they drifted.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import select

from speakup import audit, insight, keyring, organisations, policy
from speakup.audit import Event
from speakup.cases.models import Case, CaseElement, CaseState, HowRaised, RecordKind
from speakup.cases.rules import working_day_after, working_days_late
from speakup.insight import Counts, Pointer
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, OpenCompartment, Record
from speakup.policy import Permission
from speakup.vocabulary import NOT_KNOWN

DETRIMENT_ELEMENT = "detriment"
"""The element a case has when detriment is indicated: asked about once, and counted with the others."""
KINDS = (RecordKind.CODING, RecordKind.TRIAGE, RecordKind.FACT, RecordKind.IMPORTED)
"""What of `casework` says how a case is counted."""


def count_case(uow: UnitOfWork, case: Case) -> None:
    """Let its figures say what the case says now."""
    opened = keyring.open_case(uow, case.id)
    casework, conversation = opened[CompartmentKind.CASEWORK], opened[CompartmentKind.CONVERSATION]
    (concern,) = keyring.read(uow, conversation, RecordKind.CONCERN)
    records = keyring.read(uow, casework, *KINDS)
    codings, triages = (_of(records, kind) for kind in (RecordKind.CODING, RecordKind.TRIAGE))
    group = chosen_group(case, codings, triages) or concern.body["worker_group"]
    how, elements = HowRaised(concern.body["how_raised"]), coded_elements(uow, case)
    count_opened(uow, case, casework, records, how, group, elements)


def count_opened(
    uow: UnitOfWork,
    case: Case,
    casework: OpenCompartment,
    records: Sequence[Record],
    how: HowRaised,
    group: str | None,
    elements: Collection[str],
) -> None:
    """The same for a case that was opened already; rows that are not as they were pushed are put back.

    `how` it was raised, and the worker `group` as told or chosen, stand in its row not at all, or not for good.
    """
    standing, triages = _of(records, RecordKind.FACT), _of(records, RecordKind.TRIAGE)
    pointer = insight.pointer_of(standing[-1].body) if standing else None
    if pointer is not None and insight.mend(uow, pointer):
        audit.record(uow, Event.FIGURES_MENDED, case.id)
    themes = triages[-1].body["themes"] if triages else ()
    imported = bool(_of(records, RecordKind.IMPORTED))
    new = insight.push(uow, counts_of(uow, case, how, group, elements, themes, imported=imported), pointer)
    if pointer is None:
        keyring.add(uow, casework, RecordKind.FACT, new.plain())
    elif new is not pointer:
        keyring.replace(uow, casework, standing[-1], new.plain())


def counts_of(
    uow: UnitOfWork,
    case: Case,
    how: HowRaised,
    group: str | None,
    elements: Collection[str],
    themes: Collection[str],
    *,
    imported: bool = False,
) -> Counts:
    """Say what is counted of a case."""
    # Of a case that somebody here must not know of, counts by place, theme or time would tell them that it is there.
    closed_on = case.closed_on if case.state is CaseState.CLOSED and not case.narrow else None
    country = organisations.here(uow).country
    return Counts(
        raised_on=case.raised_on,
        how=HowRaised.ANONYMOUS if case.raised_anonymously else how,
        elements=frozenset(elements) - {DETRIMENT_ELEMENT},
        detriment=DETRIMENT_ELEMENT in elements,
        worker_group=group or NOT_KNOWN,
        directorate_id=None if case.narrow else case.directorate_id,
        site_id=None if case.narrow else case.site_id,
        acknowledged_in_time=None if case.narrow else _in_time(uow, case),
        themes=frozenset() if case.narrow else frozenset(themes),
        closed_on=closed_on,
        took=working_days_late(case.raised_on, closed_on, country) if closed_on else 0,
        # Of one that is only now being written, nothing has been said yet.
        continues=bool(case.continues),
        imported=imported,
    )


def chosen_group(case: Case, codings: Sequence[Record], triages: Sequence[Record]) -> str | None:
    """Return the worker group a guardian chose, out of the records of coding and of triage; None before one did.

    It is sealed, however many people are in the group. A case coded before it was has it in its row.
    """
    # Once a case is coded, each saving of triage that chooses another group codes it again.
    newest = [each.body.get("worker_group") for each in (*codings[-1:], *triages[-1:])]
    return next(filter(None, newest), case.worker_group)


def coded_elements(uow: UnitOfWork, case: Case) -> frozenset[str]:
    """Return the elements a case is coded with."""
    coded = select(CaseElement.element).where(
        CaseElement.organisation_id == uow.organisation_id, CaseElement.case_id == case.id
    )
    return frozenset(uow.session.scalars(coded))


def pointers_in(records: Iterable[Record]) -> Sequence[Pointer]:
    """Read what leads to figures out of records of that kind."""
    return [insight.pointer_of(each.body) for each in records]


def may_count(uow: UnitOfWork, case: Case) -> bool:
    """Say whether whoever opens a case also writes its figures."""
    return uow.writes and policy.allows(uow.actor, Permission.FACT_PUSH, case)


def _in_time(uow: UnitOfWork, case: Case) -> bool | None:
    here = organisations.here(uow)
    due: date = working_day_after(case.raised_on, here.acknowledge_days, here.country)
    if case.acknowledged_on is not None:
        return case.acknowledged_on <= due
    # What was brought in closed, or came with nothing said of it, was never acknowledged here.
    return None if uow.today <= due or case.state is not CaseState.NEW else False


def _of(records: Iterable[Record], kind: str) -> list[Record]:
    return [each for each in records if each.kind == kind]
