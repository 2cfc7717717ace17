"""Forms for people in a hurry: every fault is said in our own words, and a failed token loses nothing."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from flask import flash, request
from flask_babel import gettext, lazy_gettext, ngettext
from flask_wtf import FlaskForm
from flask_wtf.csrf import validate_csrf
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field, FileField, Form
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from speakup.kernel.ids import names_case
from speakup.organisations import is_telephone_number

_ = lazy_gettext

OK, BAD_REQUEST, CONFLICT, UNPROCESSABLE = 200, 400, 409, 422
_LONGEST_LINE = 200
NOT_A_NUMBER = _(
    "Write a telephone number in digits. Beside it only words like ext, bleep, option or via switchboard can stand"
)


class PlainForm(FlaskForm):
    """A form whose failed token costs nobody a word: the page comes back as it was typed, with a sentence.

    Its fields find only what is theirs: words where words are asked for, files where files are. Whoever writes a post
    by hand can send a file under the name of any field, and a box for words cannot read it.
    """

    overtaken = False
    """Something was done elsewhere since it was served that keeps this from being done; said by the page it is of."""

    class Meta(FlaskForm.Meta):
        """Says where the fields look."""

        def wrap_formdata(self, form: Form, formdata: Any) -> Any:  # noqa: ANN401 -- whatever WTForms is given
            """Leave out files that no field for files asks for."""
            posted = super().wrap_formdata(form, formdata)
            if not isinstance(posted, CombinedMultiDict):
                return posted
            asked_for = {each.name for each in form if isinstance(each, FileField)}
            files = MultiDict((name, each) for name, each in request.files.items(multi=True) if name in asked_for)
            return CombinedMultiDict([files, request.form])

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Check every field; a token that does not fit is said in words."""
        valid = bool(super().validate(extra_validators))
        if self.token_failed:
            self["csrf_token"].errors = [
                gettext(
                    "Nothing you wrote is lost, but it did not arrive whole. Press the button once more. "
                    "If this comes again, let your browser keep cookies for this page."
                )
            ]
        return valid

    @property
    def token_failed(self) -> bool:
        """Whether the page was not the one we served to this browser."""
        return "csrf_token" in self and bool(self["csrf_token"].errors)

    @property
    def status(self) -> int:
        """What a page is answered with that shows this form: as it is asked for, or again for what it refused."""
        if self.token_failed:
            return BAD_REQUEST
        if self.overtaken:
            return CONFLICT
        return UNPROCESSABLE if self.errors else OK


class ButtonForm(PlainForm):
    """A button that changes something, and nothing else."""

    def pressed(self) -> bool:
        """Say whether it was pressed on a page of ours; where not, the next page says that nothing was done."""
        if not self.validate_on_submit():
            flash(gettext("The button could not be read. Press it once more"), "warning")
            return False
        return True


def token_fits() -> bool:
    """Say whether what was posted came from a page we served to this browser."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


@cache
def names_of_fields(form: type[PlainForm]) -> tuple[str, ...]:
    """List what a form asks for, without the token."""
    return tuple(each.name for each in form(formdata=None, meta={"csrf": False}))


class NoCase:
    """Refuses the reference of a case in words that leave the guardians: no looking over makes it one that may."""

    def __call__(self, form: Form, field: Field) -> None:
        if fault := self.fault(field.data or ""):
            raise ValidationError(fault)

    @staticmethod
    def fault(words: str) -> str:
        """Say what is wrong with words that no field of a form holds; nothing where no case is named."""
        return str(gettext("The reference of a case stands here. Take it out")) if names_case(words) else ""


class AtMost:
    """Refuses what is longer than a page can promise to keep, and says by how much."""

    def __init__(self, limit: int = _LONGEST_LINE) -> None:
        self.limit = limit

    def __call__(self, form: Form, field: Field) -> None:
        over = len(field.data or "") - self.limit
        if over > 0:
            raise ValidationError(
                ngettext(
                    "This is too long by %(over)s character. Up to %(limit)s fit.",
                    "This is too long by %(over)s characters. Up to %(limit)s fit.",
                    over,
                    over=f"{over:,}",
                    limit=f"{self.limit:,}",
                )
            )


class Dialled:
    """Refuses words where a telephone number is asked for: people in danger would stand there with nobody to ring."""

    def __call__(self, form: Form, field: Field) -> None:
        if field.data and not is_telephone_number(field.data.strip()):
            raise ValidationError(str(NOT_A_NUMBER))


class Needed:
    """Refuses an empty answer, in words that say what to write."""

    def __init__(self, words: Any) -> None:  # noqa: ANN401 -- gettext's lazy strings have no type
        self.words = words

    def __call__(self, form: Form, field: Field) -> None:
        if not (field.data or "").strip():
            raise ValidationError(str(self.words))


class FromTheList:
    """Refuses an answer that was not offered. It goes with `validate_choice=False`, whose own words are a machine's."""

    def __call__(self, form: Form, field: Field) -> None:
        chosen = {each for each in (field.data if isinstance(field.data, list) else [field.data]) if each}
        if chosen and not chosen <= {choice.value for choice in field.iter_choices()}:
            raise ValidationError(gettext("Choose from the answers shown."))


def offer(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Make choices of value and words."""
    return [SelectChoice(value, words) for value, words in pairs]
