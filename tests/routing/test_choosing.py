"""Who receives a concern, and who must never: the rules as a table, and as properties over every possible team."""

import uuid
from collections import Counter
from dataclasses import replace
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speakup.kernel.actor import Role
from speakup.routing import Choice, Concern, Receiver, Rule, Subject, Why, barred_roles, choose, turns

GAIL, HUGH, LENA, NADIA, BEA, BEN = (uuid.UUID(int=n) for n in range(1, 7))
SURGERY, THEATRES = uuid.UUID(int=100), uuid.UUID(int=200)
MAIN_SITE = uuid.UUID(int=300)
TEAM = {Role.GUARDIAN, Role.LEAD_GUARDIAN}


def somebody(who: uuid.UUID, role: Role, *, load: int = 0, absent: bool = False) -> Receiver:
    return Receiver(who, frozenset({role}), absent, load)


EVERYBODY = [
    somebody(GAIL, Role.GUARDIAN, load=1),
    somebody(HUGH, Role.GUARDIAN, load=5),
    somebody(LENA, Role.LEAD_GUARDIAN, load=9),
    somebody(NADIA, Role.NON_EXECUTIVE_LEAD),
    somebody(BEA, Role.BUDDY_GUARDIAN),
]
TO_HUGH = Rule(SURGERY, None, HUGH, LENA)
TO_LENA = Rule(None, MAIN_SITE, LENA, None)


@pytest.mark.parametrize(
    ("concern", "rules", "chosen"),
    [
        (Concern(), [], (GAIL, HUGH, Why.FALLBACK)),
        (Concern(SURGERY), [TO_HUGH], (HUGH, LENA, Why.RULE)),
        (Concern(THEATRES), [TO_HUGH], (GAIL, HUGH, Why.FALLBACK)),
        (Concern(THEATRES, MAIN_SITE), [TO_HUGH, TO_LENA], (LENA, GAIL, Why.RULE)),
        (Concern(SURGERY, MAIN_SITE), [TO_HUGH, TO_LENA], (HUGH, LENA, Why.RULE)),
        # The cover of a rule stands in for its primary; with neither, the next rule is asked.
        (Concern(SURGERY, excluded=frozenset({HUGH})), [TO_HUGH], (LENA, GAIL, Why.RULE)),
        (Concern(SURGERY, excluded=frozenset({HUGH, LENA})), [TO_HUGH], (GAIL, NADIA, Why.FALLBACK)),
        (Concern(SURGERY, excluded=frozenset({LENA})), [TO_HUGH], (HUGH, GAIL, Why.RULE)),
        (Concern(excluded=frozenset({GAIL, HUGH})), [], (LENA, NADIA, Why.FALLBACK)),
        (Concern(team_excluded=True), [TO_HUGH], (NADIA, BEA, Why.TEAM_EXCLUDED)),
        (Concern(team_excluded=True, excluded=frozenset({NADIA})), [], None),
        (Concern(subject=Subject.GUARDIAN), [], (NADIA, BEA, Why.ABOUT_A_GUARDIAN)),
        (Concern(subject=Subject.GUARDIAN, excluded=frozenset({GAIL})), [], (HUGH, LENA, Why.FALLBACK)),
        # Somebody was named, but no guardian: then it may be about any of them.
        (Concern(subject=Subject.GUARDIAN, excluded=frozenset({BEN})), [], (NADIA, BEA, Why.ABOUT_A_GUARDIAN)),
        (Concern(SURGERY, subject=Subject.EXECUTIVE), [TO_HUGH], (HUGH, NADIA, Why.RULE)),
        (Concern(subject=Subject.EXECUTIVE), [], (GAIL, NADIA, Why.FALLBACK)),
        (Concern(subject=Subject.CHAIR, excluded=frozenset({GAIL, HUGH})), [], (LENA, BEA, Why.FALLBACK)),
        (Concern(subject=Subject.CHAIR, team_excluded=True), [], None),
    ],
)
def test_the_table_of_who_receives(concern: Concern, rules: list[Rule], chosen: tuple[uuid.UUID, ...] | None) -> None:
    assert choose(concern, rules, EVERYBODY) == (Choice(*chosen) if chosen else None)  # type: ignore[arg-type]


def test_somebody_away_receives_nothing_and_their_rule_falls_to_the_next() -> None:
    away = [replace(each, absent=each.person_id == HUGH) for each in EVERYBODY]
    assert choose(Concern(SURGERY, MAIN_SITE), [TO_HUGH, TO_LENA], away) == Choice(LENA, GAIL, Why.RULE)


def test_a_rule_that_names_somebody_nobody_vouched_for_is_passed_over() -> None:
    assert choose(Concern(SURGERY), [Rule(SURGERY, None, BEN, BEN)], EVERYBODY) == Choice(GAIL, HUGH, Why.FALLBACK)


def test_load_is_shared() -> None:
    busy = [replace(each, open_cases=50) if each.person_id == GAIL else each for each in EVERYBODY]
    assert choose(Concern(), [], busy) == Choice(HUGH, LENA, Why.FALLBACK)


@given(st.dictionaries(st.uuids(), st.integers(0, 500), max_size=9), st.binary(max_size=40))
def test_a_lot_always_draws_the_same_turns_whoever_else_is_there(loads: dict[uuid.UUID, int], lot: bytes) -> None:
    drawn = turns(loads, lot)
    assert drawn == turns(dict(reversed(loads.items())), lot)
    assert drawn.keys() == loads.keys()
    assert all(0 <= turn < inf for turn in drawn.values())


def test_fewer_open_cases_make_an_early_turn_likelier_and_never_certain() -> None:
    drawn = (turns({GAIL: 8, HUGH: 4, LENA: 0}, lot.to_bytes(2, "big")) for lot in range(3000))
    first = Counter(min(each, key=each.__getitem__) for each in drawn)
    # The chances are 1 : 5 : 9; five standard deviations of 3,000 draws are below 140.
    assert [abs(first[who] - share) < 140 for who, share in ((GAIL, 200), (HUGH, 1000), (LENA, 1800))] == [True] * 3


def test_a_turn_decides_among_those_who_may_receive_and_nobody_else() -> None:
    drawn = [replace(each, turn=-1.0 if each.person_id in {LENA, BEA} else 0.0) for each in EVERYBODY]
    assert choose(Concern(), [], drawn) == Choice(LENA, GAIL, Why.FALLBACK)


def test_rules_come_back_from_the_key_log_as_they_went_in() -> None:
    assert [Rule.from_plain(each.plain()) for each in (TO_HUGH, TO_LENA)] == [TO_HUGH, TO_LENA]


PEOPLE = [GAIL, HUGH, LENA, NADIA, BEA, BEN]
PLACES = st.sampled_from([None, SURGERY, THEATRES])
ROLES = st.frozensets(
    st.sampled_from([Role.GUARDIAN, Role.LEAD_GUARDIAN, Role.NON_EXECUTIVE_LEAD, Role.BUDDY_GUARDIAN]), min_size=1
)
RECEIVERS = st.lists(
    st.builds(Receiver, st.sampled_from(PEOPLE), ROLES, st.booleans(), st.integers(0, 3)),
    unique_by=lambda each: each.person_id,
)
CONCERNS = st.builds(
    Concern, PLACES, PLACES, st.frozensets(st.sampled_from(PEOPLE)), st.booleans(), st.sampled_from(Subject)
)
RULES = st.lists(st.builds(Rule, PLACES, PLACES, st.sampled_from(PEOPLE), st.none() | st.sampled_from(PEOPLE)))


@settings(max_examples=400)
@given(CONCERNS, RULES, RECEIVERS)
def test_nobody_who_must_not_ever_receives(concern: Concern, rules: list[Rule], receivers: list[Receiver]) -> None:
    choice = choose(concern, rules, receivers)
    if choice is None:
        return
    by_id = {each.person_id: each for each in receivers}
    chosen = [by_id[choice.primary], by_id[choice.cover]]
    assert choice.primary != choice.cover
    assert not any(each.absent for each in chosen)
    assert not {choice.primary, choice.cover} & concern.excluded
    if concern.team_excluded:
        assert not any(each.roles & TEAM for each in chosen)
    if concern.subject is Subject.CHAIR:
        assert not any(Role.NON_EXECUTIVE_LEAD in each.roles for each in chosen)
    team = {each.person_id for each in receivers if each.roles & TEAM}
    if concern.subject is Subject.GUARDIAN and not concern.excluded & team:
        assert not any(each.roles & TEAM for each in chosen)
    # Nobody who was chosen is barred from what they were chosen for.
    assert not any(each.roles & barred_roles(concern.subject, choice.why, executives=False) for each in chosen)


@settings(max_examples=200)
@given(CONCERNS, RULES, RECEIVERS)
def test_the_choice_does_not_hang_on_the_order_people_are_listed_in(
    concern: Concern, rules: list[Rule], receivers: list[Receiver]
) -> None:
    assert choose(concern, rules, receivers) == choose(concern, rules, receivers[::-1])


@settings(max_examples=200)
@given(RULES, RECEIVERS)
def test_two_able_members_of_the_team_are_always_enough(rules: list[Rule], receivers: list[Receiver]) -> None:
    able = [each for each in receivers if not each.absent and each.roles & TEAM]
    assert (choose(Concern(), rules, receivers) is not None) or len(able) < 2
