"""The learning actions of the demonstration: as many and in such states as a visitor should see, naming nobody."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from speakup import identifying
from speakup.cli.demo import actions, texts
from speakup.cli.demo.actions import Text
from speakup.cli.demo.trusts import DemoTrust
from speakup.kernel.actor import Actor, system
from speakup.kernel.ids import new_id
from speakup.learning import STATEMENT_LIMIT, TEXT_LIMIT, TITLE_LIMIT, ActionState, Measured, Verdict

TODAY = date(2026, 11, 22)
S = ActionState


@dataclass
class Told:
    """A case of the demonstration, as an action knows it."""

    content: texts.DemoCase
    ref: str
    guardian: Actor | None


@pytest.fixture(params=["anytown", "otherham"])
def trust(request: pytest.FixtureRequest) -> DemoTrust:
    return DemoTrust(new_id(), texts.load().trusts[request.param], "a.example")


def test_about_sixty_stand_in_every_state(trust: DemoTrust) -> None:
    states = Counter(each.state for each in actions.actions(trust, TODAY))
    assert set(states) == set(S)
    assert (states.total(), states[S.NOT_TAKEN]) == (30, 1)


def test_each_is_brought_to_where_it_stands_and_nothing_is_still_to_come(trust: DemoTrust) -> None:
    steps = {S.PROPOSED: 1, S.AGREED: 2, S.IN_PROGRESS: 3, S.IMPLEMENTED: 4, S.CHECKED: 5, S.CLOSED: 6, S.NOT_TAKEN: 3}
    for each in actions.actions(trust, TODAY):
        done = list(actions.days(each, TODAY))
        assert len([do for _, do in done if do is not actions.report]) == steps[each.state], each
        assert all(each.proposed_on <= day < TODAY for day, _ in done)
        assert sorted(day for day, _ in done) == [day for day, _ in done]


def test_the_progress_bar_knows_how_many_steps_there_are(trust: DemoTrust) -> None:
    assert actions.count(TODAY) == 1 + sum(
        len(list(actions.days(each, TODAY))) for each in actions.actions(trust, TODAY)
    )


def test_three_show_an_effect_on_a_measure_months_after_the_change() -> None:
    trusts = [DemoTrust(new_id(), each, "a.example") for each in texts.load().trusts.values()]
    shown = 0
    for each in (each for trust in trusts for each in actions.actions(trust, TODAY) if each.measured):
        looked = next(day for day, do in actions.days(each, TODAY) if do is actions.check)
        said, figures = actions.measure_of(each, looked)
        measured = Measured(said.name, said.unit, said.better, said.target, said.changed_on, 1, tuple(figures))
        effect = measured.effect
        assert effect is not None
        assert effect.after is not None
        assert effect.verdict is Verdict.IMPROVED
        assert min(effect.before.count, effect.after.count) > 5
        shown += 1
    assert shown == 3


def test_what_led_to_an_action_is_about_the_same_thing(trust: DemoTrust) -> None:
    guardian = system(trust.id)
    told = [
        Told(each, "SU", guardian) for each in texts.cases(1, trust.content.key, 150, TODAY - timedelta(1090), TODAY)
    ]
    with_some = 0
    for each in actions.actions(trust, TODAY):
        led = actions.cases_for(told, each)
        assert all(each.text.theme in every.content.themes for every in led)
        with_some += bool(led)
    assert with_some > 12


def test_whoever_sees_to_one_is_no_guardian_and_keeps_no_memberships(trust: DemoTrust) -> None:
    kept_out = {each.key for role in ("guardian", "administrator") for each in trust.content.people_with(role)}
    owners = {each.owner for each in actions.actions(trust, TODAY)}
    assert len(owners) > 2
    assert not owners & kept_out


def test_a_case_leads_to_an_action_only_once_it_was_raised() -> None:
    latest, earliest = actions._HEARD_BEFORE  # noqa: SLF001 -- the rule itself
    assert timedelta(0) < latest < earliest


@pytest.mark.parametrize("text", actions.texts(), ids=lambda text: text.title)
def test_what_it_says_fits_and_names_nobody(text: Text) -> None:
    assert len(text.title) <= TITLE_LIMIT
    assert max(len(text.issue), len(text.change)) <= TEXT_LIMIT
    assert max(len(text.said), len(text.did)) <= STATEMENT_LIMIT
    for words in (text.title, text.issue, text.change, text.said, text.did):
        assert not identifying.find(words), words
