"""What counts as a telephone number here: people in danger ring it, so a word in its place is refused.

Numbers of the national plan stand beside a hospital's own ("2222", "bleep 123, then 0"), which no list of national
numbers knows. So the rule asks only what each of them has in common.
"""

import re
from dataclasses import dataclass

from speakup.kernel.uow import UnitOfWork
from speakup.organisations import queries

FEWEST_DIGITS, MOST_DIGITS = 3, 40
_SIGNS = " +()-/.,;\N{NO-BREAK SPACE}\N{EN DASH}"
_WORDS = frozenset(
    (
        *("ext", "extn", "extension", "x", "bleep", "pager", "page", "internal", "external", "inside", "outside"),
        *("mobile", "switchboard", "via", "through", "or", "and", "then", "option", "press", "dial", "ring", "call"),
        *("on", "from", "with", "by", "day", "night", "direct", "line"),
    )
)
_PART = re.compile(rf"[0-9]+|[A-Za-z]+|[{re.escape(_SIGNS)}]")


@dataclass(frozen=True, slots=True)
class WrongNumber:
    """A number people are given that nobody can ring. `site` is empty for the guardians' own."""

    site: str
    number: str


def is_telephone_number(text: str) -> bool:
    """Say whether somebody could dial this: three digits or more, and beside them only signs and words of telephony."""
    parts = _PART.findall(text)
    digits = sum(len(part) for part in parts if part.isdigit())
    known = all(part.lower() in _WORDS for part in parts if part.isalpha())
    return "".join(parts) == text and known and FEWEST_DIGITS <= digits <= MOST_DIGITS


def wrong_numbers(uow: UnitOfWork) -> list[WrongNumber]:
    """List the numbers shown today that cannot be rung; one that is missing altogether is not among them."""
    shown = [WrongNumber("", queries.here(uow).guardian_phone)]
    for site in queries.sites(uow):
        shown += [WrongNumber(site.name, site.emergency_number), WrongNumber(site.name, site.manager_on_call)]
    return [each for each in shown if each.number and not is_telephone_number(each.number)]
