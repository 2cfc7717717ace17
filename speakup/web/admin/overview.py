"""`/admin`: whether everything is in place for a concern to be raised, received and answered."""

from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from speakup import cases, keyring, organisations, policy, routing
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import KeyLog
from speakup.policy import CASE_ROLES
from speakup.web import places
from speakup.web.actors import work
from speakup.web.admin import surface
from speakup.web.site import site


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to be in place, how it stands, and where to see to it."""

    title: str
    fine: bool
    standing: str
    address: str = ""
    needed: bool = True
    """Whether no concern can be received without it."""


@surface.get("/admin")
def overview() -> ResponseReturnValue:
    with work(writes=False) as uow:
        checks = [*_of_keys(uow), *_of_settings(uow), *_of_installation()]
        return render_template("admin/overview.html", checks=checks, **common(uow))


def common(uow: UnitOfWork) -> dict[str, Any]:
    """Return what every page here shows around its content."""
    return {"organisation": organisations.here(uow), **places.of(uow)}


def key_log(uow: UnitOfWork) -> KeyLog | None:
    """Return the key log; None where there is none to trust."""
    try:
        return keyring.load_key_log(uow)
    except (keyring.NoTrustRoot, IntegrityFault):
        return None


def _of_keys(uow: UnitOfWork) -> list[Check]:
    log = key_log(uow)
    vouched = _vouched(uow, log)
    able, asked = log is not None and cases.can_receive(uow), len(keyring.pending(uow))
    return [
        Check(
            _("First guardian’s key"),
            log is not None,
            _("Written down outside the database, and the list of keys follows from it")
            if log is not None
            else _("Not written down, or the list of keys does not follow from it. Start “speakup trust-root show”"),
        ),
        Check(
            _("People a guardian has vouched for"),
            vouched > 1,
            ngettext("%(num)d person can be given cases", "%(num)d people can be given cases", vouched),
            "/admin/members",
        ),
        Check(
            _("Two people who can receive a concern today"),
            able,
            _("Yes")
            if able
            else _("No. Until a second one is vouched for and here, the public pages give only the telephone number"),
            "/admin/members",
        ),
        Check(
            _("Changes to who receives concerns"),
            not asked,
            ngettext(
                "%(num)d waits for a guardian to agree; until then new concerns go to the same people",
                "%(num)d wait for a guardian to agree; until then new concerns go to the same people",
                asked,
            )
            if asked
            else _("Nothing waits for a guardian"),
            "/admin/members",
            needed=False,
        ),
    ]


def _vouched(uow: UnitOfWork, log: KeyLog | None) -> int:
    if log is None:
        return 0
    return sum(1 for each in log.valid.values() if each.roles & CASE_ROLES and each.expires >= uow.today)


def _of_settings(uow: UnitOfWork) -> list[Check]:
    organisation, open_sites = organisations.here(uow), organisations.sites(uow)
    numbers = bool(open_sites) and all(each.emergency_number and each.manager_on_call for each in open_sites)
    wrong = organisations.wrong_numbers(uow)
    of_sites = [f"{each.site}: {each.number}" for each in wrong if each.site]
    phone_wrong = any(not each.site for each in wrong)
    waits = _routing_waits(uow)
    return [
        Check(
            _("The guardians’ telephone number"),
            bool(organisation.guardian_phone) and not phone_wrong,
            _("Nobody can ring this: %(number)s", number=organisation.guardian_phone)
            if phone_wrong
            else organisation.guardian_phone or _("Missing"),
            "/admin/branding/contact",
        ),
        Check(
            _("Emergency numbers of every site"),
            numbers and not of_sites,
            _sites_stand(len(open_sites), of_sites, complete=numbers),
            "/admin/structure",
        ),
        Check(
            _("The front door"),
            not organisation.intake_stopped,
            _("Open") if not organisation.intake_stopped else _("Closed by an administrator"),
            "/admin/branding/intake",
        ),
        Check(
            _("Routing rules"),
            not waits,
            _("Drafted rules wait for a guardian’s approval") if waits else _("Nothing waits for approval"),
            "/admin/routing",
            needed=False,
        ),
    ]


def _sites_stand(count: int, wrong: list[str], *, complete: bool) -> str:
    if not complete:
        return str(_("Missing at one site, or no site"))
    if wrong:
        return str(_("Nobody can ring these: %(numbers)s", numbers="; ".join(wrong)))
    return str(ngettext("%(num)d site", "%(num)d sites", count))


def _routing_waits(uow: UnitOfWork) -> bool:
    if not policy.allows(uow.actor, policy.Permission.ADMIN_ROUTING_DRAFT):
        return False
    draft = routing.draft(uow)
    return draft is not None and draft.submitted_at is not None


def _of_installation() -> list[Check]:
    settings = site().settings
    return [
        Check(
            _("Mail to staff"),
            bool(settings.mail_url),
            _("Set up")
            if settings.mail_url
            else _("Not set up: invitations and notices wait. Links can be shown once"),
            needed=False,
        ),
        Check(
            _("Notices to people who spoke up"),
            bool(settings.mail_url and settings.notice_from),
            _("Set up")
            if settings.notice_from
            else _("No sender that names nobody is set: notices wait on the worklist"),
            needed=False,
        ),
        Check(
            _("Scanning of files"),
            bool(settings.clamd),
            _("Set up") if settings.clamd else _("Not set up: files are cleaned, but not searched for viruses"),
            needed=False,
        ),
    ]
