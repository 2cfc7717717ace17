"""Lines that were typed, or pasted from a spreadsheet: the name of a group, then numbers or the names of larger groups.

A line may be parted by tabs, semicolons or commas; a name with a comma in it is known by the list it comes from.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from speakup.insight import Count

MOST_LINES = 2_000


@dataclass(frozen=True, slots=True)
class Trouble:
    """A line that could not be read: its number, 0 for all of them, and which part of it is wrong."""

    line: int
    what: str
    """`name`, `number`, `twice`, `labels`, `many` for more lines than are read, or `none` where nothing was written."""
    words: str = ""


@dataclass(frozen=True, slots=True)
class ReadCounts:
    """Numbers that were read, and lines that were not."""

    counts: list[Count]
    troubles: list[Trouble]


@dataclass(frozen=True, slots=True)
class ReadLadder:
    """The larger groups of each group, and lines that were not read."""

    rungs: dict[str, list[str]]
    troubles: list[Trouble]


def read_counts(text: str, names: Mapping[str, str]) -> ReadCounts:
    """Read a line for each group: its name and how many work there. `names` by key; everybody has none.

    A line that is a name alone is passed over, so that a page can be filled in partly.
    """
    read = ReadCounts([], _too_many(text))
    known, seen = {_plain(name): key for key, name in names.items()}, set[str]()
    for number, cells in _lines(text):
        *name, count = cells
        key, whole = known.get(_plain(", ".join(name))), _COUNT.fullmatch(count)
        if not whole and _plain(", ".join(cells)) in known:
            continue
        if key is None:
            read.troubles.append(Trouble(number, "name", ", ".join(name)))
        elif not whole:
            read.troubles.append(Trouble(number, "number", count))
        elif key in seen:
            read.troubles.append(Trouble(number, "twice", names[key]))
        else:
            seen.add(key)
            read.counts.append(Count(key, int(re.sub("[^0-9]", "", count))))
    if not read.counts and not read.troubles:
        read.troubles.append(Trouble(0, "none"))
    return read


def read_ladder(text: str, names: Mapping[str, str], most: int) -> ReadLadder:
    """Read a line for each group: its name, then the larger groups it belongs to, the smallest of them first."""
    read = ReadLadder({}, _too_many(text))
    known = {_plain(name): key for key, name in names.items()}
    for number, cells in _lines(text):
        at = next((end for end in range(len(cells), 0, -1) if _plain(", ".join(cells[:end])) in known), 0)
        key, labels = known.get(_plain(", ".join(cells[:at])), ""), cells[at:]
        if not at:
            read.troubles.append(Trouble(number, "name", cells[0]))
        elif key in read.rungs:
            read.troubles.append(Trouble(number, "twice", names[key]))
        elif len(labels) > most or any(len(label) > _LONGEST for label in labels):
            read.troubles.append(Trouble(number, "labels", names[key]))
        else:
            read.rungs[key] = labels
    return read


def written(lines: Iterable[Sequence[str]]) -> str:
    """Write lines as they can be read again."""
    return "\n".join("\t".join(cells).rstrip() for cells in lines)


_LONGEST = 120
_COUNT = re.compile(r"[0-9]{1,7}|[0-9]{1,3}(?:[ ,\u00a0][0-9]{3}){1,2}", re.ASCII)
"""A whole number, its thousands parted or not; a point would be of a number that is not whole."""


def _too_many(text: str) -> list[Trouble]:
    return [Trouble(0, "many")] if len(text.splitlines()) > MOST_LINES else []


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines()[:MOST_LINES], 1):
        if line.strip():
            parted = "\t" if "\t" in line else ";" if ";" in line else ","
            (cells,) = csv.reader([line], delimiter=parted)
            yield number, [each.strip() for each in cells] if any(cells) else [line.strip()]


def _plain(name: str) -> str:
    """Make names comparable: case, spaces and the commas between two parts count for nothing."""
    return " ".join(name.replace(",", " ").casefold().split())
