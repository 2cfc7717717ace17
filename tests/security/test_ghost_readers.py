"""Somebody with write access to the database gets no later record of any case, new or old; and guardians are told."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa

from speakup import cases, keyring
from speakup.crypto.keypairs import five_words
from speakup.kernel.errors import IntegrityFault, Invalid, SpeakUpError
from speakup.kernel.ids import new_id
from speakup.keyring import CompartmentKind
from speakup.keyring.operations.compartments import WHOLE
from speakup.keyring.rules.key_log import KeyLog, SignedEntry
from tests import factories
from tests.factories import RaisedCase
from tests.security.intruder import Intruder, T
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust

LATER = "What is said from now on"


@dataclass(frozen=True, slots=True)
class Scene:
    """A case a guardian has opened, one nobody has, and an intruder."""

    trust: Trust
    opened: RaisedCase
    unopened: RaisedCase
    intruder: Intruder
    log: KeyLog
    newest: SignedEntry
    on_opened: tuple[Colleague, Colleague]
    on_unopened: tuple[Colleague, Colleague]
    passed_on: cases.Referral
    """Of the case that was opened."""
    recipient: Colleague
    group_ref: str
    """One of two cases that were written down together."""

    @property
    def both(self) -> list[tuple[RaisedCase, tuple[Colleague, Colleague]]]:
        """Each case, and who is on it."""
        return [(self.opened, self.on_opened), (self.unopened, self.on_unopened)]

    def go_on(self) -> list[SpeakUpError]:
        """Say things in both cases and raise a new one, as everybody would; return what was refused."""
        faults: list[SpeakUpError] = []
        for raised, (first, second) in self.both:
            self._try(faults, lambda raised=raised, by=first: factories.reply(raised, LATER, by=by))  # type: ignore[misc]
            self._try(faults, lambda raised=raised, by=first: factories.note(raised, LATER, by=by))  # type: ignore[misc]
            self._try(faults, lambda raised=raised, by=first, other=second: _rotate(raised, by, other))  # type: ignore[misc]
            self._try(faults, lambda raised=raised: factories.message(raised, LATER))  # type: ignore[misc]
        for act in (self._tell_recipient, self._answer, self._pass_on, self._share, self._attach):
            self._try(faults, act)
        self._try(faults, lambda: factories.raised_case(self.trust, narrative=LATER))
        return faults

    def _tell_recipient(self) -> None:
        with self.opened.as_(self.on_opened[0]) as (uow, case):
            cases.add_to_referral(uow, case, self.passed_on.id, cases.Shown(LATER))

    def _answer(self) -> None:
        with self.trust.work(self.recipient) as uow:
            cases.answer_referral(uow, cases.find_referral(uow, self.passed_on.ref), LATER, final=False)

    def _pass_on(self) -> None:
        factories.referred(self.opened, self.on_opened[0], self.recipient, LATER)

    def _share(self) -> None:
        with self.trust.work(self.trust.guardian) as uow:
            cases.share_with_group(uow, cases.find(uow, self.group_ref), LATER)

    def _attach(self) -> None:
        file = cases.StoredFile(new_id(), bytes(32), f"{LATER}.txt", "text/plain", 1, (), scanned=False)
        factories.message(self.opened, "With a file", [file])

    def _try(self, faults: list[SpeakUpError], act: Callable[[], object]) -> None:
        try:
            act()
        except SpeakUpError as fault:
            faults.append(fault)


@pytest.fixture
def scene(trust: Trust) -> Scene:
    opened, unopened = (factories.raised_case(trust, person=factories.PersonDetailsFactory.create()) for _ in range(2))
    for each in readers_of(opened):
        opened.view(each)
    recipient = factories.recipient(trust)
    factories.reply(opened, "Thank you.", by=readers_of(opened)[0])
    passed_on = factories.referred(opened, readers_of(opened)[0], recipient)
    with trust.work(recipient) as uow:
        cases.read_referral(uow, cases.find_referral(uow, passed_on.ref))
    said = cases.Recorded("We were told to.", "in_person", cases.HowRaised.CONFIDENTIAL)
    with trust.work(trust.guardian) as uow:
        group_ref = cases.record_group(uow, [cases.OneOfGroup(said, agrees=True)] * 2, "All of us.")[0].ref
    with trust.work(trust.guardian) as uow:
        log = keyring.load_key_log(uow)
    with trust.stored.unbound() as connection:
        entries = T["key_log_entry"]
        row = connection.execute(
            sa.select(entries.c.body, entries.c.signature).where(
                entries.c.organisation_id == trust.id, entries.c.number == log.number
            )
        ).one()
    return Scene(
        trust,
        opened,
        unopened,
        Intruder(trust),
        log,
        SignedEntry(row.body, row.signature),
        readers_of(opened),
        readers_of(unopened),
        passed_on,
        recipient,
        group_ref,
    )


def add_a_person(scene: Scene, connection: sa.Connection) -> None:
    scene.intruder.join(connection)


def swap_every_public_key(scene: Scene, connection: sa.Connection) -> None:
    connection.execute(sa.update(T["key_pair"]).values(public=scene.intruder.keys.public.to_bytes()))


def swap_reporters_public_keys(scene: Scene, connection: sa.Connection) -> None:
    connection.execute(sa.update(T["reporter"]).values(public=scene.intruder.keys.public.to_bytes()))


def forge_a_vouching_in_a_guardians_name(scene: Scene, connection: sa.Connection) -> None:
    scene.intruder.join(connection)
    scene.intruder.forge_vouching(connection, scene.log, scene.trust.guardian.id)


def forge_a_vouching_in_ones_own_name(scene: Scene, connection: sa.Connection) -> None:
    scene.intruder.join(connection)
    scene.intruder.forge_vouching(connection, scene.log, scene.intruder.id)


def replay_a_vouching(scene: Scene, connection: sa.Connection) -> None:
    scene.intruder.append(connection, scene.log.number + 1, scene.newest.body, scene.newest.signature)


def cut_the_log_short(scene: Scene, connection: sa.Connection) -> None:
    entries = T["key_log_entry"]
    connection.execute(
        sa.delete(entries).where(entries.c.organisation_id == scene.trust.id, entries.c.number == scene.log.number)
    )


def fork_the_log(scene: Scene, connection: sa.Connection) -> None:
    entries = T["key_log_entry"]
    connection.execute(
        sa.update(entries)
        .where(entries.c.organisation_id == scene.trust.id, entries.c.number == scene.log.number)
        .values(signature=bytes(64))
    )


def delete_the_log(scene: Scene, connection: sa.Connection) -> None:
    connection.execute(sa.delete(T["key_log_entry"]).where(T["key_log_entry"].c.organisation_id == scene.trust.id))


def write_nonsense_into_the_log(scene: Scene, connection: sa.Connection) -> None:
    said = b'{"format":1,"keys":"AA==","kind":"vouch","signer":5}'
    scene.intruder.append(connection, scene.log.number + 1, said, b"")


def change_what_members_are(scene: Scene, connection: sa.Connection) -> None:
    scene.intruder.join(connection)
    connection.execute(sa.update(T["membership"]).values(roles=["administrator", "guardian"]))


def draft_routing(scene: Scene, connection: sa.Connection) -> None:
    scene.intruder.join(connection)
    connection.execute(
        sa.insert(T["routing_draft"]).values(
            organisation_id=scene.trust.id, id=scene.intruder.id, position=0, primary_id=scene.intruder.id
        )
    )


def mint_data_keys(scene: Scene, connection: sa.Connection) -> None:
    for raised, readers in scene.both:
        scene.intruder.mint_data_key(connection, raised.id, readers)


def mint_key_versions(scene: Scene, connection: sa.Connection) -> None:
    for raised, readers in scene.both:
        scene.intruder.mint_version(connection, raised.id, readers)


def mint_a_conversation_beside_the_real_one(scene: Scene, connection: sa.Connection) -> None:
    for raised, readers in scene.both:
        scene.intruder.mint(connection, raised, [CompartmentKind.CONVERSATION], readers)


def mint_a_conversation_instead_of_the_real_one(scene: Scene, connection: sa.Connection) -> None:
    for raised, readers in scene.both:
        scene.intruder.remove_real(connection, raised, [CompartmentKind.CONVERSATION])
        scene.intruder.mint(connection, raised, [CompartmentKind.CONVERSATION], readers)


def mint_a_whole_case_instead_of_one_that_was_opened(scene: Scene, connection: sa.Connection) -> None:
    scene.intruder.remove_real(connection, scene.opened, WHOLE)
    scene.intruder.mint(connection, scene.opened, WHOLE, scene.on_opened)


def _places_beside(scene: Scene) -> list[tuple[uuid.UUID, list[Colleague]]]:
    """The referral and the group, each with its readers of the staff."""
    with scene.trust.stored.unbound() as connection:
        table = T["compartment"].c
        group = connection.scalars(sa.select(table.case_id).where(table.kind == CompartmentKind.GROUP)).one()
    team = [scene.trust.guardian, scene.trust.second_guardian, scene.trust.lead]
    return [(scene.passed_on.id, [*scene.on_opened, scene.recipient]), (group, team)]


def mint_data_keys_of_referrals_and_groups(scene: Scene, connection: sa.Connection) -> None:
    for place_id, readers in _places_beside(scene):
        scene.intruder.mint_data_key(connection, place_id, readers)


def mint_key_versions_of_referrals_and_groups(scene: Scene, connection: sa.Connection) -> None:
    for place_id, readers in _places_beside(scene):
        scene.intruder.mint_version(connection, place_id, readers)


def turn_a_referral_to_oneself(scene: Scene, connection: sa.Connection) -> None:
    scene.intruder.join(connection, ["recipient"])
    connection.execute(sa.update(T["referral"]).values(recipient_id=scene.intruder.id))


def invite_oneself_in_the_recipients_place(scene: Scene, connection: sa.Connection) -> None:
    scene.intruder.join(connection, ["recipient"])
    connection.execute(sa.update(T["invitation"]).values(person_id=scene.intruder.id))
    connection.execute(sa.update(T["referral"]).values(recipient_id=scene.intruder.id, state="waiting"))


def write_into_unsigned_records(scene: Scene, connection: sa.Connection) -> None:
    scene.intruder.write_into_records(connection, scene.unopened)


QUIET = [
    add_a_person, change_what_members_are, draft_routing, swap_every_public_key, turn_a_referral_to_oneself,
    invite_oneself_in_the_recipients_place,
]  # fmt: skip
"""What changes nothing that counts: the intruder is simply somebody nobody has vouched for."""
LOUD = [
    swap_reporters_public_keys,
    forge_a_vouching_in_a_guardians_name,
    forge_a_vouching_in_ones_own_name,
    replay_a_vouching,
    cut_the_log_short,
    fork_the_log,
    delete_the_log,
    write_nonsense_into_the_log,
    mint_data_keys,
    mint_key_versions,
    mint_a_conversation_beside_the_real_one,
    mint_a_conversation_instead_of_the_real_one,
    mint_a_whole_case_instead_of_one_that_was_opened,
    write_into_unsigned_records,
    mint_data_keys_of_referrals_and_groups,
    mint_key_versions_of_referrals_and_groups,
]

Act = Callable[[Scene, sa.Connection], None]


@pytest.mark.parametrize("act", [*QUIET, *LOUD], ids=lambda act: act.__name__)
def test_an_intruder_reads_nothing_that_is_said_later(scene: Scene, act: Act) -> None:
    with scene.trust.stored.unbound() as connection:
        act(scene, connection)
    faults = scene.go_on()
    assert LATER not in scene.intruder.reads()
    assert any(isinstance(fault, IntegrityFault) for fault in faults) is (act in LOUD), faults


def test_an_intruder_would_read_what_was_sealed_to_them(scene: Scene) -> None:
    """The measure itself works: vouched for by a guardian, the same person reads."""
    with scene.trust.stored.unbound() as connection:
        scene.intruder.join(connection)
    words = five_words(scene.intruder.keys.public.fingerprint(), scene.trust.id.bytes)
    with scene.trust.work(scene.trust.guardian) as uow:
        keyring.vouch(uow, keyring.offered(uow, scene.intruder.id), words, uow.today + timedelta(days=9))
    with scene.opened.as_(scene.on_opened[0]) as (uow, case):
        keyring.grant(uow, case.id, scene.intruder.id)
    scene.go_on()
    assert LATER in scene.intruder.reads()


def test_words_read_out_refuse_a_key_that_was_swapped(scene: Scene) -> None:
    with scene.trust.work(scene.trust.lead) as uow:
        words = keyring.my_words(uow)
    with scene.trust.stored.unbound() as connection:
        swap_every_public_key(scene, connection)
    with pytest.raises(Invalid), scene.trust.work(scene.trust.guardian) as uow:
        keyring.vouch(uow, keyring.offered(uow, scene.trust.lead.id), words, uow.today + timedelta(days=9))


def test_nobody_can_be_sealed_to_before_the_trust_root_is_set(scene: Scene) -> None:
    (scene.trust.stored.trust_dir / f"{scene.trust.id}.json").unlink()
    with scene.trust.work(scene.trust.visitor) as uow:
        assert not cases.can_receive(uow)


def test_a_file_of_the_trust_root_that_nobody_wrote_is_a_fault(scene: Scene) -> None:
    (scene.trust.stored.trust_dir / f"{scene.trust.id}.json").write_text('{"person": 5}')
    with pytest.raises(IntegrityFault), scene.trust.work(scene.trust.guardian) as uow:
        keyring.load_key_log(uow)


def _rotate(raised: RaisedCase, by: Colleague, other: Colleague) -> None:
    with raised.as_(by) as (uow, case):
        keyring.revoke(uow, case.id, other.id)
        cases.add_note(uow, case, LATER)
        cases.reply(uow, case, LATER)
