"""The organisation's own shares beside the newest national ones that were out when it published."""

from collections.abc import Iterator

from babel.dates import format_date

from speakup.assurance import Reference, Subject, Unit
from speakup.papers.comparing import compared
from speakup.papers.documents.paper import Block, Grid, Words
from speakup.papers.documents.words import Say
from speakup.papers.pack import Pack
from speakup.papers.words import grouped

_WRITTEN = {"day": "d MMMM yyyy", "month": "MMMM yyyy", "year": "yyyy"}


def blocks(pack: Pack, language: str, _: Say) -> Iterator[Block]:
    """A table of what can be held against each other; nothing where the publication shows no such share."""
    names = _names(_)
    rows = tuple(
        (names[each.of], each.here, _valued(each.figure), each.figure.period, _source(each.figure, language, _))
        for each in compared(pack)
        if each.here and each.of in names
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
        Subject.DETRIMENT: _("Suffered for speaking up"),
        Subject.SPEAK_UP_AGAIN: _("Would speak up again"),
    }


def _valued(figure: Reference) -> str:
    value = grouped(f"{figure.value:f}")
    return f"{value}%" if figure.unit is Unit.PERCENT else value


def _source(figure: Reference, language: str, _: Say) -> str:
    when = format_date(figure.published, _WRITTEN[figure.exact], locale=language)
    source = f"{figure.publication}, {when}"
    return _("%(source)s (about)") % {"source": source} if figure.about else source
