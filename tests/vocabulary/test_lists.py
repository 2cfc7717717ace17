"""Codes that begin, are renamed and end; what a case shows of them, what they count as, and where charts break."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from speakup import audit, vocabulary
from speakup.audit import Event
from speakup.kernel.actor import Actor
from speakup.kernel.errors import Forbidden, Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.vocabulary import CodeDetails, CodeSet, ListChanged
from speakup.vocabulary.defaults import DEFAULTS
from tests.trusts import Trust

DAY = timedelta(days=1)


@pytest.fixture
def uow(trust: Trust) -> Iterator[UnitOfWork]:
    """One unit of work of the administrator's."""
    with trust.work(trust.administrator) as opened:
        yield opened


def details(uow: UnitOfWork, name: str, counts_as: str = "", after: int = 0) -> CodeDetails:
    return CodeDetails(name, counts_as, uow.today + after * DAY)


def named(uow: UnitOfWork, which: CodeSet, on: date) -> list[str]:
    return [code.name for code in vocabulary.codes(uow, which, on)]


def entry(uow: UnitOfWork, which: CodeSet, key: str) -> vocabulary.Entry:
    return next(each for each in vocabulary.entries(uow, which) if each.key == key)


def porters(uow: UnitOfWork, after: int = 0) -> str:
    return vocabulary.add_code(uow, CodeSet.WORKER_GROUP, details(uow, "Porters", "estates", after)).key


def test_a_case_keeps_its_code_and_shows_the_name_the_code_had_on_its_day(uow: UnitOfWork) -> None:
    assert vocabulary.change_code(uow, CodeSet.THEME, "systems", details(uow, "How things are organised", after=5))
    for later, name in ((0, "Systems and process"), (4, "Systems and process"), (5, "How things are organised")):
        day = uow.today + later * DAY
        assert vocabulary.names(uow, CodeSet.THEME, day)["systems"] == name
        assert name in named(uow, CodeSet.THEME, day)
    assert vocabulary.names(uow, CodeSet.THEME)["systems"] == "Systems and process"


def test_row_7_a_set_changes_in_the_middle_of_a_year_old_cases_keep_old_codes_and_the_chart_breaks(
    uow: UnitOfWork,
) -> None:
    before = vocabulary.breaks(uow, CodeSet.THEME)
    vocabulary.end_code(uow, CodeSet.THEME, "systems", uow.today + 9 * DAY)
    added = vocabulary.add_code(uow, CodeSet.THEME, details(uow, "Waiting times", after=10)).key
    assert before == []
    assert vocabulary.breaks(uow, CodeSet.THEME) == [uow.today + 10 * DAY]
    old, new = (uow.today + later * DAY for later in (9, 10))
    assert vocabulary.require_code(uow, CodeSet.THEME, "systems", old) == "systems"
    for refused, day in ((added, old), ("systems", new)):
        with pytest.raises(Invalid):
            vocabulary.require_code(uow, CodeSet.THEME, refused, day)
    assert vocabulary.names(uow, CodeSet.THEME, new)["systems"] == "Systems and process"


def test_the_national_elements_break_on_the_day_the_behaviours_were_split(uow: UnitOfWork) -> None:
    assert vocabulary.breaks(uow, CodeSet.ELEMENT) == [date(2022, 4, 1)]
    vocabulary.add_code(uow, CodeSet.ELEMENT, details(uow, "Element of racism", "other_behaviours"))
    assert vocabulary.breaks(uow, CodeSet.ELEMENT) == [date(2022, 4, 1), uow.today]
    assert vocabulary.breaks(uow, CodeSet.ELEMENT, nationally=True) == [date(2022, 4, 1)]


def test_sexual_harassment_is_a_heading_of_its_own_from_the_day_of_the_act(uow: UnitOfWork) -> None:
    headings = CodeSet.QUALIFYING_HEADING
    assert len(vocabulary.codes(uow, headings, date(2026, 4, 5))) == 6
    assert len(vocabulary.codes(uow, headings, date(2026, 4, 6))) == 7
    assert vocabulary.breaks(uow, headings) == [date(2026, 4, 6)]


def test_a_new_name_alone_is_no_break(uow: UnitOfWork) -> None:
    vocabulary.change_code(uow, CodeSet.THEME, "systems", details(uow, "Systems", after=3))
    assert vocabulary.breaks(uow, CodeSet.THEME) == []


def test_row_8_not_known_is_always_there_and_cannot_be_renamed_moved_or_ended(uow: UnitOfWork) -> None:
    groups, key = CodeSet.WORKER_GROUP, vocabulary.NOT_KNOWN
    assert vocabulary.require_code(uow, groups, key) == key
    for change in (
        lambda: vocabulary.end_code(uow, groups, key, uow.today),
        lambda: vocabulary.change_code(uow, groups, key, details(uow, "Unknown", "other", after=1)),
        lambda: vocabulary.move_code_up(uow, groups, key),
    ):
        with pytest.raises(NotFound):
            change()
    assert vocabulary.require_code(uow, groups, key, uow.today + 9999 * DAY) == key


@pytest.mark.parametrize("which", [each for each in CodeSet if vocabulary.kept(each) is vocabulary.Keeping.FIXED])
def test_what_the_product_or_the_law_goes_by_is_fixed(uow: UnitOfWork, which: CodeSet) -> None:
    with pytest.raises(NotFound):
        vocabulary.add_code(uow, which, details(uow, "Another"))
    for code in vocabulary.codes(uow, which):
        with pytest.raises(NotFound):
            vocabulary.end_code(uow, which, code.key, uow.today)


def test_a_national_code_is_nobodys_to_change_here(uow: UnitOfWork) -> None:
    for which in (CodeSet.ELEMENT, CodeSet.WORKER_GROUP):
        assert not any(each.may_change for each in vocabulary.entries(uow, which))


def test_a_local_code_counts_nationally_as_what_it_is_mapped_to(uow: UnitOfWork) -> None:
    key = porters(uow)
    assert vocabulary.counts_as(uow, CodeSet.WORKER_GROUP)[key] == "estates"
    assert vocabulary.counts_as(uow, CodeSet.WORKER_GROUP)["medical_dental"] == "medical_dental"
    assert vocabulary.counts_as(uow, CodeSet.THEME)["systems"] == ""
    assert vocabulary.counts_as(uow, CodeSet.HOW_RAISED) == {"open": "", "confidential": "", "anonymous": "anonymous"}
    for counts_as, reason in (("", "empty"), ("nowhere", "not in the list"), (key, "not in the list")):
        with pytest.raises(Invalid) as refused:
            vocabulary.add_code(uow, CodeSet.WORKER_GROUP, details(uow, "Drivers", counts_as))
        assert (refused.value.field, refused.value.reason) == ("counts_as", reason)


def test_what_a_code_counts_as_can_be_put_right_from_its_first_day_while_its_names_stay(trust: Trust) -> None:
    with trust.work(trust.administrator) as uow:
        key = porters(uow)
        start = uow.today
        vocabulary.change_code(uow, CodeSet.WORKER_GROUP, key, details(uow, "Portering", "estates", after=2))
    with trust.work(trust.administrator) as later:
        later.now += 4 * DAY
        right = CodeDetails("Portering", "additional_clinical", start + DAY)
        assert vocabulary.change_code(later, CodeSet.WORKER_GROUP, key, right)
        said = [
            (row.valid_from - start, row.name, row.national_key) for row in entry(later, CodeSet.WORKER_GROUP, key).rows
        ]
    assert said == [
        (0 * DAY, "Porters", "estates"),
        (DAY, "Porters", "additional_clinical"),
        (2 * DAY, "Portering", "additional_clinical"),
    ]


def test_a_name_that_was_in_effect_never_changes(uow: UnitOfWork) -> None:
    for after in (-400, 0):
        with pytest.raises(Invalid) as refused:
            vocabulary.change_code(uow, CodeSet.THEME, "systems", details(uow, "Other words", after=after))
        assert (refused.value.field, refused.value.reason) == ("from_day", "past")
    with pytest.raises(Invalid) as refused:
        vocabulary.change_code(uow, CodeSet.THEME, "systems", CodeDetails("Other words", "", date(2001, 1, 1)))
    assert refused.value.reason == "not its days"


def test_a_planned_name_can_be_planned_anew_and_taken_back(uow: UnitOfWork) -> None:
    for after, name in ((5, "One"), (9, "Two"), (5, "Three")):
        vocabulary.change_code(uow, CodeSet.THEME, "systems", details(uow, name, after=after))
    rows = entry(uow, CodeSet.THEME, "systems").rows
    assert [(row.name, row.valid_from == uow.today + 5 * DAY) for row in rows] == [
        ("Systems and process", False),
        ("Three", True),
    ]
    assert rows[0].valid_to == uow.today + 4 * DAY
    vocabulary.change_code(uow, CodeSet.THEME, "systems", details(uow, "Systems and process", after=5))
    (row,) = entry(uow, CodeSet.THEME, "systems").rows
    assert row.valid_to is None
    assert not vocabulary.change_code(uow, CodeSet.THEME, "systems", details(uow, "Systems and process", after=5))


def test_an_end_can_be_set_moved_and_taken_back_until_it_has_come(trust: Trust) -> None:
    with trust.work(trust.administrator) as uow:
        today = uow.today
        vocabulary.change_code(uow, CodeSet.THEME, "systems", details(uow, "Systems", after=5))
        for last_day in (today + 9 * DAY, today + 3 * DAY, None, today):
            vocabulary.end_code(uow, CodeSet.THEME, "systems", last_day)
            assert entry(uow, CodeSet.THEME, "systems").last_day == last_day
        with pytest.raises(Invalid):
            vocabulary.end_code(uow, CodeSet.THEME, "systems", today - DAY)
    with trust.work(trust.administrator) as later:
        later.now += DAY
        with pytest.raises(NotFound):
            vocabulary.end_code(later, CodeSet.THEME, "systems", None)
        assert "systems" not in {code.key for code in vocabulary.codes(later, CodeSet.THEME)}
        assert vocabulary.names(later, CodeSet.THEME)["systems"] == "Systems and process"


def test_what_has_not_begun_is_taken_back_by_ending_it_before(uow: UnitOfWork) -> None:
    key = porters(uow, after=30)
    vocabulary.end_code(uow, CodeSet.WORKER_GROUP, key, uow.today)
    assert key not in {each.key for each in vocabulary.entries(uow, CodeSet.WORKER_GROUP)}


def test_two_codes_never_have_one_name_at_one_time(uow: UnitOfWork) -> None:
    for name, reason in (("  SYSTEMS and  process ", "taken"), (" ", "empty"), ("x" * 121, "too long")):
        with pytest.raises(Invalid) as refused:
            vocabulary.add_code(uow, CodeSet.THEME, details(uow, name))
        assert (refused.value.field, refused.value.reason) == ("name", reason)
    vocabulary.change_code(uow, CodeSet.THEME, "systems", details(uow, "Waiting", after=5))
    with pytest.raises(Invalid):
        vocabulary.add_code(uow, CodeSet.THEME, details(uow, "waiting"))


def test_a_new_code_stands_before_other_and_can_be_moved_up(uow: UnitOfWork) -> None:
    key = porters(uow)
    order = [code.key for code in vocabulary.codes(uow, CodeSet.WORKER_GROUP)]
    assert order[-4:] == ["students", key, "other", "not_known"]
    for _ in range(20):
        vocabulary.move_code_up(uow, CodeSet.WORKER_GROUP, key)
    assert next(code.key for code in vocabulary.codes(uow, CodeSet.WORKER_GROUP)) == key


def test_moving_up_passes_over_what_has_ended(trust: Trust) -> None:
    with trust.work(trust.administrator) as uow:
        vocabulary.end_code(uow, CodeSet.THEME, "behaviours", uow.today)
    with trust.work(trust.administrator) as later:
        later.now += DAY
        vocabulary.move_code_up(later, CodeSet.THEME, "bullying")
        assert [code.key for code in vocabulary.codes(later, CodeSet.THEME)][:2] == ["bullying", "patient_safety"]


def test_somebody_who_read_an_older_list_is_told_which_codes_changed(trust: Trust) -> None:
    with trust.work(trust.administrator) as uow:
        shown = vocabulary.fingerprint(vocabulary.entries(uow, CodeSet.THEME))
        vocabulary.hold_list(uow, CodeSet.THEME, shown)
        added = vocabulary.add_code(uow, CodeSet.THEME, details(uow, "Waiting times")).key
        vocabulary.change_code(uow, CodeSet.THEME, "systems", details(uow, "Systems", after=1))
    with trust.work(trust.administrator) as second:
        with pytest.raises(ListChanged) as told:
            vocabulary.hold_list(second, CodeSet.THEME, shown)
        assert told.value.keys == {added, "systems"}


def test_a_list_in_another_order_is_another_list(uow: UnitOfWork) -> None:
    shown = vocabulary.fingerprint(vocabulary.entries(uow, CodeSet.THEME))
    vocabulary.move_code_up(uow, CodeSet.THEME, "systems")
    with pytest.raises(ListChanged) as told:
        vocabulary.hold_list(uow, CodeSet.THEME, shown)
    assert told.value.keys == {"systems", "leadership"}


def test_every_change_is_recorded_and_nobody_but_an_administrator_makes_one(trust: Trust) -> None:
    with trust.work(trust.administrator) as uow:
        porters(uow)
    with trust.work(trust.guardian) as reader:
        found = audit.recent(reader, (Event.LIST_CHANGED,))
    assert [each.actor_id for each in found] == [trust.administrator.id]
    refused: list[Actor] = [each.actor for each in trust.people.values() if each is not trust.administrator]
    for actor in (*refused, trust.visitor):
        with trust.work(actor) as other, pytest.raises(Forbidden):
            porters(other)


def test_one_organisations_codes_are_not_anothers(trust: Trust, other_trust: Trust) -> None:
    with trust.work(trust.administrator) as uow:
        key = porters(uow)
    with other_trust.work() as other:
        assert key not in vocabulary.names(other, CodeSet.WORKER_GROUP)


def test_adopting_the_lists_again_adds_nothing(trust: Trust) -> None:
    with trust.work() as uow:
        assert vocabulary.adopt_defaults(uow) == 0


def test_guardians_can_see_what_has_changed_and_will(trust: Trust) -> None:
    with trust.work(trust.administrator) as uow:
        key = porters(uow, after=3)
        vocabulary.change_code(uow, CodeSet.THEME, "systems", details(uow, "Systems", after=9))
        yesterday = uow.today - DAY
    with trust.work(trust.guardian) as guardian:
        changed = [(which, each.key) for which, each in vocabulary.changes_since(guardian, yesterday)]
    assert changed == [(CodeSet.THEME, "systems"), (CodeSet.WORKER_GROUP, key)]


def test_every_question_about_the_person_keeps_not_asked_apart_from_prefer_not_to_say() -> None:
    for which in vocabulary.ANSWERS.values():
        keys = {each.key for each in DEFAULTS if each.set is which}
        assert {vocabulary.PREFER_NOT, vocabulary.NOT_ASKED} < keys
    questions = {each.key for each in DEFAULTS if each.set is CodeSet.CHARACTERISTIC}
    assert questions == set(vocabulary.ANSWERS)
    assert sum(each.set is CodeSet.ETHNICITY for each in DEFAULTS) == 18 + 2
