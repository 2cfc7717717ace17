"""One check, values in and values out: what is written of a theme waits for the theme to be shown."""

from dataclasses import replace

from benchmarks.load.counts import Invented, Size, counted_in, invent
from speakup.disclosure import Axis, Category, Definition, Dimension, Kind, Ledger, Row, Rules, Staff, Tables
from speakup.papers import Section, Text
from speakup.papers.making import Made, Material, make
from speakup.papers.pack import CASES, Pack
from tests import factories

SEED = b"a secret of this test only"
SIZE = Size(elements=2, groups=3, directorates=3, years=1)


def themes(trust: Invented, many: int, few: int) -> Tables:
    """Of a quarter: so many people about parking, so few about nights, and others about rotas and pay."""
    names = {"parking": many, "nights": few, "rotas": 20, "pay": 2}
    theme = Dimension(
        "theme", Kind.OTHER, tuple(names), (tuple(Category(each.capitalize(), frozenset({each})) for each in names),)
    )
    quarter = trust.quarters[0]
    rows = tuple(Row(f"{name} {n}", (quarter, name)) for name, count in names.items() for n in range(count))
    definition = Definition("theme", (Axis("theme"),), (("quarter", counted_in(quarter)),))
    return Tables((trust.dimensions[0], theme), rows, (definition,), 400, (Staff((), (((), 4000),)),))


def made_of(tables: Tables, trust: Invented, *texts: Text) -> Pack:
    cases = trust.tables(trust.closed(1), [Definition(CASES, (), (("quarter", counted_in(trust.quarters[0])),))])
    skeleton = replace(factories.sample_pack(), tables=(), series=(), titles=(), texts=(), stories=(), actions=())
    material = Material(
        skeleton, texts, {CASES: cases, "themes": tables}, {CASES: Ledger(), "themes": Ledger()}, (), Rules(), "", 1
    )
    made = make(material, SEED)
    assert isinstance(made, Made)
    return made.pack


def test_what_is_written_of_a_theme_goes_out_only_where_enough_people_raised_it() -> None:
    trust = invent(7, 400, SIZE)
    about = [Text(Section.THEMES, heading, ("We heard of it.",)) for heading in ("Parking", "Nights")]
    assert [each.heading for each in made_of(themes(trust, 12, 6), trust, *about).texts] == ["Parking", "Nights"]
    pack = made_of(themes(trust, 12, 3), trust, *about)
    assert [each.heading for each in pack.texts] == ["Parking"]
