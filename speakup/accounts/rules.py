"""Which one-time code is good, how a recovery code is kept, which days are an absence, who is on the list."""

import hashlib
import unicodedata
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

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


def absence_fault(first: date, last: date, today: date) -> str:
    """Name what is wrong with an absence from one day to another: `past`, `order`, `far`, or nothing."""
    if last < today:
        return "past"
    if last < first:
        return "order"
    return "far" if last > today + LONGEST_ABSENCE else ""


class Part(StrEnum):
    """What somebody is of those whom a person may keep out as a whole, or say a concern is about."""

    EXECUTIVE = "executive"
    CHAIR = "chair"


@dataclass(frozen=True, slots=True)
class Marked:
    """Somebody on the list of executives and chair, with an account here or without one."""

    name: str
    part: Part
    job: str = ""
    person_id: uuid.UUID | None = None

    def plain(self) -> dict[str, Any]:
        """As the draft and the key log carry it."""
        person = str(self.person_id) if self.person_id else None
        return {"name": self.name, "part": self.part.value, "job": self.job, "person": person}

    @classmethod
    def from_plain(cls, said: Mapping[str, Any]) -> "Marked":
        """Read it again; `KeyError` or `ValueError` for what nobody's program wrote."""
        person = said["person"]
        return cls(str(said["name"]), Part(said["part"]), str(said["job"]), uuid.UUID(person) if person else None)

    def means(self, person_id: uuid.UUID, names: Iterable[str]) -> bool:
        """Say whether this is somebody: by account, or by any of the names they go by."""
        return person_id == self.person_id or plain_name(self.name) in {plain_name(each) for each in names}

    def means_same(self, other: "Marked") -> bool:
        """Say whether both are the same entry, whatever their job is called."""
        same = self.person_id == other.person_id if self.person_id or other.person_id else True
        return same and self.part is other.part and plain_name(self.name) == plain_name(other.name)


def plain_name(name: str) -> str:
    """A name as the eye reads it: without capitals, accents and double spaces."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return " ".join("".join(each for each in letters if not unicodedata.combining(each)).split())
