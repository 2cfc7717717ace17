"""Codes: which one-time code is good, and how a recovery code is kept."""

import hashlib
import uuid
from datetime import datetime, timedelta

import pyotp

STEP = timedelta(seconds=30)
"""The time step of RFC 6238."""


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
