"""Who receives a concern, and who must never: the rules as a table, and as properties over every possible team."""

import json
import uuid
from collections import Counter
from dataclasses import replace
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speakup.kernel.actor import Role
from speakup.kernel.errors import IntegrityFault
from speakup.routing import Choice, Concern, Receiver, Rule, Subject, Why, barred_roles, choose, in_force, turns

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
def test_the_table_of_who_receives(
    concern: Concern, rules: list[Rule], chosen: tuple[uuid.UUID, uuid.UUID, Why] | None
) -> None:
    choice = choose(concern, rules, EVERYBODY)
    assert ((choice.primary, choice.cover, choice.why) if choice else None) == chosen


def test_somebody_away_receives_nothing_and_their_rule_falls_to_the_next() -> None:
    away = [replace(each, absent=each.person_id == HUGH) for each in EVERYBODY]
    assert choose(Concern(SURGERY, MAIN_SITE), [TO_HUGH, TO_LENA], away) == Choice(LENA, GAIL, Why.RULE, 1)


def test_a_rule_that_names_somebody_nobody_vouched_for_is_passed_over() -> None:
    assert choose(Concern(SURGERY), [Rule(SURGERY, None, BEN, BEN)], EVERYBODY) == Choice(GAIL, HUGH, Why.FALLBACK)


ESTATES, NURSES = "estates_ancillary", "nursing_midwifery"
NURSES_TO_LENA = Rule(None, None, LENA, None, worker_group=NURSES)
POLISH_TO_HUGH = Rule(None, None, HUGH, None, languages=("Polish", "polski"))
CHIEFS_TO_BEA = Rule(None, None, BEA, GAIL, subject=Subject.EXECUTIVE)
GUARDIANS_TO_BEA = Rule(None, None, BEA, None, subject=Subject.GUARDIAN)
CHAIR_TO_BEA = Rule(None, None, BEA, LENA, subject=Subject.CHAIR)
SHARED = Rule(SURGERY, None, LENA, None, others=(HUGH,))
SHARED_WITH_COVER = Rule(SURGERY, None, LENA, NADIA, others=(HUGH,))


@pytest.mark.parametrize(
    ("concern", "rules", "chosen"),
    [
        (Concern(worker_group=NURSES), [NURSES_TO_LENA], (LENA, GAIL, Why.RULE, 1)),
        (Concern(worker_group=ESTATES), [NURSES_TO_LENA], (GAIL, HUGH, Why.FALLBACK, None)),
        (Concern(), [NURSES_TO_LENA], (GAIL, HUGH, Why.FALLBACK, None)),
        (Concern(language="I speak POLISH best"), [POLISH_TO_HUGH], (HUGH, GAIL, Why.RULE, 1)),
        (Concern(language="język: Polski"), [NURSES_TO_LENA, POLISH_TO_HUGH], (HUGH, GAIL, Why.RULE, 2)),
        (Concern(language="polish-ish"), [POLISH_TO_HUGH], (HUGH, GAIL, Why.RULE, 1)),
        (Concern(language="Polishing"), [POLISH_TO_HUGH], (GAIL, HUGH, Why.FALLBACK, None)),
        (Concern(), [POLISH_TO_HUGH], (GAIL, HUGH, Why.FALLBACK, None)),
        # A rule that names several things wants all of them.
        (
            Concern(SURGERY, worker_group=NURSES),
            [replace(TO_HUGH, worker_group=ESTATES)],
            (GAIL, HUGH, Why.FALLBACK, None),
        ),
        (Concern(SURGERY, worker_group=ESTATES), [replace(TO_HUGH, worker_group=ESTATES)], (HUGH, LENA, Why.RULE, 1)),
        # Said of executives, a rule's own cover stands; said of no subject, the non-executive lead covers.
        (Concern(subject=Subject.EXECUTIVE), [CHIEFS_TO_BEA], (BEA, GAIL, Why.RULE, 1)),
        (Concern(SURGERY, subject=Subject.EXECUTIVE), [TO_HUGH, CHIEFS_TO_BEA], (HUGH, NADIA, Why.RULE, 1)),
        (Concern(), [CHIEFS_TO_BEA], (GAIL, HUGH, Why.FALLBACK, None)),
        # About an unnamed guardian nobody of the team is asked, and no other rule is.
        (Concern(subject=Subject.GUARDIAN), [TO_HUGH, GUARDIANS_TO_BEA], (BEA, NADIA, Why.ABOUT_A_GUARDIAN, 2)),
        (Concern(SURGERY, subject=Subject.GUARDIAN), [TO_HUGH], (NADIA, BEA, Why.ABOUT_A_GUARDIAN, None)),
        (Concern(subject=Subject.GUARDIAN, excluded=frozenset({GAIL})), [GUARDIANS_TO_BEA], (BEA, HUGH, Why.RULE, 1)),
        (
            Concern(subject=Subject.GUARDIAN, team_excluded=True),
            [GUARDIANS_TO_BEA],
            (NADIA, BEA, Why.TEAM_EXCLUDED, None),
        ),
        (Concern(subject=Subject.CHAIR), [CHAIR_TO_BEA], (BEA, LENA, Why.RULE, 1)),
        (Concern(subject=Subject.CHAIR), [replace(CHAIR_TO_BEA, primary=NADIA)], (LENA, GAIL, Why.RULE, 1)),
        # A set shares the load, each of them standing in for the other unless a cover is named.
        (Concern(SURGERY), [SHARED], (HUGH, LENA, Why.RULE, 1)),
        (Concern(SURGERY), [SHARED_WITH_COVER], (HUGH, NADIA, Why.RULE, 1)),
        (Concern(SURGERY, excluded=frozenset({HUGH})), [SHARED], (LENA, GAIL, Why.RULE, 1)),
        (Concern(SURGERY, excluded=frozenset({HUGH, LENA})), [SHARED_WITH_COVER], (NADIA, GAIL, Why.RULE, 1)),
        (Concern(SURGERY, excluded=frozenset({HUGH, LENA})), [SHARED, TO_LENA], (GAIL, NADIA, Why.FALLBACK, None)),
    ],
)
def test_the_table_of_everything_a_rule_may_say(
    concern: Concern, rules: list[Rule], chosen: tuple[uuid.UUID, uuid.UUID, Why, int | None]
) -> None:
    assert choose(concern, rules, EVERYBODY) == Choice(*chosen)


def away(who: uuid.UUID, stand_in: uuid.UUID | None = None) -> list[Receiver]:
    return [replace(each, absent=True, stand_in=stand_in) if each.person_id == who else each for each in EVERYBODY]


@pytest.mark.parametrize(
    ("rule", "people", "chosen"),
    [
        (TO_HUGH, away(HUGH, GAIL), (GAIL, LENA)),
        (TO_HUGH, away(HUGH, LENA), (LENA, GAIL)),
        (TO_HUGH, away(LENA, GAIL), (HUGH, GAIL)),
        (TO_HUGH, away(HUGH, BEN), (LENA, GAIL)),
        (SHARED, away(HUGH, GAIL), (LENA, GAIL)),
        (TO_LENA, away(LENA, NADIA), (NADIA, GAIL)),
    ],
)
def test_whoever_stands_in_takes_what_a_rule_gives_to_somebody_away(
    rule: Rule, people: list[Receiver], chosen: tuple[uuid.UUID, uuid.UUID]
) -> None:
    choice = choose(Concern(SURGERY, MAIN_SITE), [rule], people)
    assert choice == Choice(*chosen, Why.RULE, 1)


def test_nobody_stands_in_for_somebody_kept_out() -> None:
    choice = choose(Concern(SURGERY, excluded=frozenset({HUGH})), [replace(TO_HUGH, cover=None)], away(HUGH, BEA))
    assert choice == Choice(GAIL, LENA, Why.FALLBACK)


def test_a_stand_in_who_is_kept_out_or_may_not_receive_stands_in_for_nobody() -> None:
    assert choose(Concern(SURGERY, excluded=frozenset({GAIL})), [TO_HUGH], away(HUGH, GAIL)) == Choice(
        LENA, NADIA, Why.RULE, 1
    )
    about_the_chair = choose(Concern(SURGERY, subject=Subject.CHAIR), [TO_HUGH], away(HUGH, NADIA))
    assert about_the_chair == Choice(LENA, GAIL, Why.RULE, 1)


def test_load_is_shared_within_a_rule_by_the_same_chance() -> None:
    drawn = [replace(each, turn=-1.0 if each.person_id == LENA else 0.0) for each in EVERYBODY]
    assert choose(Concern(SURGERY), [SHARED], drawn) == Choice(LENA, HUGH, Why.RULE, 1)


@pytest.mark.parametrize("unknown", [{"ward": "7"}, {"about": "porters"}, {"others": ["no id"]}, {"primary": None}])
def test_a_rule_that_says_what_this_program_does_not_know_is_obeyed_by_nobody(unknown: dict[str, object]) -> None:
    with pytest.raises(IntegrityFault):
        in_force([TO_HUGH.plain() | unknown])


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
    everything = Rule(SURGERY, MAIN_SITE, GAIL, HUGH, (LENA,), NURSES, ("Polish", "polski"), Subject.CHAIR)
    rules = [TO_HUGH, TO_LENA, everything, NURSES_TO_LENA, POLISH_TO_HUGH, CHIEFS_TO_BEA, SHARED]
    assert in_force(json.loads(json.dumps([each.plain() for each in rules]))) == rules


PEOPLE = [GAIL, HUGH, LENA, NADIA, BEA, BEN]
PLACES = st.sampled_from([None, SURGERY, THEATRES])
ROLES = st.frozensets(
    st.sampled_from([Role.GUARDIAN, Role.LEAD_GUARDIAN, Role.NON_EXECUTIVE_LEAD, Role.BUDDY_GUARDIAN]), min_size=1
)
RECEIVERS = st.lists(
    st.builds(
        Receiver,
        st.sampled_from(PEOPLE),
        ROLES,
        st.booleans(),
        st.integers(0, 3),
        stand_in=st.none() | st.sampled_from(PEOPLE),
    ),
    unique_by=lambda each: each.person_id,
)
CONCERNS = st.builds(
    Concern,
    PLACES,
    PLACES,
    st.frozensets(st.sampled_from(PEOPLE)),
    st.booleans(),
    st.sampled_from(Subject),
    st.sampled_from([None, ESTATES, NURSES]),
    st.sampled_from(["", "polish", "British Sign Language BSL"]),
)
GROUPS = st.sampled_from([None, ESTATES, NURSES])
RULES = st.lists(
    st.builds(
        Rule,
        PLACES,
        PLACES,
        st.sampled_from(PEOPLE),
        st.none() | st.sampled_from(PEOPLE),
        st.lists(st.sampled_from(PEOPLE), max_size=3).map(tuple),
        GROUPS,
        st.sampled_from([(), ("Polish",), ("British Sign Language",)]),
        st.sampled_from([None, Subject.GUARDIAN, Subject.EXECUTIVE, Subject.CHAIR]),
    )
)


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


@settings(max_examples=400)
@given(CONCERNS, RULES, RECEIVERS)
def test_every_concern_ends_somewhere_or_it_is_said_that_nobody_may(
    concern: Concern, rules: list[Rule], receivers: list[Receiver]
) -> None:
    # Rules only choose among those who may receive: they neither find somebody where nobody is nor lose anybody.
    assert (choose(concern, rules, receivers) is None) == (choose(concern, [], receivers) is None)


@settings(max_examples=400)
@given(CONCERNS, RULES, RECEIVERS)
def test_the_rule_that_is_named_is_the_first_that_fits_and_names_somebody(
    concern: Concern, rules: list[Rule], receivers: list[Receiver]
) -> None:
    choice = choose(concern, rules, receivers)
    if choice is None or choice.rule is None:
        return
    decided = rules[choice.rule - 1]
    assert decided.matches(concern)
    assert choose(concern, rules[choice.rule - 1 :], receivers) == replace(choice, rule=1)
    named = {*decided.people, *(each.stand_in for each in receivers if each.person_id in decided.people)}
    assert choice.primary in named


@settings(max_examples=300)
@given(CONCERNS, RULES, RECEIVERS)
def test_taking_somebody_away_off_the_list_changes_nothing_for_anybody(
    concern: Concern, rules: list[Rule], receivers: list[Receiver]
) -> None:
    plain = [replace(each, stand_in=None) for each in receivers]
    here = [each for each in plain if not each.absent]
    if concern.subject is not Subject.GUARDIAN:
        assert choose(concern, rules, here) == choose(concern, rules, plain)
        return
    # Whether a guardian was named is asked of everybody: without them it can only reach fewer of the team.
    fewer = choose(concern, rules, here)
    assert fewer is None or fewer.why is Why.ABOUT_A_GUARDIAN or fewer == choose(concern, rules, plain)


@settings(max_examples=300)
@given(CONCERNS, RULES, RECEIVERS)
def test_coming_back_never_leaves_a_concern_without_readers(
    concern: Concern, rules: list[Rule], receivers: list[Receiver]
) -> None:
    back = [replace(each, absent=False) for each in receivers]
    assert choose(concern, rules, receivers) is None or choose(concern, rules, back) is not None
