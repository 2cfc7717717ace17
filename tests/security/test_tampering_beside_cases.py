"""Whatever is done to what lies beside a case (referrals, groups, files, imports, requests), nobody reads a wrong word.

One case with everything in it that there is, and beside it a group and what a guardian has under way. Everybody who
reads anything of it reads it again after each tampering: the truth, or a fault by name.
"""

import random
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speakup import cases, keyring
from speakup.cases import Basis, HowRaised, OneOfGroup, PersonDetails, Recorded, Shown
from speakup.gateways.blobs import Blobs
from speakup.gateways.documents import Cleaned, Kind, Sheet, Workbook
from speakup.gateways.sealed_files import store as store_file
from speakup.kernel.actor import Actor, ActorKind
from speakup.kernel.errors import IntegrityFault, NotFound
from speakup.keyring import Membership
from tests import factories
from tests.factories import RaisedCase
from tests.security import tampering
from tests.security.tampering import TABLES, World, readers_of, snapshot
from tests.trusts import Colleague, Trust

BESIDE = (*TABLES, "referral", "undertaking", "stored_blob", "case_clock", "case_element", "feedback")
"""What is tampered with: everything that leads to a word. Of clocks and counts only what stands in clear can change."""
PETRA = "Petra Pinewood"
LIST = "a search"
Reading = Callable[[], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Beside:
    """Somebody's reading of each thing, by name, and what it gave while nothing was tampered with."""

    world: World
    readings: dict[str, Reading]
    truth: dict[str, tuple[str, ...]]
    blobs: Path


def a_file(trust: Trust, blobs: Blobs, said: str) -> cases.StoredFile:
    cleaned = Cleaned(said.encode() * 9_000, f"{said.split(maxsplit=1)[0]}.txt", "text/plain", Kind.TEXT, ())
    return store_file(blobs, trust.id, cleaned, scanned=True)


def everything_about(trust: Trust, blobs: Blobs) -> tuple[RaisedCase, cases.Referral, Colleague]:
    """A case that was talked about, agreed on, passed on, answered, ended, and looked at again."""
    raised = factories.raised_case(
        trust,
        narrative=f"{PETRA} saw it fall.",
        person=PersonDetails("Nora Nurse"),
        files=[a_file(trust, blobs, "First one")],
    )
    guardian, cover = readers_of(raised)
    factories.message(raised, "A message with a file", [a_file(trust, blobs, "Second one")])
    factories.reply(raised, "An answer", by=guardian)
    factories.note(raised, f"A note about {PETRA}", by=cover)
    ida = factories.recipient(trust)
    with raised.as_(guardian) as (uow, case):
        said = ("What was seen", "The head of estates", "so that it is locked")
        agreed = cases.record_agreement(
            uow, case, cases.Agreement(*said, cases.HowAgreed.VERBALLY, name=True, on=uow.today)
        )
        shown = Shown("Somebody saw it fall", "Please look", name_too=True)
        row = cases.refer(uow, case, ida.id, shown, factories.grounds(uow, basis=Basis.AGREEMENT, agreement_id=agreed))
        cases.report_detriment(uow, case, cases.DetrimentReport("Told me of the locker"))
        report = cases.open_view(uow, case).detriment[0].record_id
        cases.act_on_detriment(uow, case, report, "Asked for the locker", uow.today)
    with trust.work(ida) as uow:
        found = cases.find_referral(uow, row.ref)
        cases.answer_referral(uow, found, "It was loose", [a_file(trust, blobs, "Third one")], final=True)
    with raised.as_(raised.reporter) as (uow, case):
        cases.note_baseline(uow, case, {"duties": "Nights in charge"})
    return raised, row, ida


def end(raised: RaisedCase) -> None:
    """Bring it to its end, and let the person say how they are."""
    with raised.as_(readers_of(raised)[0]) as (uow, case):
        coding = cases.Coding(frozenset({"patient_safety"}), none_apply=False, worker_group="not_known")
        cases.code_case(uow, case, coding)
        cases.tell_person(uow, case, "It was made fast")
        cases.close_case(uow, case, cases.Closing("resolved", "Made fast", cases.Satisfied.YES))
    with raised.as_(raised.reporter) as (uow, case):
        cases.give_feedback(uow, case, "yes", "I would")
        cases.say_how_things_are(uow, case, cases.Things.WORSE, "Nobody speaks to me")


def group_of(trust: Trust) -> tuple[str, Membership]:
    """Two who spoke up together, one of whom reads what they share."""
    said = Recorded("We were told to", "in_person", HowRaised.CONFIDENTIAL)
    with trust.work(trust.guardian) as uow:
        ref = cases.record_group(uow, [OneOfGroup(said, agrees=True)] * 2, "All of us were told to")[0].ref
        generation = keyring.current_generation(uow)
    secrets = keyring.submit_secrets(keyring.draw_receipt(), generation, trust.id, "tests")
    with trust.work(trust.guardian) as uow:
        cases.give_first_words(uow, cases.find(uow, ref), secrets, generation.number)
    with trust.work(trust.visitor) as uow:
        reporter_id = keyring.find_reporter(uow, secrets.lookup_hash).id
    with trust.work(Actor(ActorKind.REPORTER, trust.id, reporter_id, root_secret=secrets.root_secret)) as uow:
        membership = cases.open_inbox(uow, cases.mine(uow)).membership
    assert membership is not None
    return ref, membership


def under_way(trust: Trust, who: Colleague) -> tuple[uuid.UUID, uuid.UUID]:
    """What one guardian has under way: a log that is being brought in, and a request for access."""
    log = Workbook([Sheet("2024", hidden=False, rows=[["Date", "Summary"], ["1/4/2024", "Told"]], merged=[])], 0)
    with trust.work(who) as uow:
        first, second = cases.begin_import(uow, "first.csv", log), cases.begin_import(uow, "second.csv", log)
    assert first != second
    with trust.work(who, writes=False) as uow:
        looked = cases.look_for(uow, PETRA, [], uow.today, "[left out]")
    assert len(looked.passages) > 1
    with trust.work(who) as uow:
        return first, cases.open_access_request(uow, looked)


def text_of(view: cases.CaseView | cases.InboxView) -> tuple[str, ...]:
    """Every sealed word of a view of a case, in the order in which it is shown."""
    said: list[object] = [view.told, *view.messages, view.person, *view.agreements, view.check_ins]
    if isinstance(view, cases.CaseView):
        said += [view.title, *view.notes, view.exclusions, view.closure, *view.pauses, *view.triages, *view.detriment]
        said += [*view.disclosures, *view.referrals, view.elements, view.worker_group]
    # Nothing of these prints itself by itself.
    return tuple(str(asdict(each) if is_dataclass(each) and not isinstance(each, type) else each) for each in said)


@dataclass(frozen=True, slots=True)
class Readers:
    """Everybody who reads something of it, and how."""

    trust: Trust
    blobs: Blobs
    raised: RaisedCase
    row: cases.Referral
    recipient: Colleague
    group_ref: str
    member: Membership
    log_id: uuid.UUID
    request_id: uuid.UUID

    def readings(self) -> dict[str, Reading]:
        """Name every reading."""
        guardian, cover = readers_of(self.raised)
        return {
            "the case, by its guardian": lambda: text_of(self.raised.view(guardian)),
            "the case, by its cover": lambda: text_of(self.raised.view(cover)),
            "the case, by its person": lambda: text_of(self.raised.inbox()),
            "the referral, by its recipient": self.referral_as_recipient,
            "the referral, by a guardian": lambda: self.referral_as(guardian),
            "the files, by a guardian": lambda: self.files_as(guardian),
            "the files, by the person": lambda: self.files_as(self.raised.reporter),
            "the group, by its guardian": self.group_as_guardian,
            "the group, by a member": self.group_as_member,
            "the import": lambda: self.import_as(guardian),
            "the request for access": lambda: self.request_as(guardian),
            LIST: lambda: self.search_as(cover),
        }

    def referral_as_recipient(self) -> tuple[str, ...]:
        with self.trust.work(self.recipient) as uow:
            row = cases.find_referral(uow, self.row.ref)
            view = cases.read_referral(uow, row)
            files = [each.record_id for line in view.answers for each in line.files]
            return (*_shown(view), *_contents(cases.open_referral_file(uow, row, each, self.blobs) for each in files))

    def referral_as(self, who: Colleague) -> tuple[str, ...]:
        with self.raised.as_(who) as (uow, case):
            return _shown(cases.open_referral(uow, case, self.row.id))

    def files_as(self, who: Colleague | Actor) -> tuple[str, ...]:
        view = self.raised.inbox() if isinstance(who, Actor) else self.raised.view(who)
        lines = [*view.told.files, *(each for message in view.messages for each in message.files)]
        with self.raised.as_(who) as (uow, case):
            return tuple(_contents(cases.open_file(uow, case, each.record_id, self.blobs) for each in lines))

    def group_as_guardian(self) -> tuple[str, ...]:
        with self.trust.work(self.trust.guardian) as uow:
            view = cases.open_group(uow, cases.find(uow, self.group_ref))
            assert view is not None
            return (*(each.text for each in view.shared), str(view.agreed))

    def group_as_member(self) -> tuple[str, ...]:
        with self.trust.work(self.member.actor(self.trust.id)) as uow:
            return tuple(each.text for each in cases.read_shared(uow, self.member))

    def import_as(self, who: Colleague) -> tuple[str, ...]:
        with self.trust.work(who, writes=False) as uow:
            reading = cases.read_log(uow, self.log_id)
            cells = [str(row) for sheet in reading.log.sheets for row in sheet.rows]
            return (cases.find_import(uow, self.log_id).name, *(each.title for each in reading.columns), *cells)

    def request_as(self, who: Colleague) -> tuple[str, ...]:
        with self.trust.work(who, writes=False) as uow:
            found = cases.find_access_request(uow, self.request_id)
            # Of a case that cannot be found any more no word is kept here: then there is less, and nothing wrong.
            kept = [each for each in found.passages if each.text]
            if len(kept) < len(found.passages):
                raise NotFound(found.id)
            return (found.name, *(str((each.ref, each.text, each.given)) for each in kept))

    def search_as(self, who: Colleague) -> tuple[str, ...]:
        with self.trust.work(who, writes=False) as uow:
            search = cases.start_search(uow, cases.SearchAsked(cases.parse_search("fall")))
            list(search.steps())
            if search.damaged:
                raise IntegrityFault(search.damaged[0].id, "search")
            return tuple(str((each.case.ref, each.title, [part.text for part in each.said])) for each in search.lines)


def _made(trust: Trust, blobs: Blobs) -> tuple[Readers, tampering.Rows]:
    raised, row, recipient = everything_about(trust, blobs)
    past = snapshot(trust, BESIDE)
    end(raised)
    group_ref, member = group_of(trust)
    return Readers(
        trust, blobs, raised, row, recipient, group_ref, member, *under_way(trust, readers_of(raised)[0])
    ), past


def _shown(view: cases.ReferralView) -> tuple[str, ...]:
    return (*(str((each.text, each.ask, each.name)) for each in view.shown), *(each.text for each in view.answers))


def _contents(opened: Iterable[tuple[cases.StoredFile, Iterator[bytes]]]) -> list[str]:
    return [f"{stored.name}: {b''.join(parts).decode()}" for stored, parts in opened]


@pytest.fixture
def beside(trust: Trust, tmp_path: Path) -> Beside:
    blobs = Blobs.from_url(str(tmp_path / "blobs"))
    readers, past = _made(trust, blobs)
    readings = readers.readings()
    for read in readings.values():
        read()
    raised = readers.raised
    world = World(trust, [raised], readers_of(raised), {}, [past, snapshot(trust, BESIDE)], BESIDE)
    return Beside(world, readings, {name: read() for name, read in readings.items()}, tmp_path / "blobs")


def test_while_nothing_is_tampered_with_all_of_it_is_read(beside: Beside) -> None:
    assert {name: read() for name, read in beside.readings.items()} == beside.truth
    assert all(beside.truth.values())


def swap_blobs(beside: Beside, choice: random.Random) -> str:
    """Exchange two stored files, cut one, or turn one of its bits."""
    files = sorted(each for each in beside.blobs.rglob("*") if each.is_file())
    one, other = choice.sample(files, 2)
    how = choice.choice(["exchange", "cut", "turn a bit", "delete"])
    held = one.read_bytes()
    if how == "exchange":
        one.write_bytes(other.read_bytes())
        other.write_bytes(held)
    elif how == "cut":
        one.write_bytes(held[: choice.randrange(len(held))])
    elif how == "delete":
        one.unlink()
    else:
        at = choice.randrange(len(held))
        one.write_bytes(held[:at] + bytes([held[at] ^ 1 << choice.randrange(8)]) + held[at + 1 :])
    return f"blobs: {how}"


def test_no_tampering_beside_a_case_ever_shows_a_wrong_word(beside: Beside, tmp_path: Path) -> None:
    world, kept = beside.world, tmp_path / "kept"
    shutil.copytree(beside.blobs, kept)
    clean = tampering.untouched(world, tmp_path)
    refused = 0

    @settings(
        max_examples=40 if world.trust.stored.kind == "sqlite" else 10,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(seed=st.integers(0, 2**32), times=st.integers(1, 3))
    def property_holds(seed: int, times: int) -> None:
        nonlocal refused
        tampering.restore(world, clean)
        shutil.rmtree(beside.blobs)
        shutil.copytree(kept, beside.blobs)
        choice = random.Random(seed)
        acts: list[Callable[[], str]] = [lambda: tampering.tamper(world, choice)] * 9
        acts.append(lambda: swap_blobs(beside, choice))
        done = [choice.choice(acts)() for _ in range(times)]
        for name, read in beside.readings.items():
            try:
                said = read()
            except (IntegrityFault, NotFound):
                refused += 1
            except Exception as wrong:
                wrong.add_note(f"{name}: {done}")
                raise
            else:
                # A case whose row is gone stands on no list, which guardians are warned of; nothing wrong is found.
                less = name == LIST and not said
                assert less or said == beside.truth[name], (name, done)

    property_holds()
    assert refused > 5, "what is tampered with has to be noticed"
