"""The rules about words and days of a publication, when broken one by one, are noticed by the tests of its pages."""

from collections.abc import Callable
from datetime import date

import pytest

from tests.trusts import Trust
from tests.web.client import PageClient
from tests.web.workspace import test_publications as pages
from tests.web.workspace.test_publications import SignIn

Check = Callable[[PageClient, SignIn, Trust], None]
BROKEN: dict[str, tuple[str, object, Check]] = {
    "a second person approves": (
        "speakup.papers.operations.approving.may_approve",
        lambda *_: True,
        pages.test_whoever_wrote_it_does_not_approve_it,
    ),
    "who marks each line of a list": (
        "speakup.web.second_reading.SecondReadingForm.validate_read",
        lambda *_: None,
        pages.test_a_second_person_marks_each_line_of_the_list,
    ),
    "and is shown names and numbers": (
        "speakup.web.workspace.publication_approval._settled",
        lambda _found: [],
        pages.test_what_a_name_would_tell_is_marked_for_the_second_person,
    ),
    "no month is named": (
        "speakup.papers.months_in",
        lambda _text: [],
        lambda guardian, _signed_in, trust: pages.test_a_month_is_refused_and_every_word_stays(guardian, trust),
    ),
    "nothing before its day": (
        "speakup.papers.periods.not_before",
        lambda _quarters: date.min,
        pages.test_nothing_comes_out_before_its_day,
    ),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_breaking_the_rule_is_noticed(
    rule: str, guardian: PageClient, signed_in: SignIn, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, instead, check = BROKEN[rule]
    monkeypatch.setattr(place, instead)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        check(guardian, signed_in, trust)
