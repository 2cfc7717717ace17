"""What to say when too many people are to be kept out: which single tick to take away, wherever one is enough."""

from flask_babel import gettext

from speakup.cases import DraftContent
from speakup.kernel.uow import UnitOfWork
from speakup.web.intake.concern import somebody_is_left
from speakup.web.intake.forms import ExcludeForm


def too_many(uow: UnitOfWork, form: ExcludeForm, draft: DraftContent) -> str:
    """Say why it cannot be, and name whom to leave in."""
    ticked = list(form.people.data or [])
    enough = [each for each in ticked if _left_without(uow, form, draft, ticked, each)]
    form.people.data = ticked
    if not enough:
        return str(
            gettext(
                "At least two people must be able to read this. Keep fewer people out, or call the number on this page."
            )
        )
    names = "; ".join(form.names[each] for each in enough)
    return str(gettext("At least two people must be able to read this. Untick one of these: %(names)s.", names=names))


def _left_without(uow: UnitOfWork, form: ExcludeForm, draft: DraftContent, ticked: list[str], tick: str) -> bool:
    form.people.data = [each for each in ticked if each != tick]
    return somebody_is_left(uow, form, draft)
