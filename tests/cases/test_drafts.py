"""Drafts: kept for two hours or seven days, step by step, and sent once."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from speakup import cases, keyring
from speakup.cases.operations import drafts
from speakup.kernel.errors import Busy, IntegrityFault, Invalid, NotFound
from speakup.tables import METADATA
from tests import factories
from tests.trusts import Trust


def started(trust: Trust) -> str:
    with trust.work(trust.visitor) as uow:
        return cases.start_draft(uow)


def secrets_of(trust: Trust, token: str) -> keyring.ReceiptSecrets:
    with trust.work(trust.visitor) as uow:
        words, generation = cases.receipt_of(cases.read_draft(uow, token)), keyring.current_generation(uow)
    return keyring.submit_secrets(words, generation, trust.id, "tests")


def a_file() -> cases.StoredFile:
    return cases.StoredFile(uuid.uuid4(), bytes(32), "a.txt", "text/plain", 1, (), scanned=True)


def test_a_stale_tab_saves_its_own_step_and_no_other(trust: Trust) -> None:
    token = started(trust)
    for step, said in (("story", "first"), ("risk", "some"), ("story", "second")):
        with trust.work(trust.visitor) as uow:
            cases.save_answers(uow, token, step, {"text": said})
    with trust.work(trust.visitor) as uow:
        assert cases.read_draft(uow, token).answers == {"story": {"text": "second"}, "risk": {"text": "some"}}


@pytest.mark.parametrize(("minutes", "is_there"), [(119, True), (131, False)])
def test_a_draft_lasts_two_hours(trust: Trust, minutes: int, is_there: bool) -> None:  # noqa: FBT001 -- a table's column
    token = started(trust)
    with trust.work(trust.visitor) as uow:
        uow.now += timedelta(minutes=minutes)
        if is_there:
            assert len(cases.read_draft(uow, token).words) == 7
            return
        with pytest.raises(NotFound):
            cases.read_draft(uow, token)


def test_a_row_somebody_wrote_to_is_no_draft(trust: Trust) -> None:
    token, other = started(trust), started(trust)
    drafts = METADATA.tables["draft"]
    with trust.stored.unbound() as connection:
        one, two = connection.execute(sa.select(drafts)).mappings().all()
        for row, sealed in ((one, two["sealed"]), (two, bytes(10))):
            connection.execute(sa.update(drafts).where(drafts.c.token_hash == row["token_hash"]).values(sealed=sealed))
    for each in (token, other):
        with trust.work(trust.visitor) as uow, pytest.raises(NotFound):
            cases.read_draft(uow, each)


def test_a_sent_draft_keeps_only_the_words_and_cannot_be_changed_parked_or_sent_again(trust: Trust) -> None:
    raised = factories.raised_case(trust, own_words=True)
    with trust.work(trust.visitor) as uow:
        draft = cases.read_draft(uow, raised.token)
        assert (draft.words, draft.answers, draft.files) == (raised.words, {}, [])
        assert draft.sent is not None
        with pytest.raises(NotFound):
            cases.save_answers(uow, raised.token, "story", {"text": "more"})
        with pytest.raises(NotFound):
            cases.add_file(uow, raised.token, a_file())
    with trust.work(trust.visitor) as uow:
        cases.park_draft(uow, raised.token, raised.secrets)
    with trust.work(trust.visitor) as uow, pytest.raises(NotFound):
        cases.unpark_draft(uow, raised.secrets)
    with raised.as_(raised.reporter) as (uow, _):
        again, _ = cases.raise_concern(uow, raised.token, raised.secrets, raised.generation, raised.concern)
    assert again is None


def test_stopping_and_coming_back_brings_everything_with_it_once(trust: Trust) -> None:
    token = started(trust)
    with trust.work(trust.visitor) as uow:
        cases.save_answers(uow, token, "story", {"text": "half a story"})
    secrets = secrets_of(trust, token)
    with trust.work(trust.visitor) as uow:
        cases.park_draft(uow, token, secrets)
    with trust.work(trust.visitor) as uow:
        back = cases.unpark_draft(uow, secrets)
    with trust.work(trust.visitor) as uow:
        assert cases.read_draft(uow, back).answers == {"story": {"text": "half a story"}}
        with pytest.raises(NotFound):
            cases.unpark_draft(uow, secrets)


def test_a_parked_draft_somebody_wrote_to_is_a_fault(trust: Trust) -> None:
    token = started(trust)
    secrets = secrets_of(trust, token)
    with trust.work(trust.visitor) as uow:
        cases.park_draft(uow, token, secrets)
    with trust.stored.unbound() as connection:
        connection.execute(sa.update(METADATA.tables["parked_draft"]).values(sealed=bytes(40)))
    with trust.work(trust.visitor) as uow, pytest.raises(IntegrityFault):
        cases.unpark_draft(uow, secrets)


def test_what_has_expired_is_swept_with_its_files_and_nothing_else(trust: Trust) -> None:
    kept, parked, expired = started(trust), started(trust), started(trust)
    secrets, files = secrets_of(trust, parked), {name: a_file() for name in ("kept", "parked", "expired")}
    for token, name in ((kept, "kept"), (parked, "parked"), (expired, "expired")):
        with trust.work(trust.visitor) as uow:
            cases.add_file(uow, token, files[name])
    with trust.work(trust.visitor) as uow:
        cases.park_draft(uow, parked, secrets)
    with trust.work(trust.visitor) as uow:
        uow.now += timedelta(hours=1, minutes=30)
        cases.save_answers(uow, kept, "story", {"text": "still writing"})
    with trust.work() as uow:
        uow.now += timedelta(hours=3)
        assert [row.id for row in cases.sweep_drafts(uow)] == [files["expired"].blob_id]
    with trust.work(trust.visitor) as uow:
        assert cases.read_draft(uow, kept).files == [files["kept"]]
        cases.unpark_draft(uow, secrets)
    with trust.work() as uow:
        uow.now += timedelta(days=9)
        assert {row.id for row in cases.sweep_drafts(uow)} == {files["kept"].blob_id, files["parked"].blob_id}


def test_deleting_a_draft_leaves_nothing_of_it(trust: Trust) -> None:
    token, stored = started(trust), a_file()
    with trust.work(trust.visitor) as uow:
        cases.add_file(uow, token, stored)
    with trust.work(trust.visitor) as uow:
        assert cases.delete_draft(uow, token) == [stored]
        assert cases.delete_draft(uow, token) == []
    with trust.work() as uow:
        assert uow.session.execute(sa.select(METADATA.tables["draft"])).all() == []
        assert uow.session.execute(sa.select(METADATA.tables["stored_blob"])).all() == []


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"narrative": "  "}, "narrative", "empty"),
        ({"narrative": "x" * 50_001}, "narrative", "too long"),
        ({"detriment": "x" * 50_001}, "detriment", "too long"),
        ({"person": cases.PersonDetails(name="x" * 50_001)}, "name", "too long"),
        ({"exclusions": cases.Exclusions(others="x" * 50_001)}, "others", "too long"),
        ({"work": cases.Work(worker_group="Anything I typed")}, "worker group", "not in the list"),
    ],
    ids=str,
)
def test_what_no_form_can_send_is_refused_and_nothing_is_kept(
    trust: Trust, change: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(Invalid) as refused:
        factories.raised_case(trust, **change)
    assert (refused.value.field, refused.value.reason) == (field, reason)
    with trust.work() as uow:
        assert uow.session.execute(sa.select(METADATA.tables["case"])).all() == []


def test_a_case_carries_no_more_files_than_the_organisation_allows(trust: Trust) -> None:
    with pytest.raises(Invalid) as refused:
        factories.raised_case(trust, files=[a_file() for _ in range(11)])
    assert (refused.value.field, refused.value.reason) == ("files", "too many")


def sized(size: int) -> cases.StoredFile:
    return cases.StoredFile(uuid.uuid4(), bytes(32), "a.txt", "text/plain", size, (), scanned=True)


def test_files_of_unsent_drafts_take_room_until_they_are_sent_removed_or_swept_away(trust: Trust) -> None:
    with trust.work(trust.visitor) as uow:
        whole = cases.room_for_files(uow)
    token = started(trust)
    for _ in range(2):
        with trust.work(trust.visitor) as uow:
            cases.add_file(uow, token, sized(1_000_000))
    with trust.work(trust.visitor) as uow:
        assert 2_000_000 <= whole - cases.room_for_files(uow) <= 2_240_000
        cases.remove_file(uow, token, 0)
    with trust.work(trust.visitor) as uow:
        assert whole - cases.room_for_files(uow) <= 1_120_000
    with trust.work() as uow:
        uow.now += timedelta(hours=3)
        assert len(cases.sweep_drafts(uow)) == 1
    with trust.work(trust.visitor) as uow:
        assert cases.room_for_files(uow) == whole


def test_what_was_put_aside_takes_no_room_from_what_is_being_written(
    trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "PARKED_LIMIT", 3_000_000)
    with trust.work(trust.visitor) as uow:
        whole = cases.room_for_files(uow)
    tokens = [started(trust) for _ in range(2)]
    for token in tokens:
        with trust.work(trust.visitor) as uow:
            cases.add_file(uow, token, sized(2_000_000))
    first, second = (secrets_of(trust, token) for token in tokens)
    with trust.work(trust.visitor) as uow:
        cases.park_draft(uow, tokens[0], first)
    with trust.work(trust.visitor) as uow, pytest.raises(Busy):
        cases.park_draft(uow, tokens[1], second)
    with trust.work(trust.visitor) as uow:
        assert not cases.read_draft(uow, tokens[1]).parked
        assert len(cases.read_draft(uow, tokens[1]).files) == 1
        assert 2_000_000 <= whole - cases.room_for_files(uow) <= 2_240_000


def test_when_files_were_put_aside_is_kept_no_closer_than_ten_minutes(trust: Trust) -> None:
    token = started(trust)
    with trust.work(trust.visitor) as uow:
        cases.add_file(uow, token, sized(1))
    secrets = secrets_of(trust, token)
    with trust.work(trust.visitor) as uow:
        cases.park_draft(uow, token, secrets)
    with trust.work(trust.visitor, writes=False) as uow:
        (until,) = uow.session.execute(sa.select(METADATA.tables["stored_blob"].c.expires_at)).scalars()
    assert (until.minute % 10, until.second, until.microsecond) == (0, 0, 0)
