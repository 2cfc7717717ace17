"""Which last day away is taken, on one's own page and on an administrator's, and what either says about another."""

from datetime import date

from flask_babel import gettext

from speakup import accounts
from speakup.web import labels
from speakup.web.lines import DayForm


def fits(until: DayForm, today: date) -> bool:
    """Say whether the day that was written can be the last one away; what is wrong with it stands in the form."""
    fault = accounts.absence_fault(until.written, today)
    if fault:
        until.day.errors = [_words(fault, today + accounts.LONGEST_ABSENCE)]
    return not fault


def _words(fault: str, latest: date) -> str:
    if fault == "past":
        return str(gettext("That day has gone by. Write the last day away, or leave it empty"))
    words = gettext(
        "That is more than a year ahead. Write a day up to %(latest)s. When it comes nearer, write a later one",
        latest=labels.day(latest),
    )
    return str(words)
