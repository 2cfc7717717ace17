"""The questions about who somebody is and how to reach them safely: asked at the start, or later from the inbox."""

import re

from flask_babel import gettext, lazy_gettext
from wtforms import Field, RadioField
from wtforms.validators import ValidationError

from speakup.cases import PersonDetails
from speakup.notifications import NoticeBy, is_work_address
from speakup.web.fields import AtMost, FromTheList, PlainForm, offer
from speakup.web.lines import Line, Lines

_ = lazy_gettext

_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_ADDRESS_WITHIN = re.compile(r"[^@\s,;:<>()\[\]\"'“”]+@[^@\s,;:<>()\[\]\"'“”/]+")
"""An address among other words, as somebody writes it who says how to be reached."""
_NUMBER = re.compile(r"\+?[0-9][0-9 ().-]{8,20}")
_WISHES = 2_000


class PersonForm(PlainForm):
    """Name, contact, wishes and notices. Nothing is needed here; what is given must be usable."""

    staff_domains = ""
    """The organisation's own mail domains, set before validating."""

    name = Line(_("Your name"), validators=[AtMost()])
    contact = Line(
        _("How can the guardian reach you?"),
        description=_("A phone number or an e-mail address of your own. Not your work’s."),
        validators=[AtMost()],
    )
    safe_contact = Lines(
        _("When and how is it safe to reach you?"),
        description=_("For example: “only in the evening”, or “do not leave a message”."),
        validators=[AtMost(_WISHES)],
    )
    notice_by = RadioField(
        _("Shall we tell you when there is an answer to read?"),
        description=_(
            "The notice only says: “You have a new message in the place you know.” It names nobody and has no link."
        ),
        choices=offer(
            [
                (NoticeBy.NOT_AT_ALL, _("No, I will look myself")),
                (NoticeBy.EMAIL, _("Yes, by e-mail")),
                (NoticeBy.TEXT, _("Yes, by text message")),
            ]
        ),
        default=NoticeBy.NOT_AT_ALL.value,
        validate_choice=False,
        validators=[FromTheList()],
    )
    notice_email = Line(
        _("Your own e-mail address"),
        description=_("Not a work address: your employer can read those. Not one that you share with somebody."),
        validators=[AtMost()],
    )
    notice_phone = Line(
        _("Your own mobile number"),
        description=_("Does somebody else see this phone, or its messages on its locked screen? Then choose No."),
        validators=[AtMost()],
    )

    def validate_contact(self, field: Field) -> None:
        self._refuse_work_addresses(_ADDRESS_WITHIN.findall(field.data or ""))

    def validate_notice_email(self, field: Field) -> None:
        if self.notice_by.data != NoticeBy.EMAIL:
            return
        if not _ADDRESS.fullmatch(field.data or ""):
            raise ValidationError(gettext("Write your e-mail address, such as name@example.com."))
        self._refuse_work_addresses([field.data])

    def _refuse_work_addresses(self, addresses: list[str]) -> None:
        if any(is_work_address(each, self.staff_domains) for each in addresses):
            raise ValidationError(gettext("This is a work address, and people at work could read it. Use your own."))

    def validate_notice_phone(self, field: Field) -> None:
        if self.notice_by.data == NoticeBy.TEXT and not _NUMBER.fullmatch(field.data or ""):
            raise ValidationError(gettext("Write your mobile number, such as 07700 900 123."))

    @staticmethod
    def known(person: PersonDetails | None) -> dict[str, str]:
        """Return what was given before, as the fields hold it."""
        if person is None:
            return {}
        return {
            "name": person.name,
            "contact": person.contact,
            "safe_contact": person.safe_contact,
            "notice_by": person.notice_by,
            "notice_email": person.notice_to if person.notice_by == NoticeBy.EMAIL else "",
            "notice_phone": person.notice_to if person.notice_by == NoticeBy.TEXT else "",
        }

    def details(self) -> PersonDetails | None:
        """Return what was given; None when nothing was."""
        by = NoticeBy(self.notice_by.data or NoticeBy.NOT_AT_ALL)
        to = {NoticeBy.EMAIL: self.notice_email.data, NoticeBy.TEXT: self.notice_phone.data}.get(by) or ""
        name, contact, safe = self.name.data or "", self.contact.data or "", self.safe_contact.data or ""
        if not (name or contact or safe.strip() or to):
            return None
        return PersonDetails(name=name, contact=contact, safe_contact=safe, notice_by=by.value, notice_to=to)
