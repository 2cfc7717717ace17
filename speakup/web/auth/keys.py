"""`/account/words`: the five words of one's own key; the first guardian's key founds the organisation's key log."""

from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from speakup import accounts, keyring, organisations
from speakup.kernel.actor import Role
from speakup.kernel.errors import Conflict, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.policy import CAN_HOLD_GRANTS
from speakup.web import places
from speakup.web.actors import work
from speakup.web.auth import account
from speakup.web.fields import ButtonForm

VOUCHED_FOR = timedelta(days=731)
"""How long the first guardian's own entry holds, as every vouching does: two years and a day."""


@account.route("/account/words", methods=["GET", "POST"])
def words() -> ResponseReturnValue:
    form = ButtonForm()
    asked = form.validate_on_submit()
    if asked:
        _found_where_none_is()
    # The words cost an Argon2id, so they are worked out when they are asked for, in a unit that holds no lock.
    with work(writes=False) as uow:
        mine = keyring.my_words(uow) if asked else ()
        me = accounts.member(uow, uow.actor.person_id)
        page = render_template(
            "account/words.html",
            form=form,
            words=mine,
            had_keys=keyring.had_keys(uow),
            am_root=bool(mine) and _waits_for_trust_root(uow, mine),
            holds_keys=bool((me.membership.drafted_roles | uow.actor.roles) & CAN_HOLD_GRANTS),
            in_effect=me.membership.drafted_roles <= uow.actor.roles,
            organisation=organisations.here(uow),
            **places.of(uow),
        )
    return page, form.status


def _found_where_none_is() -> None:
    with work() as uow:
        me = accounts.member(uow, uow.actor.person_id)
        if Role.GUARDIAN not in me.membership.drafted_roles or Role.GUARDIAN in uow.actor.roles:
            return
        try:
            keyring.found_key_log(uow, uow.today + VOUCHED_FOR)
        except Conflict:
            # There is one already, so these words are for a guardian who vouches.
            return


def _waits_for_trust_root(uow: UnitOfWork, mine: tuple[str, ...]) -> bool:
    """Say whether the key log begins with this very key, and nobody has written down yet that it is the right one."""
    try:
        keyring.load_key_log(uow)
    except keyring.NoTrustRoot:
        return _log_begins_with(uow, mine)
    return False


def _log_begins_with(uow: UnitOfWork, mine: tuple[str, ...]) -> bool:
    try:
        return keyring.root_words(uow) == mine
    except NotFound:
        return False
