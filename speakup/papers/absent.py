"""What a board's paper usually holds and this publication does not, each with its reason; and what follows from it.

The page and the files say it in the same words: whoever asks brings what gives words in their language.
"""

from collections.abc import Callable, Iterator

from speakup.assurance import TITLES
from speakup.papers import grid
from speakup.papers.following import answered, times
from speakup.papers.pack import CASES, Kind, Pack, Section
from speakup.papers.words import TABLES

Say = Callable[[str], str]
Absent = tuple[str, str]
"""What is not there, and why."""

_COUNTED = (
    grid.ELEMENT, grid.HOW, grid.GROUP, grid.DIRECTORATE, grid.SITE, grid.THEME, grid.DETRIMENT, grid.ACKNOWLEDGED,
    grid.TOOK, grid.ASKED, grid.AGAIN,
)  # fmt: skip


def follows(pack: Pack, section: Section, _: Say) -> list[str]:
    """Say what follows from the numbers of a part, for each a sentence."""
    if section is Section.FEEDBACK and (share := answered(pack)) is not None:
        words = _(
            "As many answers came as %(share)s%% of the people who were asked. This follows from the two numbers that"
            " are shown, which are rounded; some answers are of people who were asked earlier."
        )
        return [words % {"share": share}]
    if section is Section.TIMELINESS and (found := times(pack)) is not None:
        half, most = _within(found.half), found.nine_in_ten
        if most is None:
            words = _(
                "At least half of the cases that were closed took %(half)s. How long nine in ten took does not follow"
                " from what is shown."
            )
            return [words % {"half": half}]
        words = _(
            "At least half of the cases that were closed took %(half)s, and at least nine in ten took %(most)s. This"
            " follows from the numbers that are shown, whatever was rounded away or masked."
        )
        return [words % {"half": half, "most": _within(most)}]
    return []


def _within(band: str) -> str:
    return band[:1].lower() + band[1:]


def absent(pack: Pack, _: Say) -> list[Absent]:
    """List what is not there. An answer to a request is of what was asked for, and has no such list."""
    if pack.kind is Kind.ANSWER:
        return []
    return [*_not_counted(pack, _), *_never_counted(_), *_not_following(pack, _), *_not_written(pack, _)]


def _not_counted(pack: Pack, _: Say) -> Iterator[Absent]:
    """List the tables that other publications have."""
    missing = [TABLES[name] for name in _COUNTED if pack.table(name) is None]
    if missing:
        yield (
            "; ".join(missing),
            _("Nothing was counted by these, or too few people or staff for any of it to be shown."),
        )
    if not any(line.name == CASES for line in pack.series):
        yield (
            _("How many people spoke up, as a line over time"),
            _("A line takes two publications in a row that show the number."),
        )


def _never_counted(_: Say) -> Iterator[Absent]:
    """List what no publication counts."""
    yield (
        _("People who spoke up for each thousand staff, by worker group"),
        _("A publication holds no numbers of staff."),
    )
    yield (
        _("What each worker group spoke up about"),
        _("Which group goes with what else about a case is sealed, so that nobody can be found."),
    )
    yield (
        _("How many cases were open at the end, and how many updates were late"),
        _("Counted is what happened in the period: who spoke up, whether that was acknowledged in time, what closed."),
    )
    yield (
        _("What was done where somebody was disadvantaged for speaking up"),
        _("It is followed up in each case. They are so few that a table of it would point at people."),
    )
    yield (
        _("Groups and places nobody was heard of"),
        _("That nobody spoke up is masked like any small number, so that nobody can be found by what is left."),
    )


def _not_following(pack: Pack, _: Say) -> Iterator[Absent]:
    """List what would follow from numbers, were they shown."""
    masked = _("It does not follow from what is shown: a number is masked or too small, or more answered than asked.")
    if answered(pack) is None:
        yield _("Which share of those who were asked for feedback answered"), masked
    if times(pack) is None:
        yield (
            _("In which time half of the cases, and nine in ten, were closed"),
            _("It does not follow from what is shown: too much is masked or rounded away, or too few were closed."),
        )


def _not_written(pack: Pack, _: Say) -> Iterator[Absent]:
    """List what stands there only where somebody wrote or entered it."""
    there = {each.name for each in pack.context}
    missing = [title for title in TITLES.values() if title not in there]
    if missing:
        yield "; ".join(missing), _("Nobody has entered such a figure with its source and day.")
    counts = _("No such count is part of a publication: what is said of it, the guardians wrote.")
    nobody = _("No such count is part of a publication, and nobody wrote of it.")
    reach, capacity = (bool(pack.texts_of(each)) for each in (Section.REACH, Section.CAPACITY))
    yield _("How many visits and trainings there were"), counts if reach else nobody
    yield (
        _("The guardians’ hours, and how many cases each of them has"),
        counts if capacity else nobody,
    )
    if not pack.stories:
        yield _("Stories"), _("None was written for this publication.")
    if not pack.actions:
        yield _("Learning actions"), _("None was chosen for this publication.")
    if not pack.recommendations:
        yield _("Recommendations, and what came of earlier ones"), _("None was written for this publication.")
