"""Whoever steals the database lays what is counted beside cases: how many they find again, and what they learn of them.

The cases are the demonstration's, invented, of two trusts and three years. What stands in clear of a case is taken as
its row has it; what is counted of it is pushed as a guardian's program pushes it.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from speakup import insight
from speakup.cli.demo import texts
from speakup.cli.demo.loading import CASES, SEED
from speakup.insight import Counts
from speakup.tables import METADATA
from tests.trusts import Trust

START, END = date(2023, 11, 22), date(2026, 11, 21)
LEAST = 30
"""Of a directorate or site with fewer staff nothing stands in clear."""
DETRIMENT = "detriment"
MATCHED = ("raised", "elements", "detriment", "directorate_id", "site_id", "how")
"""What a fact says that stands in a case's row as well: by this they are laid beside each other."""


@dataclass(frozen=True)
class Known:
    """What the row of a case says, and what is sealed in it."""

    clear: tuple[object, ...]
    group: str
    themes: frozenset[str]


def read(trust: Trust, name: str) -> list[Mapping[str, Any]]:
    with trust.stored.unbound() as connection:
        return [dict(row) for row in connection.execute(sa.select(METADATA.tables[name])).mappings()]


def counted(trust: Trust, name: str) -> list[Known]:
    """Count every case of one of the demonstration's trusts on the day after it was raised."""
    content = texts.load().trusts[name]
    large = {each.key for each in content.directorates if each.headcount >= LEAST}
    large |= {each.key for each in content.sites if each.headcount >= LEAST}
    found = []
    for case in texts.cases(SEED, name, CASES[name], START, END):
        place, site = (
            uuid.uuid5(uuid.NAMESPACE_OID, each) if each in large else None for each in (case.directorate, case.site)
        )
        elements = frozenset(case.elements) - {DETRIMENT}
        counts = Counts(
            case.raised_on,
            case.how.value,
            elements,
            detriment=DETRIMENT in case.elements,
            worker_group=case.worker_group,
            directorate_id=place,
            site_id=site,
            themes=frozenset(case.themes),
        )
        day = case.raised_on + timedelta(days=1)
        with trust.database.work(trust.guardian.actor, at=datetime(day.year, day.month, day.day, tzinfo=UTC)) as uow:
            insight.push(uow, counts, None)
        raised = insight.quarter_of(case.raised_on)
        clear = (raised, "+".join(sorted(elements)), counts.detriment, place, site, counts.how)
        found.append(Known(clear, case.worker_group, counts.themes))
    return found


def matched(facts: Sequence[Mapping[str, Any]], cases: Sequence[Known]) -> list[tuple[Known, Mapping[str, Any]]]:
    """The cases of which the row in clear fits one fact alone, with that fact."""
    fitting = defaultdict[tuple[object, ...], list[Mapping[str, Any]]](list)
    for fact in facts:
        fitting[tuple(fact[each] for each in MATCHED)].append(fact)
    return [(case, fitting[case.clear][0]) for case in cases if len(fitting[case.clear]) == 1]


def told_for_sure(cases: Sequence[Known], of_quarter: Mapping[str, Counter[Any]]) -> list[Known]:
    """Those in whose quarter everybody has the same."""
    return [case for case in cases if len(of_quarter[str(case.clear[0])]) == 1]


def guessed(cases: Sequence[Known], of_quarter: Mapping[str, Counter[Any]], sealed: str) -> int:
    """How often it is right to take what is most frequent in the quarter, as the national return has it too."""
    most = {
        quarter: min(counts, key=lambda each: (-counts[each], sorted(each))) for quarter, counts in of_quarter.items()
    }
    return sum(most.get(str(case.clear[0])) == getattr(case, sealed) for case in cases)


@pytest.mark.parametrize(("name", "alone", "right"), [("anytown", 165, 40), ("otherham", 125, 41)])
def test_most_cases_are_found_again_and_neither_group_nor_theme_is_learnt_of_them(
    trust: Trust, name: str, alone: int, right: int
) -> None:
    """The numbers stand in the threat model; whoever changes them changes it too."""
    cases = counted(trust, name)
    facts, groups, themes = (read(trust, table) for table in ("fact", "fact_group", "fact_theme"))
    found = matched(facts, cases)
    assert len(found) == alone > len(cases) * 0.9
    told = {name for name in facts[0] if name not in MATCHED}
    assert told == {"organisation_id", "id", "counts_in", "continues", "acknowledged_in_time", "edition"}
    elsewhere = {value for row in (*groups, *themes) for column, value in row.items() if column != "organisation_id"}
    assert elsewhere.isdisjoint(fact["id"] for _, fact in found)

    by_quarter = defaultdict[str, Counter[Any]](Counter)
    for row in groups:
        by_quarter[row["raised"]][row["worker_group"]] += 1
    found_again = [case for case, _ in found]
    assert told_for_sure(found_again, by_quarter) == []
    assert guessed(found_again, by_quarter, "group") == right < len(found) * 0.4

    of_case = defaultdict[tuple[str, uuid.UUID], set[str]](set)
    for row in themes:
        of_case[row["counts_in"], row["person"]].add(row["theme"])
    sets = defaultdict[str, Counter[Any]](Counter)
    for (quarter, _token), which in of_case.items():
        sets[quarter][frozenset(which)] += 1
    assert told_for_sure(found_again, sets) == []
    assert guessed(found_again, sets, "themes") < len(found) * 0.4
