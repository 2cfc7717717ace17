"""What pages say of a publication: where it stands, why it was withheld, what the attack came to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from speakup import papers
from speakup.disclosure import LeftOut, Reason, SafeTable, Why
from speakup.papers import Kind, Publication, Refusal, State

STATES: Mapping[State, Any] = {
    State.DRAFT: _("Being written"),
    State.CHECKING: _("Being checked"),
    State.CHECKED: _("Checked, waits for a second person"),
    State.WITHHELD: _("Withheld"),
    State.APPROVED: _("Approved"),
    State.PUBLISHED: _("Published"),
}
COLOURS: Mapping[State, str] = {
    State.DRAFT: "grey", State.CHECKING: "blue", State.CHECKED: "orange", State.WITHHELD: "red",
    State.APPROVED: "purple", State.PUBLISHED: "green",
}  # fmt: skip
KINDS: Mapping[Kind, Any] = {
    Kind.QUARTER: _("Quarter"),
    Kind.YEAR: _("Year"),
    Kind.RESTATEMENT: _("Restatement of a year"),
    Kind.ANSWER: _("Answer to a request"),
}
WITHHELD: Mapping[str, Any] = {
    Reason.EARLIER.value: _(
        "What is known already from earlier publications is enough to work out a small number, whatever is masked now. "
        "Nothing can be published of this. Ask for fewer tables, or for a longer period."
    ),
    Reason.CHANGED.value: _(
        "The counts are not those that were published, or returned, before. A closed quarter was rewritten, and "
        "nothing is published of it. Tell whoever looks after this installation."
    ),
    Reason.UNPROVED.value: _(
        "It could not be proved that nobody can be found. Nothing was published. Check it once more, or ask for fewer "
        "tables."
    ),
    Reason.NOTHING.value: _(
        "So few people spoke up that no table may be shown. Publish a longer period: a year, instead of a quarter. If "
        "the year before was not counted here, say how many cases it had."
    ),
    Refusal.NO_STAFF.value: _(
        "Nobody has written down how many people work here. Without that nothing can be shown. Add the numbers of "
        "staff, then check again."
    ),
    Refusal.OPEN.value: _("A quarter of it is not closed yet, so its numbers may still change."),
    Refusal.FAULT.value: _(
        "The ledger of what went out, or an earlier publication, is not as the audit chain knows it: something in the "
        "database was changed, lost, or put back from an old copy. Beside a ledger like that nothing can be shown to "
        "be safe. Your words are kept. Tell whoever looks after this installation that the tables ledger_release and "
        "published_pack have to be put back as they were, then check again."
    ),
}
WHY: Mapping[str, Any] = {
    Why.FEW.value: _("fewer people than the threshold"),
    Why.SHARE.value: _("a tenth of the group’s staff or more"),
    Why.SMALL_GROUP.value: _("the group has too few staff, or nobody has counted them"),
    Why.EXTRA.value: _("masked so that another number cannot be worked out"),
    Why.EARLIER.value: _("masked in an earlier publication, which showing it now would undo"),
}
LEFT_OUT: Mapping[str, Any] = {
    LeftOut.VOLUME.value: _("too few cases in a year for a table of this kind"),
    LeftOut.GROUPING.value: _("with no grouping would four fifths of its numbers be shown"),
}
POPULATIONS: Mapping[str, Any] = {
    "cases": _("Cases"),
    "themes": _("Local themes"),
    "closings": _("How long cases took"),
    "feedback": _("Feedback"),
}


@dataclass(frozen=True, slots=True)
class Attack:
    """What the attack on one population came to, in sentences."""

    name: str
    sentences: list[str]
    left_out: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table, its cells, and why each of them is masked; empty where one is not."""

    label: str
    cells: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A table as it is printed, with one axis down and at most one across."""

    name: str
    title: str
    head: list[str]
    lines: list[Line]
    notes: tuple[str, ...]
    rungs: list[dict[str, Any]]


def withheld(publication: Publication) -> str:
    """Say plainly why nothing can be published."""
    return f"{WITHHELD[publication.withheld]}"


def population(name: str, questions: Mapping[str, str]) -> str:
    """Name what is counted; `questions` are the names of those that people were asked about themselves."""
    if name in POPULATIONS:
        return f"{POPULATIONS[name]}"
    question = name.partition(" ")[2]
    return f"{gettext('What people said of themselves')}: {questions.get(question, question)}"


def attacks(publication: Publication, questions: Mapping[str, str]) -> Iterator[Attack]:
    """Tell what the attack came to, population by population."""
    for name, found in publication.workings.items():
        if isinstance(found, dict):
            left_out = [(table, str(LEFT_OUT[reason])) for table, reason in found["left out"]]
            yield Attack(population(name, questions), list(_sentences(found)), left_out)


def _sentences(found: Mapping[str, Any]) -> Iterator[str]:
    yield gettext("%(shown)s of %(cells)s numbers are shown.", shown=found["shown"], cells=found["cells"])
    if found["few"]:
        yield ngettext(
            "%(num)s is masked because it is small, or its group is.",
            "%(num)s are masked because they are small, or their group is.",
            found["few"],
        )
    if found["extra"]:
        yield ngettext(
            "%(num)s more is masked so that those cannot be worked out. It was proved that fewer are not enough.",
            "%(num)s more are masked so that those cannot be worked out. It was proved that fewer are not enough.",
            found["extra"],
        )
    yield closest(found)
    yield gettext(
        "The attack took %(linked)s numbers into account, those of earlier publications with them.",
        linked=found["linked"],
    )


def closest(found: Mapping[str, Any]) -> str:
    """Say how close anybody can come."""
    said: str = gettext("There is no small number that would have to be protected.")
    if found["closest"] is not None:
        low, high = found["closest"]
        said = gettext(
            "The closest anyone who is not among those counted can come to any small number is %(low)s to %(high)s.",
            low=low,
            high=high,
        )
    return said


def drawn(publication: Publication, pack: papers.Pack) -> list[Drawn]:
    """Lay out every table, each masked number with its reason."""
    return [_drawn(publication, pack, table) for table in pack.tables]


def _drawn(publication: Publication, pack: papers.Pack, table: SafeTable) -> Drawn:
    title = pack.title(table)
    why, rungs = _workings(publication, table.name)
    down = [*table.axes[0][1], None] if table.axes else [None]
    across: list[str | None] = [*table.axes[1][1], None] if len(table.axes) > 1 else [None]
    lines = []
    for line in down:
        keys = [((line, other) if len(table.axes) > 1 else (line,) if table.axes else ()) for other in across]
        cells = [(str(table.figure(*key)), str(WHY.get(why.get(key, ""), ""))) for key in keys]
        lines.append(Line(line or gettext("Total"), cells))
    head = [title.axes[0] if title.axes else gettext("Period")]
    head += [each or gettext("Total") for each in across] if len(table.axes) > 1 else [gettext("People")]
    return Drawn(table.name, title.words, head, lines, title.notes, rungs)


def _workings(publication: Publication, table: str) -> tuple[dict[tuple[str | None, ...], str], list[dict[str, Any]]]:
    for found in publication.workings.values():
        if isinstance(found, dict) and table in found["reasons"]:
            why = {tuple(labels): reason for labels, reason in found["reasons"][table]}
            return why, found["rungs"][table]
    return {}, []
