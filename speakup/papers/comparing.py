"""A publication's own shares beside the newest national ones that were out on its day, for pages and for papers."""

from dataclasses import dataclass

from speakup import assurance
from speakup.assurance import Reference, Subject
from speakup.papers import grid
from speakup.papers.national import references
from speakup.papers.pack import Pack

_KNOWN_BY = {
    Subject.PATIENT_SAFETY: "patient safety",
    Subject.WORKER_SAFETY: "worker safety",
    Subject.BULLYING: "bullying",
    Subject.BEHAVIOURS: "inappropriate",
    Subject.ANONYMOUS: "anonym",
}
"""What a line of an organisation's own lists has in its name when it is the national one."""
_LISTS = (grid.ELEMENT, grid.HOW)
_YES = "yes"
_YES_OF = {Subject.DETRIMENT: grid.DETRIMENT, Subject.SPEAK_UP_AGAIN: grid.AGAIN}
"""Tables whose line of this name is the national one: of all cases, and of whoever answered."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One national figure and the publication's own."""

    of: Subject
    here: str
    """Empty where the publication says none, or has too few to say one."""
    figure: Reference


def compared(pack: Pack) -> list[Compared]:
    """Hold them beside each other, in the order of `Subject`."""
    newest = {each.of: each for each in national_figures(pack)}
    return [Compared(subject, _here(pack, subject), newest[subject]) for subject in Subject if subject in newest]


def national_figures(pack: Pack) -> list[Reference]:
    """List the national figures that were in force on the publication's day, the oldest period first."""
    return assurance.in_force(pack.published_on, references(pack.national))


def superseded(pack: Pack, figure: Reference) -> list[Reference]:
    """List what earlier sources gave for the same, the newest first."""
    return assurance.superseded(figure, pack.published_on, references(pack.national))


def _here(pack: Pack, subject: Subject) -> str:
    if subject is Subject.CASES:
        return str(pack.cases) if pack.cases is not None else ""
    for table in pack.tables:
        for label in table.axes[0][1] if len(table.axes) == 1 else ():
            if _is(subject, table.name, label.casefold()):
                share = table.figure(label).percentage_of(table.figure(None))
                return "" if share is None else f"{share}%"
    return ""


def _is(subject: Subject, table: str, label: str) -> bool:
    """Say whether a line of a table counts what a national figure does."""
    if _YES_OF.get(subject) == table:
        return label == _YES
    return table in _LISTS and subject in _KNOWN_BY and _KNOWN_BY[subject] in label
