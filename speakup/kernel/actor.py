"""Who is acting. Handed down as an argument; nothing below the surfaces asks the web."""

import uuid
from dataclasses import dataclass, field
from enum import StrEnum


class ActorKind(StrEnum):
    """What sort of somebody acts."""

    PERSON = "person"
    REPORTER = "reporter"
    VISITOR = "visitor"
    SYSTEM = "system"


class Role(StrEnum):
    """What a person may be in one organisation; several may be held at once."""

    GUARDIAN = "guardian"
    LEAD_GUARDIAN = "lead_guardian"
    BUDDY_GUARDIAN = "buddy_guardian"
    NON_EXECUTIVE_LEAD = "non_executive_lead"
    RECIPIENT = "recipient"
    ACTION_OWNER = "action_owner"
    BOARD_MEMBER = "board_member"
    EXECUTIVE_LEAD = "executive_lead"
    BOARD_SECRETARY = "board_secretary"
    RECOVERY_OFFICER = "recovery_officer"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody, in one organisation, for one request.

    `id` is the person's or the reporter's; visitors and the system have none.
    `root_secret` is theirs, opened for this request only, and is never shown.
    """

    kind: ActorKind
    organisation_id: uuid.UUID
    id: uuid.UUID | None = None
    roles: frozenset[Role] = frozenset()
    root_secret: bytes | None = field(default=None, repr=False)

    @property
    def person_id(self) -> uuid.UUID:
        """Return the id of the person or reporter, who must be one."""
        if self.id is None:
            raise TypeError(self.kind)
        return self.id


def visitor(organisation_id: uuid.UUID) -> Actor:
    """Somebody on a public page, of whom nothing is known and nothing is kept."""
    return Actor(ActorKind.VISITOR, organisation_id)


def system(organisation_id: uuid.UUID) -> Actor:
    """The program itself: scheduled work and the command line."""
    return Actor(ActorKind.SYSTEM, organisation_id)
