"""Which one-time code is good, when codes rest, how a recovery code is kept, and which day may end an absence."""

import hashlib
import uuid
from datetime import date, datetime, timedelta

import pyotp

STEP = timedelta(seconds=30)
"""The time step of RFC 6238."""

LONGEST_ABSENCE = timedelta(days=366)
"""How far ahead a last day away may lie: whoever is away for longer says so again, and a slip of a digit is noticed."""

CODES_FREE = 10
"""Wrong codes in a row before codes rest; many more than a slow clock or a nervous hand brings about."""
_FIRST_REST, _LONGEST_REST = timedelta(minutes=1), timedelta(hours=1)


def rest_after(wrong: int) -> timedelta:
    """Return for how long codes are not tried after so many wrong ones in a row: doubling, up to an hour."""
    if wrong < CODES_FREE:
        return timedelta()
    return min(_LONGEST_REST, _FIRST_REST * (1 << min(wrong - CODES_FREE, 10)))


def accepted_step(secret: str, code: str, moment: datetime, last_step: int) -> int | None:
    """Return the step whose code this is, one either side allowed for slow clocks, never one already used."""
    digits = "".join(code.split())
    totp = pyotp.TOTP(secret)
    present = int(moment.timestamp() // STEP.total_seconds())
    for step in (present - 1, present, present + 1):
        if step > last_step and pyotp.utils.strings_equal(totp.generate_otp(step), digits):
            return step
    return None


def recovery_code_hash(person_id: uuid.UUID, code: str) -> str:
    """Return what is kept of a recovery code: 64 random bits, bound to its owner."""
    plain = "".join(code.lower().replace("-", " ").split())
    return hashlib.sha256(person_id.bytes + plain.encode()).hexdigest()


def absence_fault(until: date | None, today: date) -> str:
    """Name what is wrong with a last day away: `past`, `far`, or nothing. None is somebody who is here."""
    if until is None:
        return ""
    if until < today:
        return "past"
    return "far" if until > today + LONGEST_ABSENCE else ""
