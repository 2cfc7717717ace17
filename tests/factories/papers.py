"""A publication of a trust that was made up, through the real protection: for whatever shows one or writes it out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from benchmarks.load.counts import AS_CODED, ONE_WAY, Invented, Size, counted_in, invent, of_year
from speakup.disclosure import (
    Axis,
    Category,
    Definition,
    Dimension,
    Ledger,
    Publication,
    Rules,
    SafeFigure,
    SafeSeries,
    SafeTable,
    Tables,
    protect,
    series,
    total,
)
from speakup.papers import (
    ActionLine,
    Break,
    ContextFigure,
    Cover,
    Kind,
    Pack,
    Period,
    Recommendation,
    Section,
    Text,
    Title,
)
from speakup.papers.national import known_on
from speakup.papers.series import reading

_SEED = b"a secret of this factory only"
_SIZE = Size(groups=6, directorates=6, years=3)
_WORDS = {
    "safety": "Patient safety or quality",
    "wellbeing": "Worker safety or wellbeing",
    "bullying": "Bullying or harassment",
    "behaviours": "Other inappropriate attitudes or behaviours",
    "group 1": "Registered nurses and midwives",
    "group 2": "Allied health professionals",
    "group 3": "Doctors and dentists",
    "group 4": "Administrative and clerical",
    "group 5": "Estates and facilities",
    "not known": "Not known",
    "directorate 1": "Medicine",
    "directorate 2": "Surgery",
    "directorate 3": "Women and children",
    "directorate 4": "Community services",
    "directorate 5": "Mental health",
    "directorate 6": "Corporate services",
    "open": "Openly",
    "confidential": "In confidence",
    "anonymous": "Anonymously",
}
_NAMES = {"group": "worker_group"}
_SECTIONS = {
    "element": Section.ELEMENTS,
    "worker_group": Section.GROUPS,
    "directorate": Section.PLACES,
    "how": Section.HOW,
}
_AXES = {
    "element": "What it was about",
    "worker_group": "Worker group",
    "directorate": "Directorate",
    "how": "How it was raised",
}


@cache
def sample_pack(*, stories: bool = True) -> Pack:
    """A year of a trust with four hundred cases, after two other years: tables, lines over quarters, and every text."""
    trust = _named(invent(7, 400, _SIZE))
    ledger, totals = Ledger(), []
    for number, quarter in enumerate(trust.quarters):
        made = _protected(trust, number + 1, [_cases((quarter,)), *_elements(quarter)], ledger)
        ledger = ledger.with_release(made.release)
        totals.append((f"{2023 + number // 4}-{24 + number // 4}/Q{number % 4 + 1}", made.tables))
    year = _protected(trust, len(trust.quarters), [_cases(trust.year(2)), *_year(trust)], ledger)
    lines = _lines(totals)
    return replace(
        _words(stories=stories),
        tables=year.tables,
        series=tuple(lines),
        titles=(*map(_title, year.tables), *map(_title, lines)),
    )


def _named(trust: Invented) -> Invented:
    """The invented trust with words that a board might read."""
    return replace(
        trust,
        dimensions=tuple(_named_dimension(each) for each in trust.dimensions),
        staff=tuple(
            replace(each, dimensions=tuple(_NAMES.get(name, name) for name in each.dimensions)) for each in trust.staff
        ),
    )


def _named_dimension(dimension: Dimension) -> Dimension:
    ladder = tuple(
        tuple(Category(_WORDS.get(line.label, line.label.capitalize()), line.members) for line in rung)
        for rung in dimension.ladder
    )
    return replace(dimension, name=_NAMES.get(dimension.name, dimension.name), ladder=ladder)


def _cases(quarters: Sequence[str]) -> Definition:
    whole = frozenset().union(*(counted_in(quarter) for quarter in quarters))
    return Definition("cases", (), (("quarter", whole), AS_CODED))


def _elements(quarter: str) -> list[Definition]:
    return [Definition("element", (Axis("element"),), (("quarter", counted_in(quarter)), AS_CODED))]


def _year(trust: Invented) -> list[Definition]:
    return [
        Definition(
            " by ".join(_NAMES.get(axis.dimension, axis.dimension) for axis in each.axes),
            tuple(replace(axis, dimension=_NAMES.get(axis.dimension, axis.dimension)) for axis in each.axes),
            each.within,
        )
        for each in of_year(trust.year(2))
        if len(each.axes) < len(ONE_WAY)
    ]


def _protected(trust: Invented, closed: int, definitions: Sequence[Definition], ledger: Ledger) -> Publication:
    tables: Tables = trust.tables(trust.closed(closed), definitions)
    made = protect(tables, ledger, Rules(), seed=_SEED)
    if not isinstance(made, Publication):
        raise TypeError(made.reason)
    return made


def _lines(quarters: Sequence[tuple[str, Sequence[SafeTable]]]) -> list[SafeSeries]:
    """All cases, and each element whose every quarter is shown."""
    found = [_line("cases", [(label, total(tables[0])) for label, tables in quarters])]
    elements = quarters[0][1][1].axes[0][1]
    for element in elements:
        points = [(label, tables[1].figure(element)) for label, tables in quarters]
        found.append(_line(f"element/{element}", points))
    return [line for line in found if line is not None]


def _line(name: str, points: Sequence[tuple[str, SafeFigure]]) -> SafeSeries | None:
    return series(name, "people", points, reading)


def _title(made: SafeTable | SafeSeries) -> Title:
    if isinstance(made, SafeSeries):
        what = made.name.partition("/")[2]
        section = Section.ELEMENTS if what else Section.CASES
        return Title(made.name, section, f"{what or 'People who spoke up'}, by quarter", ("Quarter",))
    names = [name for name, _ in made.axes]
    section = _SECTIONS[names[0]] if names else Section.CASES
    words = " by ".join(_AXES[name].lower() for name in names) or "people who spoke up"
    return Title(made.name, section, words[:1].upper() + words[1:], tuple(_AXES[name] for name in names))


def _words(*, stories: bool) -> Pack:
    """Everything but the figures."""
    return Pack(
        organisation="Northmoor Hospitals",
        ref="P-2025-26",
        version=1,
        kind=Kind.YEAR,
        period=Period(
            "April 2025 to March 2026 (financial year 2025-26)",
            tuple(f"2025-26/Q{quarter}" for quarter in (1, 2, 3, 4)),
            date(2025, 4, 1),
            date(2026, 3, 31),
        ),
        published_on=date(2026, 5, 12),
        cover=Cover(
            meeting="Board of Directors, in public",
            meeting_on=date(2026, 5, 28),
            agenda_item="11",
            author="The Freedom to Speak Up Guardian",
            lead_director="The Chief Nurse",
            purpose="For discussion and assurance",
            recommendation="The Board is asked to discuss the report and to agree the recommendations.",
            assurance="Reasonable",
            strategic_risk="BAF 4: culture",
            cqc_domain="Well-led",
            equality_impact="Read together with the workforce race and disability equality standards.",
            previously_considered="People and Culture Committee",
        ),
        headline=(
            "About as many people spoke up as in the year before.",
            "Bullying or harassment was the element most often named.",
            "Two learning actions are past their due date.",
        ),
        tables=(),
        series=(),
        titles=(),
        texts=(
            Text(Section.CASES, "What stands behind the figures", ("The rise followed visits to the night teams.",)),
            Text(Section.REACH, "Where the guardian went", ("Every ward was visited.", "Night teams were visited.")),
            Text(Section.CAPACITY, "The guardian's time", ("The guardian has four days a week, ring-fenced.",)),
        ),
        actions=(
            ActionLine(
                "L-0001",
                "Rotas are published earlier",
                "in progress",
                "Staffing and workload",
                date(2026, 4, 30),
                "Rotas are out six weeks ahead.",
                rose_again=False,
            ),
            ActionLine(
                "L-0002",
                "Who may do observations alone",
                "closed",
                "Patient safety and care quality",
                None,
                "Only trained staff do observations alone.",
                rose_again=True,
            ),
            ActionLine(
                "L-0003", "A second freezer", "not taken forward", "", None, "Samples have room.", rose_again=False
            ),
        ),
        recommendations=(
            Recommendation("Managers who hear a concern say within a week what they will do.", ""),
            Recommendation("Exit interviews ask about speaking up.", "Begun in two directorates of six."),
        ),
        stories=(
            Text(
                Section.STORIES,
                "Observations",
                ("Students were asked to observe patients alone. They said so, and it was stopped the same week.",),
            ),
        )
        if stories
        else (),
        national=known_on(date(2026, 5, 12)),
        context=(
            ContextFigure("We each have a voice that counts", "6.7", "out of 10", "NHS Staff Survey", date(2026, 3, 1)),
            ContextFigure("Sickness absence", "5.1", "%", "Electronic staff record", date(2026, 3, 31)),
        ),
        method=(
            "Numbers of fewer people than the threshold are masked as [c], with as many others as it takes.",
            "All other numbers are rounded to the nearest 5; rounded numbers may not add up.",
        ),
        breaks=(Break("2024-25/Q1", "National guidance changed what is recorded."),),
    )
