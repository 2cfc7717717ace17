"""What is typed about other organisations: an address, and what sort of organisation this one is."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField

from speakup.kernel.errors import Invalid
from speakup.organisations import Nature
from speakup.web.fields import AtMost, FromTheList, Needed, PlainForm, offer
from speakup.web.lines import Hidden, Line
from speakup.web.natures import NATURES

_REFUSED: dict[str, Any] = {
    "own": _("That is the address of this organisation. Write the address of the other one"),
    "unknown": _("No organisation here answers to that address. Copy it from its front page, without https://"),
    "there": _("That organisation is in the list already"),
}


class AddressForm(PlainForm):
    """Another organisation, by an address it answers to."""

    host = Line(
        _("Its address"),
        description=_("As it stands in the browser on its front page. For example: speakup.example.nhs.uk"),
        validators=[Needed(_("Write the address of the other organisation")), AtMost()],
    )

    @property
    def address(self) -> str:
        """Return the host name, whether or not somebody copied what stands around it."""
        said = (self.host.data or "").strip().lower()
        return said.removeprefix("https://").removeprefix("http://").partition("/")[0]

    def refuse(self, fault: Invalid) -> None:
        """Say why it cannot be in the list."""
        self.host.errors = [str(_REFUSED[fault.reason])]


class NatureForm(PlainForm):
    """What sort of organisation this one is."""

    seen = Hidden()
    nature = RadioField(_("What sort of organisation is this?"), validate_choice=False, validators=[FromTheList()])

    def show(self, standing: Nature | None) -> None:
        """Offer all sorts, with what stands chosen."""
        self.nature.choices = offer((each.value, words) for each, words in NATURES.items())
        if not self.is_submitted():
            self.nature.data = standing.value if standing else None
            self.seen.data = standing.value if standing else ""

    def chosen(self, standing: Nature | None) -> Nature | None:
        """Return what was chosen; none where it does not fit, or somebody else has chosen otherwise meanwhile."""
        if not self.validate_on_submit():
            return None
        if not self.nature.data:
            self.nature.errors = [gettext("Choose what sort of organisation this is")]
            return None
        wanted, stands = Nature(self.nature.data), standing.value if standing else ""
        if self.seen.data != stands and wanted is not standing:
            self.overtaken, self.seen.data = True, stands
            return None
        return wanted
