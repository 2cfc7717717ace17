"""Whether the form is open: asked before anyone types; when it is not, the pages say why and give a number to call."""

from enum import StrEnum

from speakup import cases, organisations
from speakup.kernel.uow import UnitOfWork
from speakup.organisations import Organisation
from speakup.web.site import site


class Closed(StrEnum):
    """Why the form is closed, for the words on the page."""

    NO_NUMBERS = "numbers"
    STOPPED = "stopped"
    NO_READERS = "readers"


def why_closed(uow: UnitOfWork, organisation: Organisation) -> Closed | None:
    """Say what is amiss: somebody stopped it, a site does not say whom to call in danger, or too few can receive."""
    if organisation.intake_stopped:
        return Closed.STOPPED
    sites = organisations.sites(uow)
    if not sites or not all(site.emergency_number for site in sites):
        return Closed.NO_NUMBERS
    return None if cases.can_receive(uow) else Closed.NO_READERS


def intake_open(uow: UnitOfWork, organisation: Organisation) -> bool:
    """Say whether two people can receive, nobody has stopped the intake, and each site says whom to call in danger."""
    return why_closed(uow, organisation) is None


def alerts_guardians() -> bool:
    """Say whether guardians can be told at once that somebody is at risk: only where there is a way to send mail."""
    return bool(site().settings.mail_url)
