"""What a national return has told is known to whoever attacks a publication: as first signed off, and as put right."""

from dataclasses import replace
from datetime import UTC, date, datetime

from speakup import insight
from speakup.disclosure import Tables
from speakup.insight import Counts, LineOfReturn
from speakup.papers.returned import lines_of
from tests.trusts import Trust

QUARTER, DAY = "2026-27/Q1", date(2026, 5, 4)


def counted(trust: Trust, at: date, group: str, count: int) -> None:
    """Let so many cases of one group become known on a day, and a night pass."""
    with trust.database.work(trust.guardian.actor, at=datetime(at.year, at.month, at.day, tzinfo=UTC)) as uow:
        for _ in range(count):
            insight.push(uow, Counts(DAY, "open", frozenset({"patient_safety"}), worker_group=group), None)


def closed(trust: Trust, at: date) -> None:
    with trust.database.work(trust.system, at=datetime(at.year, at.month, at.day, tzinfo=UTC)) as uow:
        insight.close_quarters(uow)


def test_a_line_is_known_as_it_was_signed_off_and_with_what_came_late(trust: Trust) -> None:
    counted(trust, DAY, "medical_dental", 3)
    counted(trust, DAY, "nursing_midwifery", 2)
    with trust.work(trust.guardian) as uow:
        doctors = LineOfReturn("R8.7", "Doctors", "worker group", "medical", frozenset({"medical_dental"}), 3)
        insight.keep_returned(uow, QUARTER, 1, [LineOfReturn("R1", "All", "cases", "", frozenset(), 5), doctors])
    closed(trust, date(2026, 8, 1))
    counted(trust, date(2026, 8, 2), "medical_dental", 1)
    closed(trust, date(2026, 11, 1))
    with trust.work(trust.system) as uow:
        found = insight.cases_population(uow, [QUARTER])
        known = lines_of(Tables(found.dimensions, found.rows, (), 0), "cases", insight.returned_lines(uow))
    assert sorted(line.cases for line in known) == [3, 4, 5, 6]


def test_a_line_is_known_as_coded_first_and_as_coded_now_once_a_case_was_coded_anew(trust: Trust) -> None:
    safety = Counts(DAY, "open", frozenset({"patient_safety"}), worker_group="medical_dental")
    with trust.database.work(trust.guardian.actor, at=datetime(2026, 5, 4, tzinfo=UTC)) as uow:
        pointers = [insight.push(uow, safety, None) for _ in range(5)]
    with trust.work(trust.guardian) as uow:
        line = LineOfReturn("R3", "Safety", "element", "patient_safety", frozenset({"patient_safety"}), 5)
        insight.keep_returned(uow, QUARTER, 1, [line])
    closed(trust, date(2026, 8, 1))

    def known() -> list[int]:
        with trust.work(trust.system) as uow:
            found = insight.cases_population(uow, [QUARTER])
            tables = Tables(found.dimensions, found.rows, (), 0)
            return sorted(each.cases for each in lines_of(tables, "cases", insight.returned_lines(uow)))

    assert known() == [5]
    with trust.work(trust.guardian) as uow:
        insight.push(uow, replace(safety, elements=frozenset({"worker_safety"})), pointers[0])
    assert known() == [4, 5]
