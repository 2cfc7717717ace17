"""A thief with the whole disk, without a passphrase or a receipt, finds not one word."""

from datetime import timedelta
from pathlib import Path

import pytest

from speakup import cases, keyring
from speakup.cases import Exclusions, HowRaised, PersonDetails
from speakup.gateways.blobs import Blobs
from speakup.gateways.documents import Cleaned, Kind, Sheet, Workbook
from speakup.gateways.sealed_files import StoredFile
from speakup.gateways.sealed_files import store as store_file
from tests import factories
from tests.databases import Stored
from tests.factories import RaisedCase
from tests.security.finding import disguises_of, dumped, files_in, found_in
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust

PLANTED = {
    "narrative": "The bleach cupboard on Magnolia ward is never locked at night",
    "risk": "Somebody drank from the unlabelled Magnolia bottle on Tuesday",
    "detriment": "My Magnolia shifts were taken away after I asked about it",
    "help": "Please ring through an interpreter speaking Magnolian",
    "role": "Magnolia night healthcare assistant, band two",
    "others": "Not the Magnolia ward manager's brother-in-law either",
    "name": "Philippa Quillfeather-Magnolia",
    "contact": "philippa.magnolia@example.net",
    "safe": "Never ring Magnolia extension four-seven-one",
    "message": "They have now moved the Magnolia bottles to the sluice room",
    "reply": "Thank you; I will walk past the Magnolia sluice on Monday",
    "note": "Magnolia matron denied it, sounded nervous on the telephone",
    "title": "Magnolia bleach, unlocked at night",
    "agreed": "That the Magnolia cupboard stood open, and nothing else",
    "agreed with": "Marguerite Magnolia-Thorne, head of the sluice",
    "withdrawn": "The Magnolia agreement was taken back by telephone",
    "told": "The inspector heard about the Magnolia cupboard from me",
    "authoriser": "Chair of the Magnolia board, on the telephone",
    "why not told": "The Magnolia person could not be reached in time",
    "shown": "Somebody noticed that a Magnolia cupboard was unlocked",
    "asked": "Please look who holds the Magnolia key at night",
    "answer": "We counted the Magnolia keys and two are missing",
    "why ended": "Their deputy runs the Magnolia stores, as it turns out",
    "summary": "A Magnolia lock was fitted and checked twice by me",
    "baseline": "Magnolia weekends in charge since the spring before last",
    "treated": "They emptied my Magnolia locker onto the corridor floor",
    "treated, written down": "Told me by telephone of the emptied Magnolia locker",
    "step": "Asked the Magnolia matron for the locker to be given back",
    "things": "Nobody has spoken to me in the Magnolia kitchen since May",
    "again": "I would, because the Magnolia lock was really fitted",
    "escalation": "Offered to ring the Magnolia regulator together",
    "why it waits": "The Magnolia builder comes back from leave in a month",
    "told of waiting": "It waits, and so does the Magnolia cupboard; rest well",
    "wanted": "A Magnolia lock that shuts, and nobody blamed for it",
    "asked to hand over": "May my Magnolia colleague have this from Monday on?",
    "answered to that": "Only if they are no friend of the Magnolia matron",
    "written together": "Both of us found the Magnolia cupboard standing open",
    "shared": "All of Magnolia meet in the chapel on Thursday evening",
    "log": "The Magnolia spreadsheet that was kept until this spring",
    "log name": "magnolia-speaking-up-log.csv",
    "draft": "Half a Magnolia sentence that nobody has sent yet",
    "parked": "A Magnolia sentence to come back to within seven days",
    "file name": "magnolia-sluice-photograph.txt",
    "file content": "Label on the Magnolia bottle says only: do not touch. " * 20,
}


@pytest.fixture
def planted(trust: Trust, blobs: Blobs) -> RaisedCase:
    """A case, a draft and a parked draft with a planted sentence in every place that takes words."""
    said = PLANTED
    person = PersonDetails(said["name"], said["contact"], said["safe"], "email", said["contact"])
    stored = store(trust, blobs)
    raised = factories.raised_case(
        trust, files=[stored], narrative=said["narrative"], risk=said["risk"], detriment=said["detriment"],
        help_needed=said["help"], work=cases.Work(role=said["role"]), exclusions=Exclusions(others=said["others"]),
        person=person, how_raised=HowRaised.CONFIDENTIAL,
    )  # fmt: skip
    guardian, cover = readers_of(raised)
    factories.message(raised, said["message"], [store(trust, blobs)])
    factories.reply(raised, said["reply"], by=guardian)
    factories.note(raised, said["note"], by=cover)
    with raised.as_(guardian) as (uow, case):
        cases.title_case(uow, case, said["title"])
        cases.code_case(
            uow, case, cases.Coding(frozenset({"patient_safety"}), none_apply=False, worker_group="nursing_midwifery")
        )
    share(raised, guardian, blobs)
    let_wait(raised, guardian)
    write_beside(trust, guardian)
    with raised.as_(guardian) as (uow, case):
        cases.tell_person(uow, case, said["reply"])
        cases.report_detriment(uow, case, cases.DetrimentReport(said["treated, written down"]))
        report = cases.open_view(uow, case).detriment[0].record_id
        cases.act_on_detriment(uow, case, report, said["step"], uow.today)
        closing = cases.Closing("resolved", said["summary"], cases.Satisfied.YES, escalation=said["escalation"])
        cases.close_case(uow, case, closing)
    tell_of_afterwards(raised)
    keep_drafts(trust)
    return raised


def share(raised: RaisedCase, guardian: Colleague, blobs: Blobs) -> None:
    """Agree, tell, pass on, answer and take back."""
    said, trust = PLANTED, raised.trust
    recipient = factories.recipient(trust)
    with raised.as_(guardian) as (uow, case):
        how = cases.HowAgreed.VERBALLY
        agreement = cases.Agreement(
            said["agreed"], said["agreed with"], said["withdrawn"], how, name=True, on=uow.today
        )
        agreement_id = cases.record_agreement(uow, case, agreement)
        told = factories.grounds(
            uow,
            whom=said["agreed with"],
            what=said["told"],
            authoriser=said["authoriser"],
            why_not_told=said["why not told"],
            passes_on=False,
        )
        cases.record_disclosure(uow, case, told)
        grounds = factories.grounds(uow, basis=cases.Basis.AGREEMENT, agreement_id=agreement_id)
        shown = cases.Shown(said["shown"], said["asked"], name_too=True)
        row = cases.refer(uow, case, recipient.id, shown, grounds)
    with trust.work(recipient) as uow:
        found = cases.find_referral(uow, row.ref)
        cases.answer_referral(uow, found, said["answer"], [store(trust, blobs)], final=True)
        REPRS.append(repr(cases.read_referral(uow, found)))
    with raised.as_(guardian) as (uow, case):
        REPRS.append(
            repr((cases.open_referral(uow, case, row.id), cases.agreements(uow, case), shown, told, agreement))
        )
        cases.end_referral(uow, case, row.id, said["why ended"])


def let_wait(raised: RaisedCase, guardian: Colleague) -> None:
    """Triage it, let it wait, and ask the person whether somebody else may have it."""
    said, trust = PLANTED, raised.trust
    other = next(each for each in (trust.lead, trust.guardian, trust.second_guardian) if each not in readers_of(raised))
    with raised.as_(guardian) as (uow, case):
        triage = cases.Triage(
            elements=frozenset({"patient_safety"}),
            worker_group="nursing_midwifery",
            wants=frozenset({"other"}),
            wants_words=said["wanted"],
        )
        cases.triage_case(uow, case, triage, cases.Triage(), 0)
        until = uow.today + timedelta(days=20)
        cases.pause_case(
            uow, case, cases.Pause(cases.PauseReason.ANSWER, said["why it waits"], until, said["told of waiting"])
        )
        cases.ask_person(uow, case, cases.Places(other.id, case.cover_id), said["asked to hand over"])
    with raised.as_(raised.reporter) as (uow, case):
        asked = cases.open_inbox(uow, case).asked
        assert asked is not None
        cases.answer_hand_over(uow, case, asked.record_id, agrees=False, words=said["answered to that"])


def write_beside(trust: Trust, guardian: Colleague) -> None:
    """Write a group down and share words with it, begin to bring a log in, and look for somebody who asks."""
    said = PLANTED
    one = cases.OneOfGroup(cases.Recorded(said["written together"], "phone", HowRaised.CONFIDENTIAL), agrees=True)
    with trust.work(trust.guardian) as uow:
        group = cases.record_group(uow, [one, one], said["written together"])
        cases.share_with_group(uow, group[0], said["shared"])
    log = Workbook(
        [Sheet(said["log"][:31], hidden=False, rows=[["Date", "Said"], ["1/4/2024", said["log"]]], merged=[])], 0
    )
    with trust.work(guardian) as uow:
        log_id = cases.begin_import(uow, said["log name"], log)
    with trust.work(guardian, writes=False) as uow:
        REPRS.append(repr((cases.find_import(uow, log_id), cases.read_log(uow, log_id))))
        looked = cases.look_for(uow, said["name"], [], uow.today, "[left out]")
    assert looked.passages
    with trust.work(guardian) as uow:
        request = cases.open_access_request(uow, looked)
        REPRS.append(repr((looked, cases.find_access_request(uow, request))))


REPRS: list[str] = []
"""How what was passed on printed itself while it was open."""


def tell_of_afterwards(raised: RaisedCase) -> None:
    with raised.as_(raised.reporter) as (uow, case):
        cases.note_baseline(uow, case, {"duties": PLANTED["baseline"]})
        cases.report_detriment(uow, case, cases.DetrimentReport(PLANTED["treated"]))
        cases.say_how_things_are(uow, case, cases.Things.WORSE, PLANTED["things"])
        cases.give_feedback(uow, case, "yes", PLANTED["again"])


def store(trust: Trust, blobs: Blobs) -> StoredFile:
    cleaned = Cleaned(PLANTED["file content"].encode(), PLANTED["file name"], "text/plain", Kind.TEXT, ())
    return store_file(blobs, trust.id, cleaned, scanned=True)


def keep_drafts(trust: Trust) -> None:
    """Leave one draft in a browser's keeping and one under its words."""
    for name in ("draft", "parked"):
        with trust.work(trust.visitor) as uow:
            token = cases.start_draft(uow)
        with trust.work(trust.visitor) as uow:
            draft = cases.save_answers(uow, token, "story", {"narrative": PLANTED[name]})
            generation = keyring.current_generation(uow)
        if name == "parked":
            secrets = keyring.submit_secrets(cases.receipt_of(draft), generation, trust.id, "tests")
            with trust.work(trust.visitor) as uow:
                cases.park_draft(uow, token, secrets)


def everything_stored(stored: Stored, blobs_folder: Path) -> dict[str, bytes]:
    """Every byte that the product keeps: database with its log, blobs, and the files outside the database."""
    kept = files_in(blobs_folder, stored.trust_dir)
    if stored.file is not None:
        beside = [Path(f"{stored.file}{end}") for end in ("", "-wal", "-shm")]
        return kept | {str(path): path.read_bytes() for path in beside if path.exists()}
    return kept | {"rows": dumped(stored)}


def test_the_search_itself_finds_planted_words_in_every_disguise() -> None:
    for disguised in disguises_of(PLANTED["narrative"]):
        assert "narrative" in found_in(disguised, PLANTED), disguised
    assert found_in(b"Nothing was planted here.", PLANTED) == []


def test_a_thief_with_the_whole_disk_finds_no_word(planted: RaisedCase, tmp_path: Path) -> None:
    kept = everything_stored(planted.trust.stored, tmp_path / "blobs")
    assert sum(len(each) for each in kept.values()) > 50_000
    assert {place: found for place, stored in kept.items() if (found := found_in(stored, PLANTED))} == {}


def test_deleting_and_shrinking_leaves_no_word_either(planted: RaisedCase, tmp_path: Path) -> None:
    trust = planted.trust
    with trust.work() as uow:
        uow.now += timedelta(days=20)
        cases.sweep_drafts(uow)
    kept = everything_stored(trust.stored, tmp_path / "blobs")
    assert {place: found for place, stored in kept.items() if (found := found_in(stored, PLANTED))} == {}


def test_nothing_that_prints_itself_prints_a_word(planted: RaisedCase) -> None:
    view, inbox = planted.view(readers_of(planted)[0]), planted.inbox()
    printed = repr((view, inbox, planted, planted.concern, view.told, view.messages, view.notes, view.person))
    assert found_in(printed.encode(), PLANTED) == []
    assert [found_in(each.encode(), PLANTED) for each in REPRS] == [[]] * len(REPRS)
    assert " ".join(planted.words) not in printed
    assert planted.secrets.root_secret.hex() not in printed
    assert repr(planted.secrets.root_secret) not in printed
