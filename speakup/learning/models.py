"""Learning actions and what was done about them. They stand in clear: whoever sees to one has no key.

Nothing here holds a case, its reference, a day of a case, or how many cases or people there were. Which case led to an
action is sealed with the case.
"""

import uuid
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Dialect, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from speakup.charts import Better
from speakup.kernel.db import Base, Choice, Owned, OwnedById, table_args


class ActionState(StrEnum):
    """Where an action stands."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    IN_PROGRESS = "in progress"
    IMPLEMENTED = "implemented"
    CHECKED = "checked"
    CLOSED = "closed"
    NOT_TAKEN = "not taken forward"


class Priority(StrEnum):
    """How much it matters, most first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Act(StrEnum):
    """What somebody does to an action."""

    PROPOSE = "propose"
    REVISE = "revise"
    AGREE = "agree"
    START = "start"
    UPDATE = "update"
    ASK = "ask"
    ANSWER = "answer"
    HAND_ON = "hand on"
    RESCHEDULE = "reschedule"
    ATTACH = "attach"
    IMPLEMENT = "implement"
    CHECK = "check"
    CHECK_AGAIN = "check again"
    IMPROVE = "improve"
    MEASURE = "measure"
    TELL_STAFF = "tell staff"
    CLOSE = "close"
    DECLINE = "decline"
    RESUME = "resume"


class EventKind(StrEnum):
    """What a line of an action's history is."""

    MOVED = "moved"
    REVISED = "revised"
    RESCHEDULED = "rescheduled"
    UPDATE = "update"
    QUESTION = "question"
    ANSWER = "answer"
    HANDED_ON = "handed on"
    EVIDENCE = "evidence"
    STATEMENT = "statement"
    CHECK = "check"
    UNTOLD = "not told"
    """For guardians only: why it was closed while somebody who spoke up may not have been told."""
    CYCLE = "cycle"
    PARTNERS = "partners"
    MEASURE = "measure"
    VALUES = "values"
    """What was counted by the measure."""


class Decision(StrEnum):
    """What follows from a cycle of trying something out."""

    ADOPT = "adopt"
    ADAPT = "adapt"
    ABANDON = "abandon"


class Partner(StrEnum):
    """Who worked out together with its owner what to change."""

    STAFF = "staff"
    PATIENTS = "patients"
    OTHERS = "others"


class LearningAction(OwnedById, Base):
    """One thing that is to change, in words that name nobody."""

    __tablename__ = "learning_action"
    __table_args__ = table_args(
        ForeignKeyConstraint(["organisation_id", "directorate_id"], ["directorate.organisation_id", "directorate.id"]),
        UniqueConstraint("organisation_id", "ref"),
        Index(None, "organisation_id", "state"),
        Index(None, "organisation_id", "owner_id"),
    )

    ref: Mapped[str] = mapped_column(String(20))
    revision: Mapped[int] = mapped_column(default=1)
    """Of its words: each time they are written anew it is one more."""
    state: Mapped[ActionState] = mapped_column(Choice(ActionState))
    title: Mapped[str]
    issue: Mapped[str]
    """What is not as it should be."""
    change: Mapped[str]
    """What will be different."""
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """Who sees to it; None until it is agreed."""
    due_on: Mapped[date | None]
    priority: Mapped[Priority] = mapped_column(Choice(Priority))
    theme: Mapped[str | None] = mapped_column(String(60))
    """The key of a local theme, as it was offered when it was chosen."""
    directorate_id: Mapped[uuid.UUID | None]
    """None where it is about the whole organisation, or about a part of it with few people."""
    proposed_month: Mapped[date]
    """The first of the month: the day could be a day of a case."""
    agreed_on: Mapped[date | None]
    started_on: Mapped[date | None]
    implemented_on: Mapped[date | None]
    checked_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """Who decided not to take it forward."""
    ended_why: Mapped[str] = mapped_column(default="")
    no_effect_why: Mapped[str] = mapped_column(default="")
    """Why it was checked without a measure; empty where one shows the effect."""
    staff_untold_why: Mapped[str] = mapped_column(default="")
    """Why staff were not told what changed; empty where they were, or are still to be."""
    check_again_on: Mapped[date | None]
    last_update_on: Mapped[date | None]
    """The last day on which anything was done or said about it since it was agreed."""
    question_waiting: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Its owner asked something that no guardian has answered."""


class LearningEvent(OwnedById, Base):
    """One line of an action's history. Never changed or deleted."""

    __tablename__ = "learning_event"
    __table_args__ = table_args(
        ForeignKeyConstraint(
            ["organisation_id", "action_id"], ["learning_action.organisation_id", "learning_action.id"]
        ),
        UniqueConstraint("organisation_id", "action_id", "number"),
    )

    action_id: Mapped[uuid.UUID]
    number: Mapped[int]
    """From one on, in the order in which things were done."""
    kind: Mapped[EventKind] = mapped_column(Choice(EventKind))
    act: Mapped[Act | None] = mapped_column(Choice(Act))
    """Of a move: by which act."""
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date]
    """Before an action is agreed, the first of the month."""
    text: Mapped[str] = mapped_column(default="")
    guardians_only: Mapped[bool] = mapped_column(default=False, server_default=false())


class LearningAsked(Owned, Base):
    """That a guardian has somebody to tell what came of an action. Not whom, of which case, nor how many."""

    __tablename__ = "learning_asked"
    __table_args__ = table_args(
        ForeignKeyConstraint(
            ["organisation_id", "action_id"], ["learning_action.organisation_id", "learning_action.id"]
        ),
        Index(None, "organisation_id", "person_id"),
    )

    action_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)


class Figured(TypeDecorator[Decimal]):
    """A number as it was written, digit by digit: SQLite would keep a tenth as the binary fraction next to it."""

    impl = String(30)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else f"{value:f}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


def _of_action() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["organisation_id", "action_id"], ["learning_action.organisation_id", "learning_action.id"]
    )


class LearningCycle(Owned, Base):
    """One turn of plan, do, study, act: what was tried, what was expected of it, and what it taught."""

    __tablename__ = "learning_cycle"
    __table_args__ = table_args(_of_action())

    action_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From one on, for each action."""
    revision: Mapped[int] = mapped_column(default=1)
    plan: Mapped[str]
    prediction: Mapped[str]
    """Written before it is tried, and never after."""
    done: Mapped[str] = mapped_column(default="")
    result: Mapped[str] = mapped_column(default="")
    decision: Mapped[Decision | None] = mapped_column(Choice(Decision))
    began_on: Mapped[date]
    ended_on: Mapped[date | None]


class LearningPartner(Owned, Base):
    """That a change was worked out together with somebody, and with whom, in words that name nobody."""

    __tablename__ = "learning_partner"
    __table_args__ = table_args(_of_action())

    action_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[Partner] = mapped_column(Choice(Partner), primary_key=True)
    words: Mapped[str]


class LearningMeasure(Owned, Base):
    """What is counted to see whether an action made a difference."""

    __tablename__ = "learning_measure"
    __table_args__ = table_args(_of_action())

    action_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(default=1)
    """Of its description and its values together."""
    name: Mapped[str]
    unit: Mapped[str]
    better: Mapped[Better] = mapped_column(Choice(Better))
    target: Mapped[Decimal | None] = mapped_column(Figured())
    changed_on: Mapped[date | None]
    """When the change was made: values from that day on are after it."""


class LearningValue(Owned, Base):
    """One value of a measure."""

    __tablename__ = "learning_value"
    __table_args__ = table_args(
        ForeignKeyConstraint(
            ["organisation_id", "action_id"], ["learning_measure.organisation_id", "learning_measure.action_id"]
        ),
    )

    action_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    """Its day; of a month or a quarter the first."""
    value: Mapped[Decimal] = mapped_column(Figured())


class LearningFile(OwnedById, Base):
    """A file that shows that something was done, or one of the library.

    It lies sealed in the blob store under its id, and the key that opens it stands here, since whoever sees to an
    action has no key of their own: whoever holds only the database, or only the store, does not read the file.
    """

    __tablename__ = "learning_file"
    __table_args__ = table_args(
        ForeignKeyConstraint(["organisation_id", "event_id"], ["learning_event.organisation_id", "learning_event.id"]),
        Index(None, "organisation_id", "event_id"),
    )

    event_id: Mapped[uuid.UUID | None]
    """The line of an action's history it was added with; None for one of the library."""
    key: Mapped[bytes]
    name: Mapped[str]
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    removed: Mapped[list[str]]
    """What was taken out of it before it was kept."""
    scanned: Mapped[bool]


class LearningStatement(OwnedById, Base):
    """What staff were told: what they had said, and what was done."""

    __tablename__ = "learning_statement"
    __table_args__ = table_args(
        ForeignKeyConstraint(
            ["organisation_id", "action_id"], ["learning_action.organisation_id", "learning_action.id"]
        ),
        Index(None, "organisation_id", "action_id"),
        Index(None, "organisation_id", "published_on"),
    )

    action_id: Mapped[uuid.UUID]
    revision: Mapped[int] = mapped_column(default=1)
    you_said: Mapped[str]
    we_did: Mapped[str]
    told_where: Mapped[str]
    told_on: Mapped[date]
    published_on: Mapped[date | None]
    """Since when anybody may read it at /learning-so-far; None while nobody may."""


class LearningResource(OwnedById, Base):
    """A link or a file that helps whoever sees to an action, or whoever answers people who speak up."""

    __tablename__ = "learning_resource"
    __table_args__ = table_args(
        ForeignKeyConstraint(["organisation_id", "file_id"], ["learning_file.organisation_id", "learning_file.id"])
    )

    revision: Mapped[int] = mapped_column(default=1)
    theme: Mapped[str | None] = mapped_column(String(60))
    """The key of a local theme; None for what helps with all of them."""
    title: Mapped[str]
    about: Mapped[str]
    address: Mapped[str]
    """Of a page elsewhere; empty for a file."""
    file_id: Mapped[uuid.UUID | None]
    for_owners: Mapped[bool]
    for_guardians: Mapped[bool]
    changed_on: Mapped[date]


class LearningFollowUp(Owned, Base):
    """What was sent about an action, so that it is sent once."""

    __tablename__ = "learning_follow_up"
    __table_args__ = table_args(
        ForeignKeyConstraint(
            ["organisation_id", "action_id"], ["learning_action.organisation_id", "learning_action.id"]
        )
    )

    action_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    reminded_on: Mapped[date | None]
    raised: Mapped[int] = mapped_column(default=0, server_default="0")
    """How the executive lead has heard of it: a `timing.Raised`."""
