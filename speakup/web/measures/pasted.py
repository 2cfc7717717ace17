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
    """A line that could not be read: its number, and which part of it is wrong."""

    line: int
    what: str
    """`name`, `number`, `twice`, `many` or `labels`."""
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
    """Read a line for each group: its name and how many work there. `names` by key; everybody has none."""
    read = ReadCounts([], [])
    known, seen = {_plain(name): key for key, name in names.items()}, set[str]()
    for number, cells in _lines(text):
        *name, count = cells
        key = known.get(_plain(", ".join(name)))
        digits = re.sub(r"[ ,.\u00a0]", "", count)
        if key is None:
            read.troubles.append(Trouble(number, "name", ", ".join(name)))
        elif not re.fullmatch("[0-9]{1,7}", digits, re.ASCII):
            read.troubles.append(Trouble(number, "number", count))
        elif key in seen:
            read.troubles.append(Trouble(number, "twice", names[key]))
        else:
            seen.add(key)
            read.counts.append(Count(key, int(digits)))
    return read


def read_ladder(text: str, names: Mapping[str, str], most: int) -> ReadLadder:
    """Read a line for each group: its name, then the larger groups it belongs to, the smallest of them first."""
    read = ReadLadder({}, [])
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


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines()[:MOST_LINES], 1):
        if line.strip():
            parted = "\t" if "\t" in line else ";" if ";" in line else ","
            (cells,) = csv.reader([line], delimiter=parted)
            yield number, [each.strip() for each in cells] if any(cells) else [line.strip()]


def _plain(name: str) -> str:
    """Make names comparable: case, spaces and the commas between two parts count for nothing."""
    return " ".join(name.replace(",", " ").casefold().split())
