"""Evidence, statements and the library: what is kept, who reads it, and that nothing is read from one half alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from speakup import learning
from speakup.cases import tasks as case_tasks
from speakup.gateways.blobs import Blobs
from speakup.gateways.documents import Cleaned, Kind
from speakup.gateways.sealed_files import StoredFile, store
from speakup.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from speakup.learning import ActionState, LearningAction, Missing, Resource, Statement
from tests import factories
from tests.security.finding import forms_of
from tests.security.test_planted_words import everything_stored
from tests.trusts import Colleague, Trust

S = ActionState
WORDS = "The rota of June has two more people on it."


def sealed(trust: Trust, blobs: Blobs, name: str = "rota.txt") -> StoredFile:
    return store(blobs, trust.id, Cleaned(WORDS.encode(), name, "text/plain", Kind.TEXT, ()), scanned=True)


def told(trust: Trust, **said: str) -> Statement:
    with trust.work() as uow:
        plain = {"you_said": "Late shifts are thin.", "we_did": "Two more people.", "told_where": "Team brief", **said}
        return Statement(**plain, told_on=uow.today)


@pytest.fixture
def made(trust: Trust) -> LearningAction:
    return factories.action(trust, S.IN_PROGRESS)


def test_a_file_is_read_by_whoever_sees_to_the_action_and_by_guardians_alone(
    trust: Trust, blobs: Blobs, made: LearningAction
) -> None:
    other = factories.action(trust, S.AGREED, owner=trust.administrator)
    stored = sealed(trust, blobs)
    with trust.work(trust.executive_lead) as uow:
        event = learning.attach_evidence(uow, learning.find_owned(uow, made.ref), [stored], "As agreed.")
    for who in (trust.executive_lead, trust.guardian):
        with trust.work(who) as uow:
            action = learning.find(uow, made.ref)
            (line,) = learning.evidence(uow, action)[event.id]
            name, parts = learning.open_evidence(uow, action, line.id, blobs)
            assert (name, b"".join(parts).decode()) == ("rota.txt", WORDS)
    with trust.work(trust.administrator) as uow, pytest.raises(NotFound):
        learning.open_evidence(uow, learning.find(uow, other.ref), stored.blob_id, blobs)


def test_neither_the_database_nor_the_store_alone_holds_what_a_file_says(
    trust: Trust, blobs: Blobs, made: LearningAction, tmp_path: Path
) -> None:
    with trust.work(trust.executive_lead) as uow:
        learning.attach_evidence(uow, learning.find_owned(uow, made.ref), [sealed(trust, blobs)])
    stored = everything_stored(trust.stored, tmp_path / "blobs")
    assert any("blobs" in name for name in stored)
    for form in forms_of(WORDS):
        assert [name for name, body in stored.items() if form in body] == []


def test_a_file_of_an_action_outlives_the_night_and_one_that_nothing_names_does_not(
    trust: Trust, blobs: Blobs, made: LearningAction
) -> None:
    kept, forgotten = sealed(trust, blobs), sealed(trust, blobs)
    with trust.work(trust.executive_lead) as uow:
        learning.attach_evidence(uow, learning.find_owned(uow, made.ref), [kept])
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert case_tasks.clear_orphans(trust.database, blobs, [trust.id], later) == 1
    assert [key.rpartition("/")[2] for key in blobs.keys_written()] == [str(kept.blob_id)]
    assert forgotten.blob_id != kept.blob_id


def test_evidence_is_a_file_or_words(trust: Trust, made: LearningAction) -> None:
    with trust.work(trust.executive_lead) as uow:
        mine = learning.find_owned(uow, made.ref)
        with pytest.raises(Invalid):
            learning.attach_evidence(uow, mine, [])
        learning.attach_evidence(uow, mine, [factories.stored()])
        learning.implement(uow, mine)
        assert mine.state is S.IMPLEMENTED


def test_staff_have_been_told_once_it_is_written_down(trust: Trust) -> None:
    made = factories.action(trust, S.CHECKED)
    with trust.work(trust.guardian) as uow:
        action = learning.find(uow, made.ref)
        with pytest.raises(learning.NotYet) as refused:
            learning.close(uow, action)
        assert refused.value.missing == {Missing.STAFF_TOLD}
        learning.tell_staff(uow, action, told(trust))
        learning.close(uow, action)
        assert action.state is S.CLOSED


def test_a_statement_says_something_and_was_made(trust: Trust, made: LearningAction) -> None:
    with trust.work(trust.guardian) as uow:
        action = learning.find(uow, made.ref)
        for wrong in ({"you_said": " "}, {"we_did": "x" * 601}, {"told_where": ""}):
            with pytest.raises(Invalid):
                learning.tell_staff(uow, action, told(trust, **wrong))
        tomorrow = Statement("a", "b", "c", uow.today + timedelta(days=1))
        with pytest.raises(Invalid, match="future"):
            learning.tell_staff(uow, action, tomorrow)
    with trust.work(trust.executive_lead) as uow, pytest.raises(Forbidden):
        learning.tell_staff(uow, learning.find_owned(uow, made.ref), told(trust))


def test_anybody_reads_what_is_published_and_nothing_else(trust: Trust, made: LearningAction) -> None:
    with trust.work(trust.guardian) as uow:
        action = learning.find(uow, made.ref)
        row = learning.tell_staff(uow, action, told(trust))
        learning.tell_staff(uow, action, told(trust, you_said="Not for everybody."))
        learning.publish_statement(uow, action, row, row.revision)
    with trust.work(trust.visitor, writes=False) as uow:
        (shown,) = learning.published(uow, 0, 20)
        assert (shown.you_said, shown.month.day) == ("Late shifts are thin.", 1)
    with trust.work(trust.guardian) as uow:
        action = learning.find(uow, made.ref)
        mine = learning.find_statement(uow, action, row.id)
        with pytest.raises(Conflict):
            learning.publish_statement(uow, action, mine, mine.revision + 1)
        learning.change_statement(uow, action, mine, told(trust, you_said="Other words."), mine.revision)
    with trust.work(trust.visitor, writes=False) as uow:
        assert learning.published(uow, 0, 20) == []


def test_what_is_withdrawn_is_read_by_nobody_else(trust: Trust, made: LearningAction) -> None:
    with trust.work(trust.guardian) as uow:
        action = learning.find(uow, made.ref)
        row = learning.tell_staff(uow, action, told(trust))
        learning.publish_statement(uow, action, row, row.revision)
        learning.withdraw_statement(uow, action, row)
        assert learning.published(uow, 0, 20) == []


def test_what_was_published_of_an_action_that_is_not_taken_forward_is_read_by_nobody_else(
    trust: Trust, made: LearningAction
) -> None:
    with trust.work(trust.guardian) as uow:
        action = learning.find(uow, made.ref)
        row = learning.tell_staff(uow, action, told(trust))
        learning.publish_statement(uow, action, row, row.revision)
        learning.decline(uow, action, "Nobody can do it.")
        assert learning.published(uow, 0, 20) == []


def test_what_was_published_can_be_taken_back_wherever_its_action_stands(trust: Trust, made: LearningAction) -> None:
    with trust.work(trust.guardian) as uow:
        action = learning.find(uow, made.ref)
        row = learning.tell_staff(uow, action, told(trust))
        learning.decline(uow, action, "Nobody can do it.")
        row.published_on = uow.today
        learning.withdraw_statement(uow, action, row)
        assert learning.published(uow, 0, 20) == []
    with trust.work(trust.executive_lead) as uow, pytest.raises(Forbidden):
        learning.withdraw_statement(uow, learning.find_owned(uow, made.ref), row)


def test_what_staff_were_told_stands_where_it_can_be_changed_and_nowhere_else(
    trust: Trust, made: LearningAction
) -> None:
    with trust.work(trust.guardian) as uow:
        action = learning.find(uow, made.ref)
        row = learning.tell_staff(uow, action, told(trust, you_said="Joan said it."))
        learning.change_statement(uow, action, row, told(trust), row.revision)
    with trust.work(trust.executive_lead) as uow:
        line = learning.history(uow, learning.find_owned(uow, made.ref))[-1]
        assert (line.kind, line.text) == (learning.EventKind.STATEMENT, "")


def titles(lines: list[learning.ResourceLine]) -> list[str]:
    return [each.title for each in lines]


def test_the_library_shows_everybody_what_helps_them(trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        for title, theme, owners, guardians in (
            ("Listening", None, True, True),
            ("Rotas", "staffing", True, False),
            ("Answering well", "bullying", False, True),
        ):
            said = Resource(title, "", theme, "https://learning.example/x", owners, guardians)
            learning.add_resource(uow, said)
        assert titles(learning.library(uow)) == ["Listening", "Answering well", "Rotas"]
        assert titles(learning.for_guardian(uow)) == ["Listening", "Answering well"]
    with trust.work(trust.executive_lead) as uow:
        assert titles(learning.for_owner(uow, "staffing")) == ["Rotas", "Listening"]
        assert titles(learning.for_owner(uow, "bullying")) == ["Listening"]
        assert titles(learning.library(uow)) == ["Listening", "Rotas"]


@pytest.mark.parametrize(("said", "field"), [
    (Resource(""), "address"), (Resource("", address="https://a.example/"), "title"), (Resource("A"), "address"),
    (Resource("A", address="javascript:alert(1)"), "address"), (Resource("A", address="intranet"), "address"),
    (Resource("A", about="x" * 401, address="https://a.example/"), "about"),
    (Resource("A", address="https://a.example/", for_owners=False, for_guardians=False), "shown"),
])  # fmt: skip
def test_an_entry_of_the_library_leads_somewhere(trust: Trust, said: Resource, field: str) -> None:
    with trust.work(trust.guardian) as uow, pytest.raises(Invalid, match=field):
        learning.add_resource(uow, said)


def test_an_entry_is_changed_by_whoever_read_it_last_and_taken_out_with_its_file(trust: Trust, blobs: Blobs) -> None:
    with trust.work(trust.guardian) as uow:
        row = learning.add_resource(uow, Resource("Answering"), sealed(trust, blobs, "answering.txt"))
        learning.change_resource(uow, row, Resource("Answering well"), 1)
        with pytest.raises(Conflict):
            learning.change_resource(uow, row, Resource("Answering badly"), 1)
    with trust.work(trust.executive_lead) as uow:
        found = learning.find_resource(uow, row.id)
        name, parts = learning.open_resource(uow, found, blobs)
        assert (name, b"".join(parts).decode()) == ("answering.txt", WORDS)
        with pytest.raises(Forbidden):
            learning.remove_resource(uow, found)
    with trust.work(trust.guardian) as uow:
        learning.remove_resource(uow, learning.find_resource(uow, row.id))
    assert case_tasks.clear_orphans(trust.database, blobs, [trust.id], datetime.now(UTC) + timedelta(minutes=1)) == 1


def test_a_link_in_place_of_a_file_lets_go_of_the_file(trust: Trust, blobs: Blobs) -> None:
    with trust.work(trust.guardian) as uow:
        row = learning.add_resource(uow, Resource("Answering"), sealed(trust, blobs))
        learning.change_resource(uow, row, Resource("Answering", address="https://a.example/b"), 1)
        assert row.file_id is None
    with trust.work() as uow:
        assert learning.kept_blobs(uow) == frozenset()


def test_nobody_else_keeps_the_library(trust: Trust, other_trust: Trust, owner: Colleague) -> None:
    with trust.work(trust.guardian) as uow:
        row = learning.add_resource(uow, Resource("Listening", address="https://a.example/b"))
    for who in (owner, trust.administrator, trust.buddy):
        with trust.work(who) as uow, pytest.raises(Forbidden):
            learning.add_resource(uow, Resource("B", address="https://a.example/b"))
    with other_trust.work(other_trust.guardian) as uow, pytest.raises(NotFound):
        learning.find_resource(uow, row.id)


@pytest.fixture
def owner(trust: Trust) -> Colleague:
    return trust.executive_lead
