"""People outside the team to whom something can be passed on."""

import os
import uuid
from collections.abc import Iterable
from datetime import timedelta
from functools import cache

from speakup import accounts, cases, keyring
from speakup.cases import Basis, Disclosure, Referral, Shown, ToWhom
from speakup.crypto import envelope, passphrases
from speakup.crypto.binding import bind
from speakup.crypto.passphrases import CURRENT, Locked
from speakup.kernel.actor import Role
from speakup.kernel.uow import UnitOfWork
from tests.factories.cases import RaisedCase
from tests.trusts import PASSPHRASE, Colleague, Trust


def invited(trust: Trust, name: str, roles: Iterable[Role] = (Role.RECIPIENT,)) -> Colleague:
    """Somebody who took an invitation up, and for whom nobody has vouched."""
    email = f"{name.lower().replace(' ', '.')}@example.org"
    with trust.work() as uow:
        invitation = accounts.invite(uow, accounts.PersonDetails(email, name, "Matron", "Main hospital"), set(roles))
        accounts.take_up(uow, invitation)
    return with_keys(trust, invitation.person_id, name, email, roles)


def with_keys(
    trust: Trust, person_id: uuid.UUID, name: str, email: str, roles: Iterable[Role] = (Role.RECIPIENT,)
) -> Colleague:
    """Give somebody who took an invitation up their passphrase, keys and second factor."""
    root = keyring.new_root()
    with trust.work() as uow:
        keyring.create_key_pair(uow, person_id, root, _locked(person_id, root))
    person = Colleague(person_id, trust.id, name, email, frozenset(roles), root, "")
    with trust.work(person) as uow:
        # An hour ago, so that the code of this half minute is still unused.
        uow.now -= timedelta(hours=1)
        account = accounts.member(uow, person_id).person
        object.__setattr__(person, "totp_secret", accounts.begin_second_factor(uow, account))
        accounts.confirm_second_factor(uow, account, person.code(uow.now))
    return person


def _locked(person_id: uuid.UUID, root: bytes) -> Locked:
    """Seal a root secret as `keyring.locked_new` does and at the same cost, which is paid once: all have one salt.

    Whoever signs in pays it in full, and what is stored opens by nothing else.
    """
    salt, verifier, key = _stretched()
    context = passphrases._context(bind("root secret", person_id), salt, CURRENT)  # noqa: SLF001 -- as `lock` seals
    return Locked(CURRENT, salt, verifier, envelope.seal(key, root, context))


@cache
def _stretched() -> tuple[bytes, bytes, bytes]:
    salt = os.urandom(passphrases.SALT_LENGTH)
    return salt, *passphrases._halves(PASSPHRASE, salt, CURRENT)  # noqa: SLF001 -- see above


def words_of(trust: Trust, person: Colleague) -> tuple[str, ...]:
    """The five words they would read out."""
    with trust.work(person) as uow:
        return keyring.my_words(uow)


def vouched_for(trust: Trust, person: Colleague, by: Colleague | None = None) -> Colleague:
    """Let a guardian vouch for somebody by their words."""
    words = words_of(trust, person)
    with trust.work(by or trust.guardian) as uow:
        keyring.vouch(uow, keyring.offered(uow, person.id), words, uow.today + timedelta(days=100))
    return person


def recipient(trust: Trust, name: str = "Ida Inquiry") -> Colleague:
    """Somebody to whom referrals are sealed."""
    return vouched_for(trust, invited(trust, name))


def grounds(uow: UnitOfWork, **said: object) -> Disclosure:
    """On what it is passed on: a basis that needs nothing of the person."""
    plain = {
        "to": ToWhom.MANAGER,
        "whom": "Ida Inquiry, matron",
        "what": "",
        "on": uow.today,
        "basis": Basis.NOTHING_IDENTIFYING,
        "authoriser": "The lead guardian",
        "why_not_told": "Nobody can be asked",
        "passes_on": True,
    }
    return Disclosure(**{**plain, **said})  # type: ignore[arg-type] # A test names some of them.


def referred(raised: RaisedCase, who: Colleague, to: Colleague, text: str = "Two nurses for thirty") -> Referral:
    """Pass a case on."""
    with raised.as_(who) as (uow, case):
        return cases.refer(uow, case, to.id, Shown(text, "Please look at the rotas."), grounds(uow))
