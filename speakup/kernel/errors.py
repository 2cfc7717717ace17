"""What can go wrong, in terms of the domain; surfaces turn each into a sentence."""


class SpeakUpError(Exception):
    """The root of every error a surface is expected to handle."""


class NotFound(SpeakUpError):
    """Absent, or not for this person: the two are never told apart."""


class Forbidden(NotFound):
    """The policy says no. A surface answers exactly as for `NotFound`."""


class NoLongerHeld(NotFound):
    """A part of it is here, and the rest was given new keys without this person, in the way such keys are given."""


class Conflict(SpeakUpError):
    """The thing has moved on since it was read, or is in a state that does not allow this."""


class Invalid(SpeakUpError):
    """One value is not acceptable.

    `field` names the argument and `reason` is a short code; surfaces own the sentence.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field, reason)
        self.field = field
        self.reason = reason


class Busy(SpeakUpError):
    """Too much work is under way; nothing was changed and the same request may be sent again."""


class NobodyToReceive(SpeakUpError):
    """No two vouched people could receive this concern, so it is not accepted in silence."""


class IntegrityFault(SpeakUpError):
    """Stored content does not check out: flipped, moved, put back, or sealed by nobody we trust.

    Carries what an audit entry may hold and nothing more.
    """

    def __init__(self, subject: object, check: str) -> None:
        super().__init__(check)
        self.subject = subject
        self.check = check
