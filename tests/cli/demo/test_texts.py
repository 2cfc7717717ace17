"""The invented content: complete, repeatable, plain, and about nobody real."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import accumulate, chain
from random import Random

import pytest

from speakup.cli.demo import texts
from speakup.cli.demo.texts import Composer, Content, DemoCase, How, Kind, Scenario, State
from speakup.kernel.actor import Role
from speakup.policy import GRANTS, Permission
from speakup.vocabulary.defaults import DEFAULTS
from speakup.vocabulary.models import CodeSet

START, END = date(2023, 11, 22), date(2026, 11, 21)
SEED = 20
COUNTS = {"anytown": 180, "otherham": 120}
OUR_WORDS_NEVER = re.compile(r"victim|allegation|allege|complainant|whistle-?blow", re.IGNORECASE)
REAL_PLACES = (
    "Addenbrooke", "Alder Hey", "Barts", "Bedford", "Birmingham", "Blackpool", "Bradford", "Bristol", "Cardiff",
    "Christie", "Coventry", "Derby", "Guy's", "Imperial", "Leeds", "Leicester", "Liverpool", "Manchester", "Morecambe",
    "Newcastle", "Norfolk", "Nottingham", "Oxford", "Plymouth", "Rotherham", "Royal Free", "Salisbury", "Sheffield",
    "Shrewsbury", "Southampton", "St George", "St Thomas", "Sussex", "Swansea", "Telford", "Wigan", "Worcester",
)  # fmt: skip
REAL_SYSTEMS = (
    "Datix",
    "Ulysses",
    "SystmOne",
    "EMIS",
    "Cerner",
    "Allocate",
    "WhatsApp",
    "Facebook",
    "Guardian Service",
)
DRAMA_NUMBER = re.compile(r"01632 960\d{3}|07700 900\d{3}")
NUMBER_LIKE = re.compile(r"(?:\+44|\b0)[\d ]{8,}\d")


@pytest.fixture(scope="module")
def content() -> Content:
    return texts.load()


@pytest.fixture(scope="module")
def told() -> dict[str, list[DemoCase]]:
    return {trust: list(texts.cases(SEED, trust, count, START, END)) for trust, count in COUNTS.items()}


@pytest.fixture(scope="module")
def every(told: dict[str, list[DemoCase]]) -> list[DemoCase]:
    return list(chain.from_iterable(told.values()))


def words_of_scenario(scenario: Scenario) -> Iterator[str]:
    yield from (scenario.title, scenario.wants, scenario.narrative, scenario.about_detriment, scenario.keep_out_words)
    yield from scenario.openings
    yield from (turn.text for turn in scenario.story)
    yield from words_of_closure(scenario.closure)


def words_of_closure(closure: texts.Closure) -> Iterator[str]:
    yield from (closure.done, closure.told, closure.feedback, closure.unsatisfied_reason)


def words_of_case(case: DemoCase) -> Iterator[str]:
    yield from (case.narrative, case.title, case.wants, case.about_detriment, case.excluded_words)
    yield from (event.text for event in case.events)
    if case.closure:
        yield from (case.closure.done, case.closure.told, case.closure.feedback, case.closure.unsatisfied_reason)


def everything_written(content: Content) -> Iterator[str]:
    yield from chain.from_iterable(map(words_of_scenario, content.scenarios))
    for ending in content.endings:
        yield from (turn.text for turn in ending.story)
        yield from words_of_closure(ending.closure)
    yield from chain.from_iterable(content.phrases.values())
    for trust in (*content.trusts.values(), texts.neighbour()):
        yield from (str(trust), trust.name)


def codes(which: CodeSet) -> set[str]:
    return {default.key for default in DEFAULTS if default.set is which}


def test_the_same_seed_tells_the_same_cases_and_another_seed_tells_others(told: dict[str, list[DemoCase]]) -> None:
    again = list(texts.cases(SEED, "otherham", COUNTS["otherham"], START, END))
    other = list(texts.cases(SEED + 1, "otherham", COUNTS["otherham"], START, END))
    assert again == told["otherham"]
    assert other != told["otherham"]


@pytest.mark.parametrize("trust", COUNTS)
def test_as_many_cases_come_as_were_asked_for_in_the_order_they_were_raised(
    told: dict[str, list[DemoCase]], trust: str
) -> None:
    days = [case.raised_on for case in told[trust]]
    assert len(days) == COUNTS[trust]
    assert days == sorted(days)
    assert days[0] >= START
    assert days[-1] <= END


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("trust", COUNTS)
def test_no_two_cases_of_a_trust_tell_the_same_story_in_the_same_words(trust: str, seed: int) -> None:
    narratives = [case.narrative for case in texts.cases(seed, trust, 300, START, END)]
    assert len(set(narratives)) == 300


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("trust", "count"), COUNTS.items())
def test_no_story_is_told_twice_in_a_trust(trust: str, count: int, seed: int) -> None:
    told = Counter(case.scenario for case in texts.cases(SEED + seed, trust, count, START, END))
    assert {scenario: times for scenario, times in told.items() if times > 1} == {}


def test_there_are_at_least_a_hundred_and_ninety_scenarios_with_keys_of_their_own(content: Content) -> None:
    keys = [scenario.key for scenario in content.scenarios]
    assert len(keys) >= 190
    assert len(set(keys)) == len(keys)


def test_every_mark_in_every_text_is_filled(every: list[DemoCase]) -> None:
    for case in every:
        for text in words_of_case(case):
            assert not re.search(r"[{}|]", text), f"{case.scenario}: {text}"


def test_no_mark_is_left_open(content: Content) -> None:
    for text in everything_written(content):
        depths = list(accumulate((letter == "{") - (letter == "}") for letter in text))
        assert not depths or (min(depths) == depths[-1] == 0), text


def test_narratives_are_as_long_as_people_write(content: Content, every: list[DemoCase]) -> None:
    lengths = [len(case.narrative.split()) for case in every]
    assert max(lengths) <= 250
    assert sum(length >= 40 for length in lengths) > 0.85 * len(lengths)


def test_a_story_that_asks_for_certain_given_names_asks_for_listed_ones(content: Content) -> None:
    for scenario in content.scenarios:
        assert set(scenario.given_names) <= set(content.given_names), scenario.key


def test_codes_are_those_of_the_vocabulary(content: Content, every: list[DemoCase]) -> None:
    for case in every:
        assert set(case.elements) <= codes(CodeSet.ELEMENT)
        assert set(case.themes) <= codes(CodeSet.THEME)
        assert case.worker_group in codes(CodeSet.WORKER_GROUP)
        assert str(case.how) in codes(CodeSet.HOW_RAISED)
    for ending in content.endings:
        assert set(ending.not_about) <= codes(CodeSet.THEME)
    closures = [*(s.closure for s in content.scenarios), *(ending.closure for ending in content.endings)]
    assert {closure.outcome for closure in closures} == codes(CodeSet.OUTCOME)
    assert {closure.satisfied for closure in closures} == {"yes", "no", "not_known"}
    assert {closure.again for closure in closures} == {"yes", "no", "maybe", "dont_know", None}
    for trust in content.trusts.values():
        assert set(trust.staff_groups) == codes(CodeSet.WORKER_GROUP) - {"not_known"}


def test_who_is_not_satisfied_says_why(content: Content) -> None:
    for scenario in content.scenarios:
        assert bool(scenario.closure.unsatisfied_reason) == (scenario.closure.satisfied == "no"), scenario.key


def test_every_scenario_has_a_conversation_both_ways_and_a_note_or_a_step(content: Content) -> None:
    for scenario in content.scenarios:
        kinds = Counter(turn.kind for turn in scenario.story)
        silent = scenario.closure.outcome == "no_contact"
        assert scenario.story[0].kind is Kind.GUARDIAN, scenario.key
        assert 2 <= kinds[Kind.GUARDIAN] <= 8, scenario.key
        assert silent or 1 <= kinds[Kind.WORKER] <= 8, scenario.key
        assert 1 <= kinds[Kind.NOTE] + kinds[Kind.PASSED_ON] <= 4, scenario.key


def test_anonymous_is_a_tenth_to_a_fifth_and_most_are_confidential(told: dict[str, list[DemoCase]]) -> None:
    for cases in told.values():
        ways = Counter(case.how for case in cases)
        assert 0.10 <= ways[How.ANONYMOUS] / len(cases) <= 0.20
        assert ways[How.CONFIDENTIAL] > len(cases) / 2


def test_who_is_anonymous_has_no_name_and_is_not_greeted_by_one(every: list[DemoCase]) -> None:
    for case in every:
        assert (case.reporter is None) == (case.how is How.ANONYMOUS)
        if case.reporter is None:
            guardian = " ".join(event.text for event in case.events if event.kind is Kind.GUARDIAN)
            assert not re.match(r"(Dear|Hi) ", guardian)


def test_everybody_who_gives_a_name_is_somebody_else(told: dict[str, list[DemoCase]]) -> None:
    for cases in told.values():
        names = [case.reporter.name for case in cases if case.reporter]
        assert len(set(names)) == len(names)


def test_reporters_never_give_a_work_address(content: Content, every: list[DemoCase]) -> None:
    domains = {trust.staff_mail_domains for trust in content.trusts.values()}
    for case in every:
        if case.reporter and "@" in case.reporter.contact:
            assert re.fullmatch(r"[a-z.]+@example\.org", case.reporter.contact)
            assert case.reporter.contact.split("@")[1] not in domains


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("trust", "count"), COUNTS.items())
def test_more_people_speak_up_from_january_to_march_and_more_each_year(trust: str, count: int, seed: int) -> None:
    days = [case.raised_on for case in texts.cases(seed, trust, count, START, END)]
    quarters = Counter((day.year, (day.month - 1) // 3) for day in days)
    for year in (2024, 2025, 2026):
        assert quarters[year, 0] > max(quarters[year, 1], quarters[year, 2])
    assert quarters[2024, 0] < quarters[2025, 0] < quarters[2026, 0]


def test_nothing_happens_after_the_end_and_guardians_work_on_weekdays(every: list[DemoCase]) -> None:
    for case in every:
        days = [event.on for event in case.events]
        assert days == sorted(days)
        assert all(case.raised_on <= day <= END for day in days)
        assert all((event.on - case.raised_on).days == event.day for event in case.events)
        assert all(event.on.weekday() < 5 for event in case.events if event.kind is not Kind.WORKER)
        if case.closure:
            assert (days[-1] if days else case.raised_on) <= case.closure.on <= END
            assert case.closure.feedback_on is None or case.closure.on <= case.closure.feedback_on <= END


def test_old_cases_are_closed_and_the_worklist_shows_every_state(told: dict[str, list[DemoCase]]) -> None:
    states = Counter(case.state for cases in told.values() for case in cases)
    assert set(states) == set(State)
    for cases in told.values():
        assert 0.75 <= sum(case.state is State.CLOSED for case in cases) / len(cases) <= 0.93
        assert any(case.state is State.NEW and (END - case.raised_on).days > 2 for case in cases)
        assert all(case.state is State.CLOSED for case in cases if (END - case.raised_on).days > 500)


def test_some_people_keep_somebody_out_and_never_everybody(content: Content) -> None:
    for trust in content.trusts.values():
        cases = list(texts.cases(SEED, trust.key, 300, START, END))
        assert 2 <= sum(bool(case.excluded) for case in cases) <= 30
        vouched = {
            person.key
            for role in ("guardian", "buddy_guardian", "non_executive_lead")
            for person in trust.people_with(role)
        }
        assert all(len(vouched - set(case.excluded)) >= 2 for case in cases)
        assert {case.subject for case in cases} >= {None, "guardian", "executive"}


def test_a_keys_directorate_site_and_people_exist(content: Content, every: list[DemoCase]) -> None:
    for case in every:
        trust = content.trusts[case.trust]
        assert case.directorate in {directorate.key for directorate in trust.directorates}
        assert case.site in {site.key for site in trust.sites}
        assert set(case.excluded) <= {person.key for person in trust.people}


@pytest.mark.parametrize("trust", COUNTS)
def test_a_trust_has_people_in_every_role_and_each_directorate_a_guardian(content: Content, trust: str) -> None:
    shown = content.trusts[trust]
    roles = set(chain.from_iterable(person.roles for person in shown.people))
    assert roles <= {str(role) for role in Role}
    assert roles >= {"guardian", "lead_guardian", "non_executive_lead", "buddy_guardian", "administrator"}
    assert roles >= {"executive_lead", "board_member", "board_secretary", "recovery_officer"}
    assert len(shown.people_with("executive")) == 3
    assert len(shown.people_with("caldicott_guardian")) == 1
    looked_after = Counter(chain.from_iterable(person.looks_after for person in shown.people))
    assert looked_after == Counter(directorate.key for directorate in shown.directorates)


def test_an_administrator_is_never_anybody_who_may_read_a_case(content: Content) -> None:
    readers = {str(role) for role, may in GRANTS.items() if Permission.CASE_READ in may}
    for trust in content.trusts.values():
        for person in trust.people_with("administrator"):
            assert not readers.intersection(person.roles)


def test_a_buddy_guardian_is_a_guardian_of_the_other_trust(content: Content) -> None:
    anytown, otherham = content.trusts.values()
    for here, there in ((anytown, otherham), (otherham, anytown)):
        (buddy,) = here.people_with("buddy_guardian")
        (same,) = (person for person in there.people_with("guardian") if person.key == buddy.key)
        assert (same.name, same.email) == (buddy.name, buddy.email)


def test_guardians_of_the_neighbour_are_guardians_of_a_trust(content: Content) -> None:
    known = {
        person.key: (person.name, person.email)
        for trust in content.trusts.values()
        for person in trust.people_with("guardian")
    }
    neighbour = texts.neighbour()
    assert {person.key: (person.name, person.email) for person in neighbour.people}.items() <= known.items()
    looked_after = Counter(chain.from_iterable(person.looks_after for person in neighbour.people))
    assert looked_after == Counter(directorate.key for directorate in neighbour.directorates)
    everybody = sum(directorate.headcount for directorate in neighbour.directorates)
    assert everybody == sum(site.headcount for site in neighbour.sites) == sum(neighbour.staff_groups.values())


def test_headcounts_add_up_and_some_workplaces_are_small(content: Content) -> None:
    for trust in content.trusts.values():
        directorates = sum(directorate.headcount for directorate in trust.directorates)
        assert directorates == sum(site.headcount for site in trust.sites) == sum(trust.staff_groups.values())
        assert sum(site.headcount < 30 for site in trust.sites) == 2
        assert any(directorate.headcount < 30 for directorate in trust.directorates)
        assert any(count < 30 for count in trust.staff_groups.values())


def test_every_telephone_number_is_kept_for_drama(content: Content, every: list[DemoCase]) -> None:
    contacts = (case.reporter.contact for case in every if case.reporter and "@" not in case.reporter.contact)
    for text in chain(everything_written(content), contacts):
        for number in NUMBER_LIKE.findall(text):
            assert DRAMA_NUMBER.fullmatch(number), number
    assert DRAMA_NUMBER.search(str(content.trusts["anytown"]))


def test_nobody_and_nowhere_real_is_named(content: Content) -> None:
    names = re.compile(rf"\b({'|'.join(map(re.escape, (*REAL_PLACES, *REAL_SYSTEMS)))})")
    for text in everything_written(content):
        assert not names.search(text), names.search(text)


def test_no_case_names_anybody_from_the_lists_of_people(content: Content, every: list[DemoCase]) -> None:
    surnames = {person.name.split()[-1] for trust in content.trusts.values() for person in trust.people}
    surnames |= set(content.family_names)
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, surnames))})\b")
    for case in every:
        for text in words_of_case(case):
            assert not pattern.search(text), f"{case.scenario}: {pattern.search(text)}"


def test_reporters_and_staff_share_no_family_name(content: Content) -> None:
    staff = {person.name.split()[-1] for trust in content.trusts.values() for person in trust.people}
    assert not staff.intersection(content.family_names)


def test_we_never_use_the_words_that_frighten_people(content: Content) -> None:
    for text in everything_written(content):
        assert not OUR_WORDS_NEVER.search(text), text


def test_no_patient_can_be_recognised_by_a_number(every: list[DemoCase]) -> None:
    for case in every:
        for text in words_of_case(case):
            assert not re.search(r"\b\d{3} ?\d{3} ?\d{4}\b", text.replace("01632 960", "").replace("07700 900", ""))


def test_when_every_story_has_been_told_more_cases_are_refused_and_not_repeated(content: Content) -> None:
    one = next(scenario for scenario in content.scenarios if scenario.key == "controlled-drugs-count")
    one = replace(one, openings=(), narrative="Nobody came.", raised=(1, 1, 1))
    composer = Composer(replace(content, scenarios=(one,)), content.trusts["anytown"], Random(SEED), END)
    assert composer.compose(START, How.OPEN).narrative == "Nobody came."
    with pytest.raises(ValueError, match="no untold narrative"):
        composer.compose(START, How.OPEN)
