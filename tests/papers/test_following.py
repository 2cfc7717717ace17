"""What a paper works out follows from what it shows, by a named rule; and what it does not hold, it says."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup import papers
from speakup.assurance import TITLES
from speakup.disclosure import SafeFigure, SafeTable
from speakup.disclosure.rules import rounded
from speakup.disclosure.safe import SEAL
from speakup.papers import Kind, Pack, Section, Title, grid
from speakup.papers.documents import board_paper
from speakup.papers.documents.paper import Grid, Words
from speakup.papers.following import HALF, NINE_IN_TEN, Times, answered, times
from tests import factories
from tests.papers.documents.numbers import strange

BANDS = ("Up to 20 working days", "Up to 40 working days", "Up to 60 working days", "More than 60")


def table(name: str, axis: str, lines: dict[str, int | None], whole: int | None) -> SafeTable:
    cells = [((label,), SafeFigure(shown, seal=SEAL)) for label, shown in lines.items()]
    return SafeTable(name, ((axis, tuple(lines)),), (*cells, ((None,), SafeFigure(whole, seal=SEAL))), seal=SEAL)


def asked(whole: int | None) -> SafeTable:
    return SafeTable(grid.ASKED, (), (((), SafeFigure(whole, seal=SEAL)),), seal=SEAL)


def again(whole: int | None) -> SafeTable:
    return table(grid.AGAIN, grid.AGAIN, {"Yes": whole}, whole)


def took(shown: Sequence[int | None], whole: int | None) -> SafeTable:
    return table(grid.TOOK, grid.TOOK, dict(zip(BANDS, shown, strict=True)), whole)


def pack_with(*tables: SafeTable, kind: Kind = Kind.YEAR) -> Pack:
    section = {grid.TOOK: Section.TIMELINESS}
    titles = (Title(each.name, section.get(each.name, Section.FEEDBACK), each.name, ("Line",)) for each in tables)
    return replace(factories.sample_pack(), tables=tables, series=(), titles=tuple(titles), kind=kind)


@pytest.mark.parametrize(
    ("given_back", "were_asked", "share"),
    [(45, 60, 75), (60, 60, 100), (65, 60, None), (10, 15, None), (None, 60, None), (45, None, None), (0, 60, 0)],
)
def test_the_share_that_answered_follows_from_two_shown_numbers(
    given_back: int | None, were_asked: int | None, share: int | None
) -> None:
    pack = pack_with(asked(were_asked), again(given_back))
    assert answered(pack) == share
    said = papers.follows(pack, Section.FEEDBACK, str)
    assert said == [] if share is None else f"{share}%" in said[0]
    assert bool(said) is not any("asked for feedback answered" in what for what, _why in papers.absent(pack, str))


def test_without_one_of_the_two_tables_no_share_is_said() -> None:
    assert answered(pack_with(asked(60))) is None
    assert answered(pack_with(again(60))) is None


@given(st.lists(st.integers(0, 80), min_size=4, max_size=4), st.sets(st.integers(0, 3)))
def test_the_time_that_is_said_is_true_of_every_count_that_was_rounded_away_or_masked(
    counts: list[int], masked: set[int]
) -> None:
    shown = [None if at in masked else rounded(each) for at, each in enumerate(counts)]
    found = times(pack_with(took(shown, rounded(sum(counts)))))
    if found is None:
        return
    for band, share in ((found.half, HALF), (found.nine_in_ten, NINE_IN_TEN)):
        if band is not None:
            closed = sum(counts[: BANDS.index(band) + 1])
            assert closed >= share * sum(counts)
            assert band != BANDS[-1]


@given(st.lists(st.integers(30, 80), min_size=4, max_size=4))
def test_no_longer_time_is_said_than_rounding_asks_for(counts: list[int]) -> None:
    """Seven hundredths is more than rounding can take from so many."""
    found = times(pack_with(took([rounded(each) for each in counts], rounded(sum(counts)))))
    assert found is not None
    for band, share in ((found.half, HALF), (found.nine_in_ten, NINE_IN_TEN)):
        before = BANDS.index(band) if band else len(BANDS) - 1
        assert sum(counts[:before]) < (share + Fraction(7, 100)) * sum(counts)


@pytest.mark.parametrize(
    ("shown", "whole", "found"),
    [
        ((40, 30, 25, 5), 100, Times(BANDS[1], BANDS[2])),
        ((60, 20, 5, 15), 100, Times(BANDS[0], None)),
        ((5, 5, 5, 85), 100, None),
        ((40, None, 25, 5), 100, Times(BANDS[1], None)),
        ((60, 40, None, None), 100, Times(BANDS[0], BANDS[1])),
        ((None, None, 25, 5), 100, Times(BANDS[2], None)),
        ((None, None, None, 5), 100, None),
        ((5, 5, 0, 0), 10, None),
        ((40, 30, 25, 5), None, None),
    ],
)
def test_the_time_until_closed_is_said_as_far_as_it_follows(
    shown: Sequence[int | None], whole: int | None, found: Times | None
) -> None:
    pack = pack_with(took(shown, whole))
    assert times(pack) == found
    said = papers.follows(pack, Section.TIMELINESS, str)
    assert bool(said) is (found is not None)
    if found:
        assert "At least half of the cases that were closed took up to" in said[0]
        assert ("does not follow" in said[0]) is (found.nine_in_ten is None)
    assert bool(said) is not any("half of the cases" in what for what, _why in papers.absent(pack, str))


def test_the_paper_says_what_follows_in_numbers_that_it_holds() -> None:
    pack = pack_with(asked(60), again(45), took((40, 30, 25, 5), 100))
    paper = board_paper(pack)
    blocks = [block for section in paper.sections for block in section.blocks if isinstance(block, Words)]
    said = " ".join(block.text for block in blocks)
    assert "As many answers came as 75% of the people who were asked." in said
    assert "took up to 40 working days, and at least nine in ten took up to 60 working days" in said
    assert strange(said, pack, paper) == []


def test_the_paper_ends_with_what_it_does_not_hold() -> None:
    pack = factories.sample_pack()
    sections = {section.heading.partition(". ")[2]: section for section in board_paper(pack).sections}
    (listed,) = sections["What this paper does not hold, and why"].blocks
    assert isinstance(listed, Grid)
    assert listed.rows == tuple(papers.absent(pack, str))
    what = " ".join(row[0] for row in listed.rows)
    for each in ("for each thousand staff", "open at the end", "disadvantaged", "visits", "hours", "Local theme"):
        assert each in what
    assert "Stories" not in what
    assert all(why for _what, why in listed.rows)


def test_what_is_there_is_not_said_to_be_missing() -> None:
    pack = factories.sample_pack()
    of_all = [what for what, _why in papers.absent(replace(pack, context=()), str)]
    assert "; ".join(TITLES.values()) in of_all
    figures = tuple(replace(pack.context[0], name=title) for title in TITLES.values())
    whole = [what for what, _why in papers.absent(replace(pack, context=figures), str)]
    assert not any(title in what for title in TITLES.values() for what in whole)
    bare = replace(pack, stories=(), actions=(), recommendations=(), texts=(), series=())
    more = {what for what, _why in papers.absent(bare, str)} - {what for what, _why in papers.absent(pack, str)}
    assert more == {
        "Stories", "Learning actions", "Recommendations, and what came of earlier ones",
        "How many people spoke up, as a line over time",
    }  # fmt: skip
    reasons = dict(papers.absent(bare, str))
    assert "nobody wrote of it" in reasons["How many visits and trainings there were"]
    assert "the guardians wrote" in dict(papers.absent(pack, str))["How many visits and trainings there were"]


def test_an_answer_to_a_request_has_no_such_list() -> None:
    pack = pack_with(asked(60), kind=Kind.ANSWER)
    assert papers.absent(pack, str) == []
    assert not any("does not hold" in section.heading for section in board_paper(pack).sections)
