"""Whoever gave a case away, with the whole database and their own secret: what they read afterwards, and what not."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from speakup import cases, keyring
from speakup.cases import Consented, Heard, Noted, Places
from speakup.crypto import envelope
from speakup.crypto.errors import Unreadable
from speakup.crypto.keypairs import staff_keys
from speakup.kernel.errors import NotFound, SpeakUpError
from speakup.keyring import CompartmentKind, PrincipalKind
from speakup.keyring.rules.key_records import Holder, Place
from speakup.routing import Rule
from tests import factories
from tests.factories import RaisedCase
from tests.security.intruder import T
from tests.security.test_former_readers import LATER, WAYS, Leaver
from tests.trusts import Colleague, Trust

BEFORE = "BEFORE: what was said while they had it"


@pytest.fixture
def leaver(trust: Trust) -> Leaver:
    """A guardian who noted every data key of a case while they had it; one who is not the first of the trust."""
    with trust.work(trust.guardian) as uow:
        keyring.approve_routing(uow, [Rule(None, None, trust.second_guardian.id, trust.guardian.id).plain()])
    raised = factories.raised_case(trust, person=factories.PersonDetailsFactory.create())
    leaving = trust.second_guardian
    for each in (trust.guardian, trust.second_guardian):
        raised.view(each)
    raised.inbox()
    factories.message(raised, BEFORE)
    found = Leaver(leaving, raised)
    found.note_keys()
    return found


def stays(leaver: Leaver) -> Colleague:
    trust = leaver.raised.trust
    return trust.guardian if leaver.colleague is not trust.guardian else trust.second_guardian


def newcomer(leaver: Leaver) -> Colleague:
    """The lead, who had nothing to do with it."""
    return leaver.raised.trust.lead


def hand_over(leaver: Leaver) -> None:
    """With the person's word, to somebody who had nothing to do with it before."""
    to, other = newcomer(leaver), stays(leaver)
    with leaver.raised.as_(leaver.colleague) as (uow, case):
        heard = Heard(Noted.AGREED, "By telephone", uow.today)
        cases.note_agreement(uow, case, {to.id}, heard)
        cases.hand_over(uow, case, Places(to.id, other.id))


def step_aside(leaver: Leaver) -> None:
    with leaver.raised.as_(leaver.colleague) as (uow, case):
        cases.step_aside(uow, case, cases.SteppingAside(cases.WhyAside.KNOWS, "A neighbour"))


def leave(leaver: Leaver) -> None:
    with leaver.raised.trust.work(leaver.colleague) as uow:
        keyring.leave(uow)


GIVEN_AWAY = [hand_over, step_aside, leave]


def go_on(leaver: Leaver, holder: Colleague) -> list[SpeakUpError]:
    """Say and write things, as the person and as whoever has it now."""
    refused = list[SpeakUpError]()
    acts: list[Callable[[], object]] = [
        lambda: factories.message(leaver.raised, LATER),
        lambda: factories.reply(leaver.raised, LATER, by=holder),
        lambda: factories.note(leaver.raised, LATER, by=holder),
    ]
    for act in acts:
        try:
            act()
        except SpeakUpError as fault:
            refused.append(fault)
    return refused


def on_it(raised: RaisedCase) -> list[Colleague]:
    """Whoever of the guardians can find the case."""
    trust, found = raised.trust, []
    for each in (trust.guardian, trust.second_guardian, trust.lead, trust.non_executive_lead, trust.buddy):
        with trust.work(each) as uow:
            if raised.ref in [line.case.ref for line in cases.worklist(uow, cases.Filters()).lines if line.may_open]:
                found.append(each)
    return found


def open_own_grants(leaver: Leaver) -> list[bytes]:
    """Every data key that grants of theirs in the database still carry, opened with their own secret."""
    keys, raised = staff_keys(leaver.colleague.root_secret), leaver.raised
    found = []
    with raised.trust.stored.unbound() as connection:
        for row in connection.execute(sa.select(T["grant_to"]).where(T["grant_to"].c.case_id == raised.id)).mappings():
            place = Place(raised.trust.id, raised.id, row["compartment_id"], row["kind"])
            me = Holder(PrincipalKind.STAFF, leaver.colleague.id, keys.fingerprint)
            try:
                found.append(envelope.unwrap_key(row["sealed_key"], keys, place.grant_info(row["version"], me)))
            except Unreadable:
                continue
    return found


@pytest.mark.parametrize("give", GIVEN_AWAY)
def test_whoever_gave_it_away_reads_nothing_that_is_written_afterwards(
    leaver: Leaver, give: Callable[[Leaver], None]
) -> None:
    assert len(open_own_grants(leaver)) == 3
    give(leaver)
    assert go_on(leaver, on_it(leaver.raised)[0]) == []
    assert open_own_grants(leaver) == []
    assert [text for text in leaver.read() if LATER in text] == []
    with pytest.raises(NotFound):
        leaver.raised.view(leaver.colleague)
    assert [each.text for each in leaver.raised.inbox().messages if each.text] == [BEFORE, LATER, LATER]


@pytest.mark.parametrize("give", GIVEN_AWAY)
def test_what_they_noted_the_keys_of_opens_until_it_is_sealed_again(
    leaver: Leaver, give: Callable[[Leaver], None]
) -> None:
    """As the design of the keys says: sealing older records again protects against a later theft only."""
    give(leaver)
    holder = on_it(leaver.raised)[0]
    leaver.raised.view(holder)
    assert [text for text in leaver.read() if BEFORE in text]
    with leaver.raised.as_(holder) as (uow, case):
        opened = keyring.open_case(uow, case.id)
        assert [keyring.reseal(uow, each, 1000) for each in opened.values()] == [0, 0, 0]
    assert list(leaver.read()) == []
    assert BEFORE in [each.text for each in leaver.raised.view(holder).messages]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("give", [hand_over, step_aside])
def test_a_version_they_make_themselves_is_never_written_in(
    leaver: Leaver, give: Callable[[Leaver], None], way: Callable[..., dict[str, object]]
) -> None:
    """Not even where nobody has opened the case since, and they know every key up to the one they gave it away with."""
    give(leaver)
    holder = on_it(leaver.raised)[0]
    with leaver.raised.trust.work(holder, writes=False) as uow:
        for kind, opened in keyring.open_case(uow, leaver.raised.id).items():
            newest = max(opened.keys)
            leaver.known[kind] = {version: key for version, key in opened.keys.items() if version < newest}
    with leaver.raised.trust.stored.unbound() as connection:
        leaver.mint(connection, holder, way)
        connection.commit()
    go_on(leaver, holder)
    assert [text for text in leaver.read() if LATER in text] == []


def test_new_readers_hold_it_before_the_old_one_loses_it(leaver: Leaver) -> None:
    """Two versions: of the first, all three are holders; of the second, the two who have it."""
    before = _versions(leaver.raised)
    hand_over(leaver)
    after = _versions(leaver.raised)
    assert {kind: after[kind] - before[kind] for kind in after} == dict.fromkeys(after, 2)
    with leaver.raised.as_(newcomer(leaver)) as (uow, case):
        holders = keyring.holders(uow, case.id)
        for kind in (CompartmentKind.IDENTITY, CompartmentKind.CONVERSATION, CompartmentKind.CASEWORK):
            staff = {each.id for each in holders[kind] if each.kind is PrincipalKind.STAFF}
            assert staff == {newcomer(leaver).id, stays(leaver).id}


def _versions(raised: RaisedCase) -> dict[str, int]:
    table = T["compartment"].c
    with raised.trust.stored.unbound() as connection:
        return {
            row.kind: row.version
            for row in connection.execute(sa.select(table.kind, table.version).where(table.case_id == raised.id))
        }


def test_the_newcomer_reads_all_that_was_said_before(leaver: Leaver) -> None:
    hand_over(leaver)
    view = leaver.raised.view(newcomer(leaver))
    assert view.told.narrative == leaver.raised.concern.narrative
    assert BEFORE in [each.text for each in view.messages]
    assert view.person is not None


def test_a_word_about_one_colleague_is_none_about_another(leaver: Leaver) -> None:
    to, other = newcomer(leaver), stays(leaver)
    trust = leaver.raised.trust
    with leaver.raised.as_(leaver.colleague) as (uow, case):
        cases.note_agreement(uow, case, {to.id}, Heard(Noted.AGREED, "By telephone", uow.today))
        with pytest.raises(cases.NotAgreed) as refused:
            cases.hand_over(uow, case, Places(trust.non_executive_lead.id, other.id))
        assert refused.value.standing.said is Consented.NOT_ASKED
