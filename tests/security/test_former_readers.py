"""Whoever was once on a case, keeps what they knew and can write the database, reads nothing that comes later."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa

from speakup import keyring
from speakup.cases import Filters, worklist
from speakup.crypto import envelope, padding
from speakup.crypto.errors import Unreadable
from speakup.crypto.keypairs import PublicKeys, staff_keys
from speakup.kernel.errors import IntegrityFault, SpeakUpError
from speakup.keyring.models import CompartmentKind, PrincipalKind
from speakup.keyring.rules import canonical, key_records
from speakup.keyring.rules.key_records import Holder, Place, Statement
from tests import factories
from tests.factories import RaisedCase
from tests.security.intruder import T, items, staff_holder
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust

LATER = "LATER: what is said from now on"


@dataclass(slots=True)
class Leaver:
    """A guardian who noted every data key while they were on the case."""

    colleague: Colleague
    raised: RaisedCase
    known: dict[CompartmentKind, dict[int, bytes]] = field(default_factory=dict, repr=False)

    def note_keys(self) -> None:
        """Keep the data keys that this person can open now."""
        with self.raised.trust.work(self.colleague) as uow:
            for kind, opened in keyring.open_case(uow, self.raised.id).items():
                self.known.setdefault(kind, {}).update(opened.keys)

    def mint(
        self, connection: sa.Connection, stays: Colleague, sign: Callable[["Leaver", bytes], dict[str, Any]]
    ) -> None:
        """Write the newest version of every compartment anew, naming only those who may be on the case."""
        for row in connection.execute(_of(self.raised)).mappings().all():
            place, version = Place(self.raised.trust.id, self.raised.id, row["id"], row["kind"]), row["version"]
            version = version if version > 1 else 2
            self._mint_version(connection, place, version, stays, sign)

    def _mint_version(
        self,
        connection: sa.Connection,
        place: Place,
        version: int,
        stays: Colleague,
        sign: Callable[["Leaver", bytes], dict[str, Any]],
    ) -> None:
        where = {"organisation_id": place.organisation_id, "compartment_id": place.compartment_id}
        records, key = T["key_record"].c, envelope.new_data_key()
        before = connection.scalar(
            sa.select(records.body).where(
                records.compartment_id == place.compartment_id, records.version == version - 1
            )
        )
        recipients = self._recipients(connection, place, stays)
        stated = Statement(
            version,
            envelope.commit(key, place.version_context(version)),
            key_records.fingerprint_of(before or b""),
            frozenset(recipients),
        )
        body = key_records.write(place, stated)
        context = envelope.bind("previous key", place.version_context(version), key_records.fingerprint_of(body))
        sealed = envelope.seal(key, self.known[place.kind][version - 1], context)
        connection.execute(sa.delete(T["key_record"]).where(
            records.compartment_id == place.compartment_id, records.version == version))  # fmt: skip
        connection.execute(sa.insert(T["key_record"]).values(
            **where, version=version, body=body, sealed_previous=sealed, **sign(self, body)))  # fmt: skip
        connection.execute(sa.delete(T["grant_to"]).where(T["grant_to"].c.compartment_id == place.compartment_id))
        for holder, public in recipients.items():
            connection.execute(sa.insert(T["grant_to"]).values(
                **where, principal_kind=holder.kind, principal_id=holder.id, case_id=place.case_id, kind=place.kind,
                version=version, sealed_key=envelope.wrap_key(key, public.sealing, place.grant_info(version, holder)),
            ))  # fmt: skip
        # What lies under the honest version cannot be opened with this one, so it is put out of the way.
        connection.execute(sa.delete(T["sealed_record"]).where(
            T["sealed_record"].c.compartment_id == place.compartment_id, T["sealed_record"].c.key_version >= version,
        ))  # fmt: skip
        digest = envelope.digest(key, items(connection, place.compartment_id), place.head_context(version))
        head = json.dumps({"counter": 100_000, "digest": canonical.text(digest)}).encode()
        connection.execute(sa.update(T["compartment"]).where(T["compartment"].c.id == place.compartment_id).values(
            version=version, head=envelope.seal(key, head, place.head_context(version))))  # fmt: skip
        self.known[place.kind][version] = key

    def _recipients(self, connection: sa.Connection, place: Place, stays: Colleague) -> dict[Holder, PublicKeys]:
        named = {staff_holder(stays): staff_keys(stays.root_secret).public}
        row = (
            connection.execute(sa.select(T["reporter"]).where(T["reporter"].c.case_id == place.case_id))
            .mappings()
            .one()
        )
        if place.kind is not CompartmentKind.CASEWORK:
            public = PublicKeys.from_bytes(row["public"])
            named[Holder(PrincipalKind.REPORTER, row["id"], public.fingerprint())] = public
        return named

    def read(self) -> Iterator[str]:
        """Open every record there is with every key they know."""
        with self.raised.trust.stored.unbound() as connection:
            kinds = {row["id"]: row["kind"] for row in connection.execute(_of(self.raised)).mappings()}
            for row in connection.execute(sa.select(T["sealed_record"])).mappings().all():
                if row["compartment_id"] not in kinds:
                    continue
                kind = kinds[row["compartment_id"]]
                place = Place(self.raised.trust.id, self.raised.id, row["compartment_id"], kind)
                context = place.record_context(row["key_version"], row["id"], row["kind"], row["revision"])
                for key in self.known[kind].values():
                    try:
                        yield padding.unpad(envelope.open_sealed(key, row["body"], context)).decode()
                    except Unreadable:
                        continue


def _of(raised: RaisedCase) -> sa.Select[Any]:
    return sa.select(T["compartment"]).where(T["compartment"].c.case_id == raised.id)


def signed(leaver: Leaver, body: bytes) -> dict[str, Any]:
    """By the leaver's own key, which the log once knew."""
    keys = staff_keys(leaver.colleague.root_secret)
    return {"signer_id": leaver.colleague.id, "signature": keys.sign_approving(body)}


def as_the_person(leaver: Leaver, body: bytes) -> dict[str, Any]:
    """As if the person had asked for new words: no colleague can check that code."""
    return {"signer_id": None, "signature": bytes(32)}


def countersigned(leaver: Leaver, body: bytes) -> dict[str, Any]:
    """As if the person had asked for new words, and the leaver had opened it since."""
    keys = staff_keys(leaver.colleague.root_secret)
    code = as_the_person(leaver, body)
    return {**code, "countersigner_id": leaver.colleague.id, "countersignature": keys.sign_approving(body)}


WAYS = [signed, as_the_person, countersigned]


@pytest.fixture
def leaver(trust: Trust) -> Leaver:
    raised = factories.raised_case(trust, person=factories.PersonDetailsFactory.create())
    # Whoever the trust began with cannot be removed without a successor.
    leaving = next(each for each in readers_of(raised) if each is not trust.guardian)
    leaver = Leaver(leaving, raised)
    for each in readers_of(raised):
        raised.view(each)
    raised.inbox()
    leaver.note_keys()
    return leaver


def stays(leaver: Leaver) -> Colleague:
    return next(each for each in readers_of(leaver.raised) if each is not leaver.colleague)


def remove(leaver: Leaver) -> None:
    with leaver.raised.trust.work(leaver.raised.trust.guardian) as uow:
        keyring.remove(uow, leaver.colleague.id)


def go_on(leaver: Leaver, by: Colleague) -> list[SpeakUpError]:
    """Say and write things in the case, as everybody would; return what was refused."""
    refused: list[SpeakUpError] = []
    acts: list[Callable[[], object]] = [
        lambda: factories.message(leaver.raised, LATER),
        lambda: factories.reply(leaver.raised, LATER, by=by),
        lambda: factories.note(leaver.raised, LATER, by=by),
        lambda: factories.message(leaver.raised, LATER),
    ]
    for act in acts:
        try:
            act()
        except SpeakUpError as fault:
            refused.append(fault)
    return refused


def test_whoever_was_removed_reads_nothing_that_is_written_afterwards(leaver: Leaver) -> None:
    staying = stays(leaver)
    remove(leaver)
    assert go_on(leaver, staying) == []
    assert [text for text in leaver.read() if LATER in text] == []
    assert sum(each.text == LATER for each in leaver.raised.inbox().messages) == 3
    assert any(LATER in text for text in (each.text for each in leaver.raised.view(staying).notes))


def test_the_person_is_told_that_others_can_open_it_once_somebody_was_removed(leaver: Leaver) -> None:
    remove(leaver)
    factories.message(leaver.raised, LATER)
    inbox = leaver.raised.inbox()
    assert inbox.readers_changed
    assert leaver.colleague.name not in [each.name for each in inbox.readers]


@pytest.mark.parametrize("way", WAYS)
def test_a_next_version_made_by_somebody_removed_is_never_written_in(
    leaver: Leaver, way: Callable[[Leaver, bytes], dict[str, Any]]
) -> None:
    staying = stays(leaver)
    remove(leaver)
    with leaver.raised.trust.stored.unbound() as connection:
        leaver.mint(connection, staying, way)
        connection.commit()
    go_on(leaver, staying)
    assert [text for text in leaver.read() if LATER in text] == []


@pytest.mark.parametrize("way", WAYS)
def test_another_version_in_the_place_of_one_already_seen_is_a_fault(
    leaver: Leaver, way: Callable[[Leaver, bytes], dict[str, Any]]
) -> None:
    staying = stays(leaver)
    with leaver.raised.trust.work(staying) as uow:
        keyring.revoke(uow, leaver.raised.id, leaver.colleague.id)
    leaver.raised.view(staying)
    leaver.raised.inbox()
    remove(leaver)
    with leaver.raised.trust.stored.unbound() as connection:
        leaver.mint(connection, staying, way)
        connection.commit()
    with pytest.raises(IntegrityFault):
        leaver.raised.view(staying)
    with pytest.raises(IntegrityFault):
        leaver.raised.inbox()
    go_on(leaver, staying)
    assert [text for text in leaver.read() if LATER in text] == []


@pytest.mark.parametrize("kinds", [[], [CompartmentKind.CASEWORK]])
def test_a_case_whose_grants_were_taken_away_comes_back_when_its_person_or_the_other_guardian_opens_it(
    trust: Trust, kinds: list[CompartmentKind]
) -> None:
    raised = factories.raised_case(trust)
    first, second = readers_of(raised)
    grants = T["grant_to"]
    taken = sa.and_(grants.c.case_id == raised.id, grants.c.principal_kind == PrincipalKind.STAFF)
    with trust.stored.unbound() as connection:
        if kinds:
            # To a kind that no list looks for; of one guardian only, and the other one has it still.
            ours = sa.and_(taken, grants.c.kind.in_(kinds), grants.c.principal_id == first.id)
            connection.execute(sa.update(grants).where(ours).values(kind=CompartmentKind.REFERRAL))
        else:
            connection.execute(sa.delete(grants).where(taken, grants.c.kind != CompartmentKind.CASEWORK))
        connection.commit()
    if kinds:
        raised.view(second)
    else:
        raised.inbox()
    with trust.work(first) as uow:
        assert raised.ref in [line.case.ref for line in worklist(uow, Filters()).lines]
    factories.message(raised, LATER)
    assert [each.text for each in raised.view(first).messages] == [LATER]


def test_a_case_taken_off_every_list_tells_its_person_that_something_is_wrong(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    grants = T["grant_to"]
    with trust.stored.unbound() as connection:
        staff = sa.and_(grants.c.case_id == raised.id, grants.c.principal_kind == PrincipalKind.STAFF)
        connection.execute(sa.delete(grants).where(staff))
        connection.commit()
    with pytest.raises(IntegrityFault):
        raised.inbox()
