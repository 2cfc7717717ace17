"""The organisation's own shares beside the newest national ones that were out when it published."""

from collections.abc import Iterator

from babel.dates import format_date

from speakup import assurance
from speakup.assurance import Reference, Subject, Unit
from speakup.papers.documents.paper import Block, Grid, Words
from speakup.papers.documents.words import Say
from speakup.papers.pack import Pack

_KNOWN_BY = {
    Subject.ANONYMOUS: "anonym",
    Subject.PATIENT_SAFETY: "patient safety",
    Subject.WORKER_SAFETY: "worker safety",
    Subject.BULLYING: "bullying",
    Subject.BEHAVIOURS: "inappropriate",
}
"""What a line of an organisation's own lists has in its name when it is the national one."""
_LISTS = ("element", "how")
_WRITTEN = {"day": "d MMMM yyyy", "month": "MMMM yyyy", "year": "yyyy"}


def blocks(pack: Pack, language: str, _: Say) -> Iterator[Block]:
    """A table of what can be held against each other; nothing where the publication shows no such share."""
    newest = {each.of: each for each in assurance.in_force(pack.published_on)}
    names = _names(_)
    rows = tuple(
        (names[subject], share, _valued(newest[subject]), newest[subject].period, _source(newest[subject], language, _))
        for subject in _KNOWN_BY
        if subject in newest and (share := _share(pack, subject))
    )
    if rows:
        columns = (_("Share of all"), _("Here"), _("England"), _("Year, England"), _("Source"))
        yield Words(_("National figures are of other years and other organisations: usual is not the same as right."))
        yield Grid(_("Beside national figures, in numbers"), columns, rows, figures=False)


def _names(_: Say) -> dict[Subject, str]:
    return {
        Subject.ANONYMOUS: _("Raised anonymously"),
        Subject.PATIENT_SAFETY: _("Patient safety or quality"),
        Subject.WORKER_SAFETY: _("Worker safety or wellbeing"),
        Subject.BULLYING: _("Bullying or harassment"),
        Subject.BEHAVIOURS: _("Other inappropriate attitudes or behaviours"),
    }


def _share(pack: Pack, subject: Subject) -> str:
    tables = (table for table in pack.tables if table.name in _LISTS)
    for table in tables:
        for label in table.axes[0][1]:
            if _KNOWN_BY[subject] in label.casefold():
                share = table.figure(label).percentage_of(table.figure(None))
                return "" if share is None else f"{share}%"
    return ""


def _valued(figure: Reference) -> str:
    return f"{figure.value:f}%" if figure.unit is Unit.PERCENT else f"{figure.value:f}"


def _source(figure: Reference, language: str, _: Say) -> str:
    when = format_date(figure.published, _WRITTEN[figure.exact], locale=language)
    source = f"{figure.publication}, {when}"
    return _("%(source)s (about)") % {"source": source} if figure.about else source
