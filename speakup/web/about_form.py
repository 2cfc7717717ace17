"""Questions about the person, for both sides: each may be left out, and none is asked twice."""

from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField

from speakup import vocabulary
from speakup.kernel.uow import UnitOfWork
from speakup.vocabulary import ANSWERS, NOT_ASKED, CodeSet
from speakup.web.fields import FromTheList, PlainForm, offer

QUESTIONS: Mapping[str, Any] = {
    "age": _("How old are you?"),
    "sex": _("What is your sex?"),
    "gender_identity": _("Is your gender the same as the one you were registered with at birth?"),
    "ethnicity": _("What is your ethnic group?"),
    "disability": _("Are you disabled?"),
    "religion": _("What is your religion or belief?"),
    "orientation": _("What is your sexual orientation?"),
    "pregnancy": _("In the past year, were you pregnant or on maternity leave?"),
    "marriage": _("Are you married or in a civil partnership?"),
    "overseas_trained": _("Did you train for your work in another country?"),
    "working_pattern": _("How do you work?"),
}
"""In words to the person; a guardian's page has the names that the list has."""


class AboutForm(PlainForm):
    """The questions that were not answered yet; each question's field has its key for a name."""

    asked: tuple[str, ...] = ()

    @property
    def answers(self) -> dict[str, str]:
        """Return what was answered. What was left out was not asked."""
        return {question: self[question].data for question in self.asked if self[question].data}


def about_form(uow: UnitOfWork, answered: Collection[str], *, to_the_person: bool) -> AboutForm:
    """Make the form of the questions that are still open, with the answers of today."""
    names = vocabulary.names(uow, CodeSet.CHARACTERISTIC)
    asked = tuple(each for each in ANSWERS if each not in answered)
    fields = {
        question: RadioField(
            QUESTIONS[question] if to_the_person else names[question],
            choices=_choices(uow, question, to_the_person=to_the_person),
            default="",
            validate_choice=False,
            validators=[FromTheList()],
        )
        for question in asked
    }
    made: AboutForm = type("AskedForm", (AboutForm,), {**fields, "asked": asked})()
    return made


def names_of(uow: UnitOfWork, questions: Collection[str]) -> list[str]:
    """Name questions, in the list's order."""
    return [name for key, name in vocabulary.names(uow, CodeSet.CHARACTERISTIC).items() if key in questions]


def _choices(uow: UnitOfWork, question: str, *, to_the_person: bool) -> list[Any]:
    codes = [code for code in vocabulary.codes(uow, ANSWERS[question]) if code.key != NOT_ASKED]
    left_out = gettext("I leave this out") if to_the_person else gettext("Not asked")
    return offer([("", left_out), *((code.key, code.name) for code in codes)])
