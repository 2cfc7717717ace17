"""Somebody who can write the database puts a whole place of their own making where a real one was: nobody reads it.

They know every public key, so what they make opens. That a guardian made it, only one who was a guardian can forge; and
that it is the place a case was made with, nobody who was not on it.
"""

import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa

from speakup import cases, keyring
from speakup.cases import HowRaised, OneOfGroup, Recorded, Referral, Shown
from speakup.crypto import envelope, padding
from speakup.crypto.keypairs import PublicKeys, reporter_keys, staff_keys
from speakup.kernel.actor import Actor, ActorKind
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.ids import new_id
from speakup.keyring import Membership
from speakup.keyring.models import CompartmentKind, PrincipalKind
from speakup.keyring.operations.compartments import MANIFEST
from speakup.keyring.rules import canonical, key_records
from speakup.keyring.rules.key_records import GENESIS, Holder, Place, Statement
from tests import factories
from tests.factories import RaisedCase
from tests.security.intruder import T, staff_holder
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust

FORGED = "FORGED: what nobody wrote"


@dataclass(frozen=True, slots=True)
class Minted:
    """A place with as many key versions, and records in it."""

    place: Place
    readers: Sequence[Colleague]
    versions: int
    said: Sequence[tuple[str, dict[str, Any]]]
    signer: Colleague | None = None
    """Who signs, and is among its holders: somebody who was a guardian. Nobody, for a code that no colleague checks."""
    people: Mapping[Holder, PublicKeys] = field(default_factory=dict)
    """Who spoke up and reads it, beside its readers of the staff."""

    def write(self, connection: sa.Connection, *, beside: bool = False) -> None:
        """Put it in the place of whatever is there, or beside that."""
        if not beside:
            self._remove(connection)
        place, keys = self.place, [envelope.new_data_key() for _ in range(self.versions)]
        where = {"organisation_id": place.organisation_id, "compartment_id": place.compartment_id}
        connection.execute(sa.insert(T["compartment"]).values(
            organisation_id=place.organisation_id, id=place.compartment_id, case_id=place.case_id, kind=place.kind,
            version=self.versions, head=b"", records_behind=0,
        ))  # fmt: skip
        self._key_records(connection, keys, where)
        staff = {staff_holder(each): staff_keys(each.root_secret).public for each in self.readers}
        for holder, public in {**staff, **self.people}.items():
            sealed = envelope.wrap_key(keys[-1], public.sealing, place.grant_info(self.versions, holder))
            connection.execute(sa.insert(T["grant_to"]).values(
                **where, principal_kind=holder.kind, principal_id=holder.id, case_id=place.case_id,
                kind=place.kind, version=self.versions, sealed_key=sealed,
            ))  # fmt: skip
        self._records(connection, keys[-1])

    def _remove(self, connection: sa.Connection) -> None:
        compartments = T["compartment"].c
        here = sa.select(compartments.id).where(
            compartments.case_id == self.place.case_id, compartments.kind == self.place.kind
        )
        gone = list(connection.scalars(here))
        for name in ("sealed_record", "grant_to", "key_record"):
            connection.execute(sa.delete(T[name]).where(T[name].c.compartment_id.in_(gone)))
        connection.execute(sa.delete(T["compartment"]).where(compartments.id.in_(gone)))

    def _key_records(self, connection: sa.Connection, keys: Sequence[bytes], where: dict[str, Any]) -> None:
        named = [*self.readers, *([self.signer] if self.signer else [])]
        holders = frozenset([*map(staff_holder, named), *self.people])
        previous, before = GENESIS, b""
        for version, key in enumerate(keys, start=1):
            context = self.place.version_context(version)
            body = key_records.write(self.place, Statement(version, envelope.commit(key, context), previous, holders))
            previous = key_records.fingerprint_of(body)
            bound = envelope.bind("previous key", context, previous)
            connection.execute(sa.insert(T["key_record"]).values(
                **where, version=version, body=body, sealed_previous=envelope.seal(key, before, bound),
                **self._signed(body),
            ))  # fmt: skip
            before = key

    def _signed(self, body: bytes) -> dict[str, Any]:
        if self.signer is None:
            return {"signature": bytes(32)}
        return {
            "signer_id": self.signer.id,
            "signature": staff_keys(self.signer.root_secret).sign_approving(body),
        }

    def _records(self, connection: sa.Connection, key: bytes) -> None:
        place, version, items = self.place, self.versions, []
        for number, (kind, body) in enumerate(self.said, start=1):
            record_id = new_id()
            inside = padding.pad(json.dumps({"n": number, "b": body}).encode())
            items.append(envelope.bind(record_id, 1, kind))
            connection.execute(sa.insert(T["sealed_record"]).values(
                organisation_id=place.organisation_id, id=record_id, compartment_id=place.compartment_id, kind=kind,
                revision=1, key_version=version,
                body=envelope.seal(key, inside, place.record_context(version, record_id, kind, 1)),
            ))  # fmt: skip
        digest = canonical.text(envelope.digest(key, items, place.head_context(version)))
        head = json.dumps({"counter": 4_000, "digest": digest}).encode()
        compartment = T["compartment"]
        connection.execute(
            sa.update(compartment)
            .where(compartment.c.id == place.compartment_id)
            .values(head=envelope.seal(key, head, place.head_context(version)))
        )


def mint(
    trust: Trust,
    place_id: uuid.UUID,
    kind: CompartmentKind,
    readers: Collection[Colleague],
    said: Sequence[tuple[str, dict[str, Any]]],
    forger: "Forger",
) -> None:
    with trust.stored.unbound() as connection:
        place = Place(trust.id, place_id, new_id(), kind)
        Minted(place, list(readers), forger.versions, said, forger.signer).write(connection)


@dataclass(frozen=True, slots=True)
class Forger:
    """Who mints, and how many versions."""

    versions: int
    signer: Colleague | None = None


@pytest.fixture
def raised(trust: Trust) -> RaisedCase:
    return factories.answered_case(trust)


@pytest.fixture(params=[1, 2, 3])
def nobody(request: pytest.FixtureRequest) -> Forger:
    """Somebody with the database and no key."""
    return Forger(request.param)


@pytest.fixture(params=[("nobody", 1), ("nobody", 2), ("was a guardian", 1), ("was a guardian", 2)], ids=str)
def forger(trust: Trust, raised: RaisedCase, request: pytest.FixtureRequest) -> Forger:
    """The same, or somebody who was a guardian once, of none of these cases, and keeps their keys."""
    who, versions = request.param
    if who == "nobody":
        return Forger(versions)
    left = next(each for each in (trust.lead, trust.buddy) if each not in readers_of(raised))
    with trust.work(trust.guardian) as uow:
        keyring.remove(uow, left.id)
    return Forger(versions, left)


def mint_referral(raised: RaisedCase, to: Colleague, reader: Colleague, forger: Forger) -> Referral:
    """Pass a case on, and put another referral in its place."""
    by = readers_of(raised)[0]
    row = factories.referred(raised, by, to)
    told: dict[str, Any] = {"text": FORGED, "ask": "", "name": "", "by": str(by.id), "day": "2026-01-01"}
    said = [("shown", told), ("answer", {**told, "files": [], "final": True})]
    mint(raised.trust, row.id, CompartmentKind.REFERRAL, [to, reader], said, forger)
    return row


def test_no_recipient_reads_a_referral_that_no_guardian_made(trust: Trust, raised: RaisedCase, nobody: Forger) -> None:
    ida = factories.recipient(trust)
    row = mint_referral(raised, ida, readers_of(raised)[0], nobody)
    with trust.work(ida) as uow, pytest.raises(IntegrityFault):
        cases.read_referral(uow, cases.find_referral(uow, row.ref))


def test_no_guardian_reads_another_referral_in_the_place_of_the_one_that_was_passed_on(
    trust: Trust, raised: RaisedCase, forger: Forger
) -> None:
    other = readers_of(raised)[1]
    row = mint_referral(raised, factories.recipient(trust), other, forger)
    with raised.as_(other) as (uow, case), pytest.raises(IntegrityFault):
        cases.open_referral(uow, case, row.id)
    with raised.as_(other) as (uow, case), pytest.raises(IntegrityFault):
        cases.add_to_referral(uow, case, row.id, Shown("And this."))


@pytest.mark.parametrize("what", ["a referral", "the conversation"])
def test_a_search_puts_a_case_aside_of_which_something_was_made_anew(
    trust: Trust, raised: RaisedCase, forger: Forger, what: str
) -> None:
    other = readers_of(raised)[1]
    if what == "a referral":
        mint_referral(raised, factories.recipient(trust), other, forger)
    else:
        mint_conversation(raised, forger)
    for _again in range(2):
        with trust.work(other, writes=False) as uow:
            search = cases.start_search(uow, cases.SearchAsked(cases.parse_search("forged")))
            list(search.steps())
        assert (search.count, [each.ref for each in search.damaged]) == (0, [raised.ref])
        # What was opened has its keys kept, whatever became of the case.
        with trust.work(other) as uow:
            cases.record_search(uow, search)


def test_a_part_that_was_made_anew_is_neither_read_alone_nor_given_to_the_person(
    raised: RaisedCase, forger: Forger
) -> None:
    second = mint_conversation(raised, forger)
    with raised.as_(second) as (uow, case), pytest.raises(IntegrityFault, match="manifest"):
        keyring.open_case(uow, case.id)
    with raised.as_(second) as (uow, case):
        generation = keyring.current_generation(uow)
        made = keyring.submit_secrets(keyring.draw_receipt(), generation, raised.trust.id, "tests")
        with pytest.raises(IntegrityFault, match="manifest"):
            keyring.give_receipt(uow, case.id, made, generation.number)


def test_no_recipient_who_has_read_the_real_one_reads_another_in_its_place(
    trust: Trust, raised: RaisedCase, forger: Forger
) -> None:
    """Not even one that bears the signature of somebody who could make it once: they remember which it was."""
    ida, by = factories.recipient(trust), readers_of(raised)[0]
    row = factories.referred(raised, by, ida)
    with trust.work(ida) as uow:
        cases.read_referral(uow, cases.find_referral(uow, row.ref))
    told: dict[str, Any] = {"text": FORGED, "ask": "", "name": "", "by": str(by.id), "day": "2026-01-01"}
    mint(trust, row.id, CompartmentKind.REFERRAL, [ida, by], [("shown", told)], forger)
    with trust.work(ida) as uow, pytest.raises(IntegrityFault):
        cases.read_referral(uow, cases.find_referral(uow, row.ref))


def test_two_places_of_one_referral_are_a_fault_and_neither_is_read(
    trust: Trust, raised: RaisedCase, forger: Forger
) -> None:
    ida, by = factories.recipient(trust), readers_of(raised)[0]
    row = factories.referred(raised, by, ida)
    told: dict[str, Any] = {"text": FORGED, "ask": "", "name": "", "by": str(by.id), "day": "2026-01-01"}
    place = Place(trust.id, row.id, new_id(), CompartmentKind.REFERRAL)
    with trust.stored.unbound() as connection:
        Minted(place, [ida, by], forger.versions, [("shown", told)], forger.signer).write(connection, beside=True)
    with trust.work(ida) as uow, pytest.raises(IntegrityFault):
        cases.read_referral(uow, cases.find_referral(uow, row.ref))


@pytest.mark.parametrize("seen_before", [True, False])
def test_no_member_reads_another_group_in_the_place_of_theirs(
    trust: Trust,
    forger: Forger,
    seen_before: bool,  # noqa: FBT001 -- one of two circumstances
) -> None:
    member = member_of_a_group(trust)
    if seen_before:
        with trust.work(member.actor(trust.id)) as uow:
            assert [each.text for each in cases.read_shared(uow, member)] == ["We were all told to."]
    shared = [("shared", {"text": FORGED, "by": str(trust.guardian.id), "day": "2026-01-01"})]
    keys = reporter_keys(member.secret).public
    person = Holder(PrincipalKind.REPORTER, member.member_id, keys.fingerprint())
    place = Place(trust.id, member.group_id, new_id(), CompartmentKind.GROUP)
    minted = Minted(place, [trust.guardian], forger.versions, shared, forger.signer, {person: keys})
    with trust.stored.unbound() as connection:
        minted.write(connection)
    with trust.work(member.actor(trust.id)) as uow, pytest.raises(IntegrityFault):
        cases.read_shared(uow, member)


def member_of_a_group(trust: Trust) -> Membership:
    """Record a group, and give one of its people words, so that they read what it shares."""
    said = Recorded("I was told to.", "in_person", HowRaised.CONFIDENTIAL)
    with trust.work(trust.guardian) as uow:
        group = cases.record_group(uow, [OneOfGroup(said, agrees=True)] * 2, "We were all told to.")
        ref, generation = group[0].ref, keyring.current_generation(uow)
    secrets = keyring.submit_secrets(keyring.draw_receipt(), generation, trust.id, "tests")
    with trust.work(trust.guardian) as uow:
        cases.give_first_words(uow, cases.find(uow, ref), secrets, generation.number)
    with trust.work(trust.visitor) as uow:
        reporter_id = keyring.find_reporter(uow, secrets.lookup_hash).id
    with trust.work(Actor(ActorKind.REPORTER, trust.id, reporter_id, root_secret=secrets.root_secret)) as uow:
        membership = cases.open_inbox(uow, cases.mine(uow)).membership
    assert membership is not None
    return membership


@pytest.mark.parametrize("kind", [CompartmentKind.REFERRAL, CompartmentKind.GROUP])
def test_nothing_slipped_into_a_case_beside_its_parts_is_found_or_read_with_it(
    trust: Trust, raised: RaisedCase, forger: Forger, kind: CompartmentKind
) -> None:
    """To a case belong the three parts that were made together. A referral or group has a place of its own."""
    reader, by = readers_of(raised)[1], readers_of(raised)[0]
    told: dict[str, Any] = {
        "text": FORGED,
        "ask": "",
        "name": "",
        "by": str(by.id),
        "day": "2026-01-01",
        "title": FORGED,
    }
    said = [(name, told) for name in ("note", "title", "message", "shown", "answer", "shared")]
    mint(trust, raised.id, kind, [reader, by], said, forger)
    with trust.work(reader, writes=False) as uow:
        search = cases.start_search(uow, cases.SearchAsked(cases.parse_search("forged")))
        list(search.steps())
    assert (search.count, [each.ref for each in search.damaged]) == (0, [raised.ref])
    with raised.as_(reader) as (uow, case), pytest.raises(IntegrityFault):
        cases.open_view(uow, case)


def test_no_guardian_reads_another_group_in_the_place_of_one_that_was_made(trust: Trust, forger: Forger) -> None:
    said = Recorded("We were all told to.", "in_person", HowRaised.CONFIDENTIAL)
    with trust.work(trust.guardian) as uow:
        first, _ = cases.record_group(uow, [OneOfGroup(said), OneOfGroup(said)], "")
        ref, cover = first.ref, first.cover_id
    other = next(each for each in trust.people.values() if each.id == cover)
    compartments = T["compartment"].c
    with trust.stored.unbound() as connection:
        groups = sa.select(compartments.case_id).where(compartments.kind == CompartmentKind.GROUP)
        group_id = connection.scalars(groups).one()
    shared = [("shared", {"text": FORGED, "by": str(trust.guardian.id), "day": "2026-01-01"})]
    mint(trust, group_id, CompartmentKind.GROUP, [trust.guardian, other], shared, forger)
    with trust.work(other) as uow, pytest.raises(IntegrityFault):
        cases.open_group(uow, cases.find(uow, ref))


def test_no_part_of_a_case_that_was_made_anew_is_read_by_whoever_opens_it_first_after_a_colleague(
    raised: RaisedCase, forger: Forger
) -> None:
    second = mint_conversation(raised, forger)
    with raised.as_(second) as (uow, case), pytest.raises(IntegrityFault, match="manifest"):
        cases.open_view(uow, case)
    with raised.as_(second) as (uow, case), pytest.raises(IntegrityFault):
        cases.reply(uow, case, "Thank you for that.")


def test_nobody_stands_by_a_part_of_a_case_that_was_made_anew(raised: RaisedCase, forger: Forger) -> None:
    second = mint_conversation(raised, forger)
    with raised.as_(second) as (uow, case), pytest.raises(IntegrityFault, match="manifest"):
        keyring.settle(uow, keyring.open_case(uow, case.id).values())


def mint_conversation(raised: RaisedCase, forger: Forger) -> Colleague:
    """Put another conversation in the place of one that one of its guardians has read; return the other."""
    first, second = readers_of(raised)
    raised.view(first)
    with raised.as_(first) as (uow, case):
        told = keyring.read(uow, keyring.open_case(uow, case.id)[CompartmentKind.CONVERSATION])
    # All the rest as it was said: nothing but where it lies gives it away.
    said = [(MANIFEST, _manifest(raised))]
    said += [(each.kind, {**each.body, "narrative": FORGED}) for each in told if each.kind != MANIFEST]
    mint(raised.trust, raised.id, CompartmentKind.CONVERSATION, [first, second], said, forger)
    return second


def _manifest(raised: RaisedCase) -> dict[str, str]:
    """Say of the other compartments what is true; of the minted one it cannot agree with what they say of it."""
    records, compartments = T["key_record"].c, T["compartment"].c
    query = sa.select(records.body).join(T["compartment"], compartments.id == records.compartment_id)
    with raised.trust.stored.unbound() as connection:
        bodies = connection.scalars(query.where(compartments.case_id == raised.id, records.version == 1)).all()
    return {each["kind"]: each["commitment"] for each in map(canonical.decode, bodies)}
