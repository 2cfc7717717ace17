"""How many people work where, and how groups are made larger: what decides how finely a board may be shown anything."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select

from speakup import audit, organisations, policy, vocabulary
from speakup.audit import Event
from speakup.insight.models import Grouping, Headcount, Measured
from speakup.kernel.errors import Invalid
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.vocabulary import NOT_KNOWN, CodeSet

MOST_RUNGS = 4
MOST_STAFF = 2_000_000
LONGEST_LABEL, LONGEST_SOURCE = 120, 200
GROUPED = (Measured.DIRECTORATE, Measured.SITE, Measured.WORKER_GROUP)


@dataclass(frozen=True, slots=True)
class Count:
    """So many people in one group; `key` is empty for everybody."""

    key: str
    count: int


def groups_of(uow: UnitOfWork, dimension: Measured) -> dict[str, str]:
    """Map the key of every group of today to its name, in the list's order."""
    if dimension is Measured.ALL:
        return {"": ""}
    if dimension is Measured.WORKER_GROUP:
        return {each.key: each.name for each in vocabulary.codes(uow, CodeSet.WORKER_GROUP) if each.key != NOT_KNOWN}
    rows: Sequence[organisations.Directorate | organisations.Site] = (
        organisations.sites(uow) if dimension is Measured.SITE else organisations.directorates(uow)
    )
    return {str(each.id): each.name for each in rows}


def keep_headcounts(uow: UnitOfWork, dimension: Measured, as_of: date, counts: Collection[Count], source: str) -> None:
    """Write down how many people worked where on one day. What was written of the same groups and day is replaced."""
    policy.require(uow.actor, Permission.HEADCOUNT_KEEP)
    if as_of > uow.today:
        raise Invalid("as_of", "in the future")
    if not source.strip() or len(source) > LONGEST_SOURCE:
        raise Invalid("source", "empty" if not source.strip() else "too long")
    known = groups_of(uow, dimension)
    for each in counts:
        if each.key not in known:
            raise Invalid(dimension.value, "not in the list")
        if not 0 <= each.count <= MOST_STAFF:
            raise Invalid("count", "no number of people")
    here = (Headcount.organisation_id == uow.organisation_id, Headcount.dimension == dimension)
    keys = [each.key for each in counts]
    uow.session.execute(delete(Headcount).where(*here, Headcount.as_of == as_of, Headcount.key.in_(keys)))
    for each in counts:
        uow.session.add(Headcount(
            organisation_id=uow.organisation_id, id=new_id(), dimension=dimension, key=each.key, as_of=as_of,
            count=each.count, source=source.strip(),
        ))  # fmt: skip
    audit.record(uow, Event.HEADCOUNT_KEPT, quantity=len(counts))


def headcounts(uow: UnitOfWork, dimension: Measured) -> list[Headcount]:
    """List everything written of one dimension, the newest first."""
    _require_reader(uow)
    query = select(Headcount).where(Headcount.organisation_id == uow.organisation_id)
    found = uow.session.scalars(query.where(Headcount.dimension == dimension))
    return sorted(found, key=lambda each: (each.as_of, each.key), reverse=True)


def headcount_on(uow: UnitOfWork, dimension: Measured, day: date) -> dict[str, int]:
    """Map each group to how many worked in it by the newest count up to a day, or the first one after it.

    Where nobody has counted directorates and sites, what stands in the organisation's structure counts.
    """
    rows = headcounts(uow, dimension)
    known = {row.key: row.count for row in rows}
    known |= {row.key: row.count for row in reversed(rows) if row.as_of <= day}
    if dimension in {Measured.DIRECTORATE, Measured.SITE}:
        known = _structure(uow, dimension) | known
    return known


def everybody_within(uow: UnitOfWork, first: date, last: date) -> tuple[int, date] | None:
    """Return how many worked here by the newest count of everybody between two days, and its day; None for none."""
    rows = [row for row in headcounts(uow, Measured.ALL) if first <= row.as_of <= last and row.count]
    return (rows[0].count, rows[0].as_of) if rows else None


def _structure(uow: UnitOfWork, dimension: Measured) -> dict[str, int]:
    rows: Sequence[organisations.Directorate | organisations.Site] = (
        organisations.every_site(uow) if dimension is Measured.SITE else organisations.every_directorate(uow)
    )
    return {str(each.id): each.headcount for each in rows if each.headcount}


def keep_ladder(uow: UnitOfWork, dimension: Measured, rungs: Mapping[str, Sequence[str]]) -> None:
    """Say, for each group, what larger group it belongs to on each rung; empty where it stands alone there."""
    policy.require(uow.actor, Permission.HEADCOUNT_KEEP)
    known = groups_of(uow, dimension)
    for key, labels in rungs.items():
        if dimension not in GROUPED or key not in known:
            raise Invalid(dimension.value, "not in the list")
        if len(labels) > MOST_RUNGS or any(len(label) > LONGEST_LABEL for label in labels):
            raise Invalid("label", "too long")
    here = (Grouping.organisation_id == uow.organisation_id, Grouping.dimension == dimension)
    uow.session.execute(delete(Grouping).where(*here, Grouping.key.in_(list(rungs))))
    for key, labels in rungs.items():
        for number, label in enumerate(labels, 1):
            if label.strip():
                uow.session.add(Grouping(
                    organisation_id=uow.organisation_id, dimension=dimension, key=key, rung=number, label=label.strip()
                ))  # fmt: skip
    audit.record(uow, Event.GROUPING_KEPT)


def ladder(uow: UnitOfWork, dimension: Measured) -> dict[str, tuple[str, ...]]:
    """Map each group that has any to its larger groups, from the first rung up; empty where it stands alone."""
    _require_reader(uow)
    query = select(Grouping).where(Grouping.organisation_id == uow.organisation_id, Grouping.dimension == dimension)
    rows = uow.session.scalars(query).all()
    most = max((row.rung for row in rows), default=0)
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.key, [""] * most)[row.rung - 1] = row.label
    return {key: tuple(labels) for key, labels in found.items()}


def _require_reader(uow: UnitOfWork) -> None:
    """Let those see how many work where who enter it, or publish by it."""
    wanted = (Permission.PUBLICATION_MAKE, Permission.PUBLICATION_PREPARE, Permission.SIGNAL_READ)
    if not any(policy.allows(uow.actor, each) for each in wanted):
        policy.require(uow.actor, Permission.HEADCOUNT_KEEP)
