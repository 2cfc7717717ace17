"""Trying a change out and measuring it, as guardians do: what they write is looked through before it leaves them."""

from speakup import cases, learning
from speakup.kernel.uow import UnitOfWork
from speakup.learning import LearningAction
from speakup.web.checked_form import CheckedForm
from speakup.web.fields import PlainForm
from speakup.web.improving import Forms, ImprovingPages
from speakup.web.improving_forms import CycleForm, MeasureForm, PartnersForm, StudyForm
from speakup.web.workspace import surface
from speakup.web.workspace.pages import common


class CheckedMeasure(CheckedForm, MeasureForm):
    """What is counted."""

    CHECKED = ("name", "unit")


class CheckedCycle(CheckedForm, CycleForm):
    """What is to be tried."""

    CHECKED = ("plan", "prediction")


class CheckedStudy(CheckedForm, StudyForm):
    """What came of it."""

    CHECKED = ("done", "result")


class CheckedPartners(CheckedForm, PartnersForm):
    """With whom it is worked out."""

    CHECKED = ("staff", "patients", "others")


def _passes(uow: UnitOfWork, action: LearningAction, form: PlainForm) -> bool:
    return not isinstance(form, CheckedForm) or form.passes(uow, lambda: cases.linked_case_ids(uow, action))


ImprovingPages(
    "/learning",
    learning.find,
    lambda uow: {"place": "learning", **common(uow)},
    Forms(CheckedMeasure, CheckedCycle, CheckedStudy, CheckedPartners),
    _passes,
).add_to(surface)
