"""The words of a publication that nobody types: titles, the headline, how it was made.

They are part of what is signed and never changes, so they are English, like the paper, and no page translates them.
"""

from collections.abc import Mapping, Sequence

from speakup.disclosure import SIGN, Rules, SafeFigure, SafeSeries, SafeTable
from speakup.papers import grid
from speakup.papers.pack import CASES, Kind, Section, Title
from speakup.vocabulary import CodeSet, shipped_names

AXES: Mapping[str, str] = {
    grid.ELEMENT: "What it was about",
    grid.HOW: "How it was raised",
    grid.GROUP: "Worker group",
    grid.DIRECTORATE: "Directorate",
    grid.SITE: "Site",
    grid.THEME: "Local theme",
    grid.DETRIMENT: "Disadvantaged for speaking up",
    grid.TOOK: "Working days until it was closed",
    grid.ACKNOWLEDGED: "Acknowledged in time",
    grid.AGAIN: "Would speak up again",
    "answer": "Answer",
}
_TOTALS: Mapping[str, str] = {CASES: "People who spoke up", grid.ASKED: "People who were asked for feedback"}
BY_DECISION = "From here on charts begin anew, by a recorded decision."
CODED_ANEW = "From here on another list of categories holds."
MORE_THAN_ONE = "A case can have more than one, so the lines do not add up to the total."
NOT_KNOWN = "People of whom this is not known are in the total only."
BY_NO_TIME: Mapping[str, str] = {
    grid.ACKNOWLEDGED: (
        "This is not known of cases that came from an earlier log, nor told of those that were kept from a colleague:"
        " they are in the total only, and need not have been late."
    ),
    grid.TOOK: "Cases that were kept from a colleague are counted by no time: they are not among these.",
}
"""Otherwise a share of all would say that they were late, and a total that they are still open."""
OF_SOME = frozenset({grid.ACKNOWLEDGED})
"""What is known of some people only, so that a share of everybody would say of the others what nobody knows."""
ROUNDED = "Rounded to the nearest 5. Each total was rounded on its own, so that lines may not add up to it."
MASKED = f"{SIGN}: masked so that nobody can be found; the sign says nothing about why."
DECISION = "The thresholds follow a recorded decision: "
"""So begins the one sentence of the method that somebody typed."""
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def grouped(value: str) -> str:
    """Write a number from elsewhere with commas between its thousands, as people read it."""
    whole, point, parts = value.partition(".")
    return f"{int(whole):,}{point}{parts}" if whole.isdecimal() else value


def with_unit(value: str, unit: str) -> str:
    """Write a figure from elsewhere as people read it: its unit behind it, a percent sign close to it."""
    return f"{grouped(value)}%" if unit == "%" else f"{grouped(value)} {unit}".strip()


def begun_anew(why: str) -> str:
    """What stands beside a chart that begins anew by a recorded decision."""
    return f"{why} {BY_DECISION}"


def following(decision: str) -> str:
    """What a method note says of a recorded decision about thresholds."""
    return f"{DECISION}{decision}."


def title(made: SafeTable, population: str) -> Title:
    """What a table of a population is called."""
    names = [name for name, _ in made.axes]
    labels = tuple(AXES.get(name, name.replace("_", " ").capitalize()) for name in names)
    notes = [ROUNDED] if names else []
    if set(names) & {grid.ELEMENT, grid.THEME}:
        notes.append(MORE_THAN_ONE)
    if set(names) & {grid.GROUP, grid.DIRECTORATE, grid.SITE}:
        notes.append(NOT_KNOWN)
    notes += [BY_NO_TIME[each] for each in names if each in BY_NO_TIME]
    if any(figure.shown is None for _, figure in made):
        notes.append(MASKED)
    section = Section.GROUPS if population.startswith(grid.CHARACTERISTICS) else _section(made.name, names)
    return Title(made.name, section, _words(made.name, labels), labels, tuple(notes))


def _words(name: str, labels: Sequence[str]) -> str:
    if name in _TOTALS:
        return _TOTALS[name]
    if name.startswith(grid.CHARACTERISTICS):
        question = name.removeprefix(grid.CHARACTERISTICS).strip()
        return f"What people said of themselves: {shipped_names(CodeSet.CHARACTERISTIC)[question].lower()}"
    return " by ".join((labels[0], *(each.lower() for each in labels[1:])))


def _section(name: str, names: Sequence[str]) -> Section:
    """Where it stands: a table of two is beside the group of staff that it is by."""
    sections = [grid.SECTIONS[each] for each in names or [name] if each in grid.SECTIONS]
    places = [each for each in sections if each in {Section.PLACES, Section.GROUPS}]
    return (places or sections or [Section.CASES])[-1]


def line_title(line: SafeSeries, width: str) -> Title:
    """What a series is called."""
    name, _, what = line.name.partition("/")
    section = grid.SECTIONS.get(name, Section.CASES)
    return Title(line.name, section, f"{what or 'People who spoke up'}, by {width}", (width.capitalize(),))


def headline(kind: Kind, cases: SafeFigure | None, before: SafeFigure | None, elements: SafeTable | None) -> list[str]:
    """What is new: how many, and what about where every element is shown. All that is said stands in the tables."""
    said = [_how_many(kind, cases, before)]
    if elements is None or any(elements.figure(line).shown is None for line in elements.axes[0][1]):
        # A masked line can be the largest of all, and to say that it is not would be one more thing known about it.
        return said
    most = _most(elements)
    said.append(_mostly(most) if most else "No single element stands out from the others.")
    return said


def _how_many(kind: Kind, cases: SafeFigure | None, before: SafeFigure | None) -> str:
    width = "year" if kind in {Kind.YEAR, Kind.RESTATEMENT} else "quarter"
    if cases is None or cases.shown is None:
        return f"How many people spoke up in this {width} is masked, so that nobody can be found."
    said = f"About {cases.shown} people spoke up"
    if before is None or before.shown is None:
        return f"{said}."
    if before.shown == cases.shown:
        return f"{said}, as many as in the {width} before."
    more = "more" if cases.shown > before.shown else "fewer"
    return f"{said}, {more} than in the {width} before, when there were about {before.shown}."


def _mostly(element: str) -> str:
    """Say what it was about most; the national names begin in a way that goes on as a sentence does."""
    _national, begins, about = element.partition("Element of ")
    return (
        f"Most often it was about {about}." if begins and not _national else f"Most often it was about this: {element}."
    )


def _most(table: SafeTable) -> str:
    lines = table.axes[0][1]
    shown = sorted(((table.figure(line).shown or 0, line) for line in lines), reverse=True)
    (most, first), *others = shown
    return first if most and all(count < most for count, _ in others) else ""


def about_actions(overdue: int, under_way: int) -> str:
    """How learning actions stand, in words: they are counted exactly, and no table has them."""
    if not under_way:
        return "No learning action is under way."
    said = f"{_number(under_way)} learning {'action is' if under_way == 1 else 'actions are'} under way"
    if not overdue:
        return f"{said}, and none is past the day it was due."
    return f"{said}; {_number(overdue).lower()} of them {'is' if overdue == 1 else 'are'} past the day due."


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else "More than ten"


def method(rules: Rules, kind: Kind) -> tuple[str, ...]:
    """How it was made, for the note at its end."""
    said = [
        (
            f"Numbers of fewer than {rules.trust_wide} people in the whole organisation, and of fewer than "
            f"{rules.groups} people in a directorate, site, worker group or any table of two, are masked as {SIGN}, "
            "nobody included."
        ),
        (
            "Other numbers are masked with the same sign, so that what is masked cannot be worked out from totals, "
            "from other tables, from earlier publications or from the national return."
        ),
        "Every number that is shown is rounded to the nearest 5, totals too, each on its own.",
        f"Groups of fewer than {rules.least_staff} staff, and groups of whom a tenth or more spoke up, are not shown.",
        "People are counted, not concerns: somebody who came twice counts once.",
        (
            "A case counts in the quarter in which it was raised. One that was recorded after that quarter was closed "
            "counts in the next."
        ),
        "Charts are drawn from the numbers that are shown, and their limits are computed from those.",
    ]
    if rules.decision:
        said.append(following(rules.decision))
    if kind is Kind.RESTATEMENT:
        said.append("Cases that were recoded since are counted as they are coded now. Earlier papers stay as they are.")
    return tuple(said)


TABLES: Mapping[str, str] = {
    CASES: _TOTALS[CASES],
    **{name: AXES[name] for name in (grid.ELEMENT, grid.HOW, grid.GROUP, grid.DIRECTORATE, grid.SITE)},
    **{" by ".join(pair): f"{AXES[pair[0]]} by {AXES[pair[1]].lower()}" for pair in grid.TWO_WAY},
    **{name: AXES[name] for name in (grid.THEME, grid.DETRIMENT, grid.ACKNOWLEDGED, grid.TOOK)},
    grid.ASKED: _TOTALS[grid.ASKED],
    grid.AGAIN: AXES[grid.AGAIN],
}
"""Every table that can be asked for, and what it is called."""
