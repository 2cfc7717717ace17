"""Cases, their codes, the drafts before them and the blobs beside them. Every word of content is a sealed record."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from speakup.kernel.db import Base, Choice, Owned, OwnedById, table_args

TOLD_BY_RAISING = 1
"""How often the person has told something who has only raised it."""


class CaseState(StrEnum):
    """Where a case stands."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    WITH_GUARDIAN = "with guardian"
    PASSED_ON = "passed on"
    UNDER_REVIEW = "under review"
    AWAITING_FEEDBACK = "awaiting feedback to person"
    CLOSED = "closed"
    REOPENED = "reopened"


class HowRaised(StrEnum):
    """Who may know. Keys of the vocabulary's set, fixed because the product itself acts on them."""

    OPEN = "open"
    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"


class RecordKind(StrEnum):
    """What a sealed record of a case is."""

    CONCERN = "concern"
    MESSAGE = "message"
    STANDING = "standing"
    """In the conversation: where the case stood from then on, so that both sides can tell if its row says other."""
    FILE = "file"
    PERSON = "person"
    ROUTING = "routing"
    TITLE = "title"
    NOTE = "note"
    CODING = "coding"
    CLOSURE = "closure"
    CONTINUES = "continues"
    GROUP = "group"
    SHARED = "shared"
    PAUSE = "pause"
    TRIAGE = "triage"
    DETRIMENT = "detriment"
    CONSENT = "consent"
    AGREED = "agreed"
    """In the conversation: what the person agreed to, so that they can read it and take it back."""
    DISCLOSURE = "disclosure"
    IMPORTED = "imported"
    """In `casework`: from which row of a log it was brought in, so that no row comes in twice."""
    SUBJECT_ACCESS = "subject access"
    """In `casework`: what of it was given to somebody who asked what is held about them."""
    HAND_OVER = "hand-over"
    """In `casework`: who is to have a case, what the person said to it, how it went, and who stepped aside and why."""
    LEARNING = "learning"
    """In `casework`: which learning action it led to, and whether the person was told what came of it."""
    FACT = "fact"
    """In `casework`: what leads to the rows in which it is counted."""
    REFERRAL = "referral"
    SHOWN = "shown"
    """In a referral: what a guardian wrote for its recipient."""
    ANSWER = "answer"
    """In a referral: what its recipient answered."""


class Said(StrEnum):
    """What a message is marked with that does more than speak."""

    ABOUT_PERSON = "about the person"
    """Holds the questions somebody answered."""
    BASELINE = "how it is at work"
    DETRIMENT = "treated badly"
    FEEDBACK = "feedback"
    CHECK_INS = "check-ins"
    """When and how the person wants to be asked how things are; never, where it names no month."""
    ASKED = "asked how things are"
    THINGS = "how things are"
    WITHDRAWN = "agreement withdrawn"
    """Takes back the agreement it names."""
    HAND_OVER_ASKED = "asks to hand over"
    HAND_OVER_AGREED = "hand-over agreed"
    HAND_OVER_REFUSED = "hand-over refused"
    HANDED_OVER = "handed over"
    ELSEWHERE_OFFERED = "belongs elsewhere"
    ELSEWHERE_DECLINED = "stays here"
    TAKEN_ELSEWHERE = "taken elsewhere"
    LEARNING = "what changed"
    """What came of what the person said, for everybody: a learning action."""


class ClockKind(StrEnum):
    """What a clock of a case waits for."""

    ACKNOWLEDGE = "acknowledge"
    CONVERSATION = "first conversation"
    UPDATE = "update"
    REVIEW = "review"
    LOOK_AGAIN = "look again"
    """The day on which a pause is looked at again, so that nothing paused is forgotten."""
    REFERRAL = "answer to a referral"
    WORSE = "things are worse"
    """The person said that things became worse for them: no pause holds this one up."""
    CHECK_IN = "check-in"
    """The day after the end of a case on which the person wants to be asked how things are."""


class PauseReason(StrEnum):
    """Why a case waits, as coarse as a list needs it; the words are sealed."""

    PERSON_ASKED = "the person asked"
    PERSON_AWAY = "the person cannot go on"
    OTHER_PROCESS = "another process comes first"
    ANSWER = "an answer is waited for"
    OTHER = "another reason"


class ReferralState(StrEnum):
    """Where a referral stands."""

    WAITING = "waiting"
    """For its recipient to be vouched for: until then only guardians open it."""
    SENT = "sent"
    ANSWERED = "answered"
    ENDED = "ended"
    """Taken back: its recipient holds no key of it any more."""


class Case(OwnedById, Base):
    """One person speaking up. Only what clocks, lists and counts need is in clear; of the person's acts, the day."""

    __tablename__ = "case"
    __table_args__ = table_args(UniqueConstraint("organisation_id", "ref"), Index(None, "organisation_id", "state"))

    ref: Mapped[str] = mapped_column(String(20))
    state: Mapped[CaseState] = mapped_column(Choice(CaseState))
    route: Mapped[str] = mapped_column(String(60))
    how_raised: Mapped[HowRaised] = mapped_column(Choice(HowRaised))
    """As it is now."""
    raised_anonymously: Mapped[bool]
    """As it was first, for good."""
    raised_on: Mapped[date]
    primary_id: Mapped[uuid.UUID]
    cover_id: Mapped[uuid.UUID]
    directorate_id: Mapped[uuid.UUID | None]
    site_id: Mapped[uuid.UUID | None]
    worker_group: Mapped[str | None] = mapped_column(String(60))
    """Of a case from before staff groups were sealed, until a guardian opens it next; otherwise always None."""
    outcome: Mapped[str | None] = mapped_column(String(60))
    due_on: Mapped[date | None]
    """The earliest day on which one of its running clocks runs out; None when none runs."""
    due_for: Mapped[ClockKind | None] = mapped_column(Choice(ClockKind))
    """What is due then."""
    paused_on: Mapped[date | None]
    """The day it was paused; None while it is not."""
    pause_reason: Mapped[PauseReason | None] = mapped_column(Choice(PauseReason))
    acknowledged_on: Mapped[date | None]
    told_on: Mapped[date | None]
    """The day the person was told the outcome."""
    closed_on: Mapped[date | None]
    at_risk_now: Mapped[bool] = mapped_column(default=False)
    """The person said so: the guardians were told at once."""
    may_be_at_risk: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The person is not sure, or wrote who is at risk without a yes or no: shown at a glance, but told to nobody."""
    narrow: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The person kept somebody out, or it is about a guardian, executive or chair: no list of others shows it."""
    continues: Mapped[bool] = mapped_column(default=False, server_default=false())
    """It goes on from a case that the same person raised before, and counts as one with it. Which one, is sealed."""
    unannounced: Mapped[bool] = mapped_column(default=False)
    """Something from the person that no guardian has been told of yet."""
    told_times: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often the person has told something. Each reader's sealed memory holds up to where they have read."""
    told_when_closed: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many of these whoever closed it had read, or saw to after its end: what came after is nobody's yet."""
    stop_asked: Mapped[bool] = mapped_column(default=False)
    answer_waiting: Mapped[bool] = mapped_column(default=False, server_default=false())
    """An answer came to something that was passed on, and no guardian has looked at it."""
    notice_waiting: Mapped[bool] = mapped_column(default=False)
    """A notice to the person could not be sent and waits for a guardian to try again."""

    @property
    def told_after_closing(self) -> bool:
        """Whether something came that nobody has closed it with, or seen to since."""
        return self.state is CaseState.CLOSED and self.told_times > self.told_when_closed


class CaseClock(OwnedById, Base):
    """One clock: from when it runs, and until when. It stops for good; running again is another row.

    While the case is paused, `days_left` holds what was left of it and it runs for nobody. A row is never deleted.
    """

    __tablename__ = "case_clock"
    __table_args__ = table_args(
        ForeignKeyConstraint(["organisation_id", "case_id"], ["case.organisation_id", "case.id"]),
        Index(None, "organisation_id", "case_id"),
    )

    case_id: Mapped[uuid.UUID]
    kind: Mapped[ClockKind] = mapped_column(Choice(ClockKind))
    about_id: Mapped[uuid.UUID | None]
    """What it is about, where a case may have several of one kind: a referral."""
    started_on: Mapped[date]
    days: Mapped[int | None]
    """Working days it was given; None for one that was given a day."""
    due_on: Mapped[date]
    days_left: Mapped[int | None]
    """Working days that were left when the case was paused, below nothing for one that was late; None while it runs."""
    stopped_on: Mapped[date | None]


class HandOverRequest(OwnedById, Base):
    """That the lead guardian asks somebody to hand cases over: ids and days, and not a word."""

    __tablename__ = "hand_over_request"
    __table_args__ = table_args(Index(None, "organisation_id", "asked_id"))

    asked_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    to_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    case_id: Mapped[uuid.UUID | None]
    """None where it is left to whoever is asked, which."""
    asked_on: Mapped[date]
    answered_on: Mapped[date | None]
    done: Mapped[bool] = mapped_column(default=False)


class Referral(OwnedById, Base):
    """That something waits for somebody outside the team, or was sent to them. Its own reference, and never the case's.

    Which case it is from stands sealed in that case's `casework`, and with the clock that chases it.
    """

    __tablename__ = "referral"
    __table_args__ = table_args(
        UniqueConstraint("organisation_id", "ref"), Index(None, "organisation_id", "recipient_id")
    )

    ref: Mapped[str] = mapped_column(String(20))
    recipient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    invitation_id: Mapped[uuid.UUID | None]
    """Of whoever was invited for it: taking it up may lead to an account that was there before."""
    state: Mapped[ReferralState] = mapped_column(Choice(ReferralState))
    referred_on: Mapped[date]
    sent_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    ended_on: Mapped[date | None]


class CaseElement(Owned, Base):
    """One element a case was coded with."""

    __tablename__ = "case_element"
    __table_args__ = table_args(
        ForeignKeyConstraint(["organisation_id", "case_id"], ["case.organisation_id", "case.id"])
    )

    case_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    element: Mapped[str] = mapped_column(String(60), primary_key=True)


class UndertakingKind(StrEnum):
    """What a person has under way."""

    IMPORT = "import"
    SUBJECT_ACCESS = "subject access"


class Undertaking(OwnedById, Base):
    """Something long that one person has under way or has done, sealed to them alone. Names no case.

    In clear are whose it is, the day it began and one number: cases brought in, or passages given.
    """

    __tablename__ = "undertaking"
    __table_args__ = table_args(Index(None, "organisation_id", "person_id"))

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[UndertakingKind] = mapped_column(Choice(UndertakingKind))
    begun_on: Mapped[date]
    quantity: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=0)
    sealed: Mapped[bytes]
    """How far it is, and what was chosen."""
    sealed_bulk: Mapped[bytes | None]
    """What it is about, as long as it is needed: a whole log, or every passage found."""


class Draft(Owned, Base):
    """A concern being written, or just sent: sealed under a key that lives only in the cookie. Names no case."""

    __tablename__ = "draft"
    __table_args__ = table_args()

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    expires_at: Mapped[datetime]
    """Rounded up to ten minutes."""


class ParkedDraft(Owned, Base):
    """A draft kept to be come back to: sealed to its seven words, seen by nobody."""

    __tablename__ = "parked_draft"
    __table_args__ = table_args()

    lookup_hash: Mapped[bytes] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    expires_on: Mapped[date]


class StoredBlob(OwnedById, Base):
    """That a sealed file lies in the blob store. Whose it is stands only inside a sealed record or draft."""

    __tablename__ = "stored_blob"
    __table_args__ = table_args()

    expires_at: Mapped[datetime | None]
    """While it belongs to a draft; None once it belongs to a case."""
    unsent_size: Mapped[int | None]
    """While it belongs to a draft: bytes as they lie padded in the store."""
