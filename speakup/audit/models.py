"""The audit chain and the reporters' entries that wait for the nightly shuffle."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from speakup.kernel.actor import ActorKind
from speakup.kernel.db import Base, Choice, Owned, OwnedById, table_args


class Event(StrEnum):
    """Everything that is recorded. An entry has no other words."""

    ACCOUNT_OPENED = "account opened"
    ANSWER_CAME = "answer came"
    BOARD_ANSWER_READ = "answer to the board read over"
    BOARD_ANSWERED = "question of the board answered"
    BOARD_ASKED = "question of the board asked"
    CALENDAR_ADDRESS = "calendar address changed"
    CASE_ACKNOWLEDGED = "case acknowledged"
    CASE_ANNOUNCED = "case announced"
    CASE_CLOSED = "case closed"
    CASE_CODED = "case coded"
    CASE_IMPORTED = "case imported"
    CASE_HANDED_OVER = "case handed over"
    CASE_LOOKED_OVER = "case looked over"
    CASE_PAUSED = "case paused"
    CASE_RAISED = "case raised"
    CASE_READ = "case read"
    CASE_RECORDED = "case recorded"
    CASE_REFERRED = "case passed on"
    CASE_REOPENED = "case reopened"
    CASE_RESUMED = "case resumed"
    CASE_SPOKEN = "person spoken with"
    CASES_EXPORTED = "cases exported"
    CASES_LISTED = "cases listed"
    CASES_SEARCHED = "cases searched"
    CASES_LINKED = "cases linked as one"
    CASES_PARTED = "cases parted again"
    CASE_SEEN_TO = "what came after the end seen to"
    CASE_STARTED = "case started"
    CASE_TAKEN_BACK = "case taken back"
    CASE_TITLED = "case titled"
    CASE_TRIAGED = "case triaged"
    CASE_UNDER_REVIEW = "case under review"
    CHARTS_DECIDED = "charts begin anew by decision"
    CLOCKS_CHANGED = "clocks changed"
    CONSENT_RECORDED = "agreement recorded"
    CONSENT_WITHDRAWN = "agreement withdrawn"
    CONTEXT_KEPT = "figure beside the published ones kept"
    CONVERSATION_WAIVED = "conversation waived"
    DETRIMENT_NOTED = "detriment noted"
    DISCLOSED = "disclosure recorded"
    DIARY_KEPT = "diary kept"
    FILE_READ = "file read"
    GRANT_GIVEN = "grant given"
    GRANT_REVOKED = "grant revoked"
    GROUP_AGREED = "agreed to share with the group"
    GROUP_LEFT = "group left"
    GROUP_SHARED = "shared with the group"
    GUARDIANS_REMINDED = "guardians reminded"
    FIGURES_MENDED = "figures of a case mended"
    GROUPING_KEPT = "larger groups kept"
    GUARDIANS_WARNED = "guardians warned about keys"
    HEADCOUNT_KEPT = "headcount kept"
    IMPORT_UNDONE = "import undone"
    INBOX_READ = "inbox read"
    HAND_OVER_AGREED = "agreement to a hand-over noted"
    HAND_OVER_WANTED = "hand-over wanted by the lead"
    GUARDIAN_STEPPED_ASIDE = "guardian stepped aside"
    GUARDIAN_TOLD = "guardian told"
    INTEGRITY_FAULT = "integrity fault"
    INVITED = "invited"
    KEYS_REPLACED = "keys replaced"
    KEY_COUNTERSIGNED = "key record countersigned"
    KEY_LOG_ENTRY = "key log entry"
    KEY_ROTATED = "key rotated"
    LEARNING_KEPT = "learning action kept"
    LEARNING_LINKED = "learning action linked"
    LEARNING_MOVED = "learning action moved"
    LEARNING_TOLD = "person told what changed"
    LEARNING_PUBLISHED = "statement published or withdrawn"
    LEARNING_REMINDED = "owners of learning actions reminded"
    LEDGER_ENTERED = "entered in the ledger of releases"
    LIST_CHANGED = "list changed"
    MEMBERSHIP_CHANGED = "membership changed"
    MEMBERSHIP_ENDED = "membership ended"
    MESSAGE_SENT = "message sent"
    NOTE_ADDED = "note added"
    NOTICE_SENT = "notice sent"
    ORDER_REMOVED = "order removed"
    ORGANISATION_FOUNDED = "organisation founded"
    PASSPHRASE_CHANGED = "passphrase changed"
    PERSON_IDENTIFIED = "person said who they are"
    PERSON_TOLD = "person told"
    PUBLICATION_APPROVED = "publication approved"
    PUBLICATION_CHECKED = "publication checked"
    PUBLICATION_KEPT = "publication kept"
    PUBLICATION_PUBLISHED = "publication published"
    PUBLISHING_TO_BEGUN = "publishing to another begun"
    PUBLISHING_TO_ENDED = "publishing to another ended"
    QUARTER_CLOSED = "quarter closed"
    QUARTER_REWRITTEN = "closed quarter found rewritten"
    RECEIPT_GIVEN = "receipt given"
    RECEIPT_REPLACED = "receipt replaced"
    RECEIVING_FROM_BEGUN = "receiving from another begun"
    RECEIVING_FROM_ENDED = "receiving from another ended"
    REFERRAL_ANSWERED = "referral answered"
    REFERRAL_ENDED = "referral ended"
    REFERRAL_READ = "referral read"
    REFERRAL_WAITS = "referral waits"
    RETURN_CHECKED = "return checked"
    RETURN_KEPT = "return kept"
    RETURN_READ = "return read"
    RETURN_SUBMITTED = "return signed off"
    ROUTING_APPROVED = "routing approved"
    ROUTING_DRAFTED = "routing drafted"
    ROUTING_SENT_BACK = "routing sent back"
    ROUTING_SUBMITTED = "routing submitted"
    ROUTING_TRIED = "routing tried"
    SECOND_FACTOR_SET = "second factor set"
    SESSION_ENDED = "session ended"
    SETTINGS_CHANGED = "settings changed"
    SIGNALS_READ = "signals read"
    SIGNED_IN = "signed in"
    SIGN_IN_FAILED = "sign-in failed"
    STAFF_NOTIFIED = "staff notified"
    STOP_ASKED = "stop asked"
    SUBJECT_ACCESS_GIVEN = "subject access given"
    SUBJECT_ACCESS_SEARCHED = "subject access searched"
    THRESHOLDS_DECIDED = "thresholds decided"
    STRUCTURE_CHANGED = "structure changed"
    YEAR_RECEIVED = "published year received"


class AuditEntry(Owned, Base):
    """One link of the organisation's chain. `at` is a moment, or midnight where only the day may be known."""

    __tablename__ = "audit_entry"
    __table_args__ = table_args(Index(None, "organisation_id", "subject_id"))

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event: Mapped[Event] = mapped_column(Choice(Event))
    actor_kind: Mapped[ActorKind] = mapped_column(Choice(ActorKind))
    actor_id: Mapped[uuid.UUID | None]
    subject_id: Mapped[uuid.UUID | None]
    quantity: Mapped[int | None]
    at: Mapped[datetime]
    previous: Mapped[bytes]
    hash: Mapped[bytes]


class AuditHead(Owned, Base):
    """The newest number and hash; the row that writers queue for."""

    __tablename__ = "audit_head"

    number: Mapped[int]
    hash: Mapped[bytes]


class PendingAudit(OwnedById, Base):
    """A reporter's act, dated by day, waiting to be appended among the others of its day in random order."""

    __tablename__ = "audit_pending"

    event: Mapped[Event] = mapped_column(Choice(Event))
    subject_id: Mapped[uuid.UUID | None]
    day: Mapped[date]
