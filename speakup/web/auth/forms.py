"""What a person fills in to sign in and to keep their account."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import BooleanField, PasswordField
from wtforms.validators import EqualTo, InputRequired, Optional

from speakup.web.fields import AtMost, Dialled, PlainForm
from speakup.web.lines import Hidden, Line, Lines

LONGEST_PASSPHRASE = 1024
PASSPHRASE_HINT = _(
    "At least 14 characters. Four or five words that have nothing to do with each other work well. "
    "Any letters, spaces and signs will do."
)


def _present_passphrase(label: str) -> PasswordField:
    return PasswordField(
        label,
        validators=[InputRequired(_("Write your passphrase")), AtMost(LONGEST_PASSPHRASE)],
    )


class SignInForm(PlainForm):
    """Address and passphrase."""

    then = Hidden()
    email = Line(
        _("Work e-mail address"),
        validators=[InputRequired(_("Write your work e-mail address")), AtMost(254)],
    )
    passphrase = _present_passphrase(_("Passphrase"))


class CodeForm(PlainForm):
    """A code of the authenticator, or a recovery code."""

    then = Hidden()
    code = Line(
        _("Code"),
        description=_("6 digits from your authenticator app, or one of your recovery codes."),
        validators=[InputRequired(_("Write the code from your app")), AtMost(60)],
    )


class FirstCodeForm(PlainForm):
    """The first code of a new authenticator."""

    then = Hidden()
    code = Line(
        _("The 6 digits the app shows now"),
        validators=[InputRequired(_("Write the 6 digits the app shows")), AtMost(60)],
    )


class WelcomeForm(PlainForm):
    """A passphrase for a new account, twice; or, once, that of an account somebody has already."""

    passphrase = PasswordField(
        _("Choose a passphrase"),
        description=PASSPHRASE_HINT,
        validators=[InputRequired(_("Choose a passphrase"))],
    )
    again = PasswordField(
        _("The same passphrase again"),
        validators=[Optional(), EqualTo("passphrase", _("The two are not the same. Write both again"))],
    )
    known = BooleanField(_("I have an account already: this is its passphrase"))

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """A new passphrase is written twice, since nobody can look it up."""
        if super().validate(extra_validators) and not (self.known.data or self.again.data):
            self.again.errors = [gettext("Write the passphrase a second time")]
        return not self.errors


class ChangePassphraseForm(PlainForm):
    """The present passphrase and a new one, twice."""

    passphrase = _present_passphrase(_("Your passphrase now"))
    new_passphrase = PasswordField(
        _("New passphrase"),
        description=PASSPHRASE_HINT,
        validators=[InputRequired(_("Choose a new passphrase"))],
    )
    again = PasswordField(
        _("The new passphrase again"),
        validators=[
            InputRequired(_("Write the new passphrase a second time")),
            EqualTo("new_passphrase", _("The two new ones are not the same. Write both again")),
        ],
    )


class NewKeysForm(ChangePassphraseForm):
    """The same questions, for somebody whose passphrase may be known."""


class ReplaceFactorForm(PlainForm):
    """A new authenticator, proved by its first code and by the passphrase."""

    drawn = Hidden()
    code = Line(
        _("The 6 digits the new app shows now"),
        validators=[InputRequired(_("Write the 6 digits the app shows")), AtMost(60)],
    )
    passphrase = _present_passphrase(_("Your passphrase"))


class LeavingForm(PlainForm):
    """That a guardian leaves, meant and proved."""

    passphrase = _present_passphrase(_("Your passphrase"))
    sure = BooleanField(
        _("I leave, and open nothing here from now on"),
        validators=[InputRequired(_("Tick that you mean to leave"))],
    )


class ProfileForm(PlainForm):
    """What the front page says about a guardian."""

    phone = Line(_("Telephone"), validators=[AtMost(60), Dialled()])
    hours = Line(
        _("When people can reach you"),
        description=_("For example: Monday to Thursday, 9 to 4"),
        validators=[AtMost(120)],
    )
    about = Lines(
        _("About you"),
        description=_("One or two sentences that make it easier to turn to you."),
        validators=[AtMost(600)],
    )
    photo = FileField(
        _("Photo"),
        description=_(
            "A JPEG picture. Where and when it was taken is removed. Leave this empty to keep the one there is."
        ),
    )
    remove_photo = BooleanField(_("Take my photo away"))
