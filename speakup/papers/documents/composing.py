"""From a publication to its documents: which part stands where, under which heading, in which words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from speakup.disclosure import SIGN, SafeSeries, SafeTable, total
from speakup.papers.absent import absent, follows
from speakup.papers.documents import comparison, evidence, reflection
from speakup.papers.documents.drawings import bars_drawn, lines_drawn
from speakup.papers.documents.grids import grid_of_lines, grids_of
from speakup.papers.documents.paper import Block, Grid, KeyFigure, Paper, Points, Section, Story, Words
from speakup.papers.documents.words import Say, day, period, sentence, words_in
from speakup.papers.pack import Kind, Pack, Title
from speakup.papers.pack import Section as Part
from speakup.papers.words import with_unit

_ENGLISH = "en"
_NOTHING = Grid("", (), ())


def board_paper(pack: Pack, language: str = _ENGLISH) -> Paper:
    """The paper a board gets, with its cover and the appendix for its own reflection."""
    return _Composer(pack, words_in(language), language).board_paper()


def public_paper(pack: Pack, language: str = _ENGLISH) -> Paper:
    """What the organisation puts on its own pages: the same figures and words, without what is for the meeting."""
    return _Composer(pack, words_in(language), language).public_paper()


def evidence_list(pack: Pack, language: str = _ENGLISH) -> Paper:
    """What the publication shows an inspector of the Care Quality Commission."""
    return _Composer(pack, words_in(language), language).evidence_list()


def as_draft(paper: Paper) -> Paper:
    """The same, saying of itself that nobody has published it."""
    _ = words_in(paper.language)
    said = _("Draft: not published")
    return replace(paper, kind=f"{said}. {paper.kind}", published=said)


def _is_all_masked(table: SafeTable) -> bool:
    return bool(table.axes) and all(figure.shown is None for labels, figure in table if any(labels))


def _after_a_cover(sections: Iterable[Section]) -> Iterator[Section]:
    """Let the first begin on a sheet of its own: what is left of the cover's holds a heading, and no drawing."""
    for number, section in enumerate(sections):
        yield replace(section, on_new_sheet=number == 0)


@dataclass(frozen=True)
class _Composer:
    pack: Pack
    _: Say
    language: str
    headings: dict[Part, str] = field(init=False, default_factory=dict)
    """Of the parts that have something in them, with their numbers."""

    def __post_init__(self) -> None:
        names, filled = self._names(), [part for part in Part if any(True for _block in self._blocks(part))]
        self.headings.update({part: f"{number}. {names[part]}" for number, part in enumerate(filled, 1)})

    def board_paper(self) -> Paper:
        return self._paper(
            kind=self._kind(),
            title=self._("Freedom to Speak Up"),
            cover=self._cover(),
            lead_heading=self._("What is new"),
            lead=Points(self.pack.headline),
            asked=Points(self._asked(), numbered=True),
            sections=(*_after_a_cover(self._parts()), reflection.appendix(self.headings, self._)),
        )

    def public_paper(self) -> Paper:
        return self._paper(
            kind=self._("Report to everybody who works here"),
            title=self._("Freedom to Speak Up"),
            cover=_NOTHING,
            lead_heading=self._("What is new"),
            lead=Points(self.pack.headline),
            asked=Points(()),
            sections=tuple(self._parts()),
        )

    def _parts(self) -> Iterator[Section]:
        return (Section(heading, tuple(self._blocks(part))) for part, heading in self.headings.items())

    def evidence_list(self) -> Paper:
        return self._paper(
            kind=self._("Care Quality Commission: well-led"),
            title=self._("Evidence on freedom to speak up"),
            cover=_NOTHING,
            lead_heading=self._("About this list"),
            lead=Points(
                (
                    self._("What the publication %(ref)s shows, topic by topic of the quality statement.")
                    % {"ref": self.pack.ref},
                )
            ),
            asked=Points(()),
            sections=tuple(evidence.sections(self.pack, self.headings, self._)),
        )

    def _paper(self, **said: Any) -> Paper:  # noqa: ANN401 -- the fields of a paper
        published = self._("%(ref)s, version %(version)s, published %(day)s") % {
            "ref": self.pack.ref,
            "version": self.pack.version,
            "day": day(self.pack.published_on, self.language),
        }
        return Paper(
            organisation=self.pack.organisation,
            period=self.pack.period.name,
            published_on=self.pack.published_on,
            published=published,
            language=self.language,
            asked_heading=self._("What the board is asked to do"),
            page=self._("Page {page} of {pages}"),
            **said,
        )

    # --- front ------------------------------------------------------------------------------------------------------

    def _kind(self) -> str:
        return {
            Kind.QUARTER: self._("Quarterly report to the board"),
            Kind.YEAR: self._("Annual report to the board"),
            Kind.RESTATEMENT: self._("Restated figures of a year"),
            Kind.ANSWER: self._("Answer to a request for information"),
        }[self.pack.kind]

    def _asked(self) -> tuple[str, ...]:
        recommended = [each.text for each in self.pack.recommendations if not each.progress]
        return (*([self.pack.cover.recommendation] if self.pack.cover.recommendation else []), *recommended)

    def _cover(self) -> Grid:
        cover, _ = self.pack.cover, self._
        lines = (
            (_("Meeting"), cover.meeting),
            (_("Date of the meeting"), "" if cover.meeting_on is None else day(cover.meeting_on, self.language)),
            (_("Agenda item"), cover.agenda_item),
            (_("Author"), cover.author),
            (_("Lead director"), cover.lead_director),
            (_("Purpose"), cover.purpose),
            (_("Level of assurance"), cover.assurance),
            (_("Strategic risk"), cover.strategic_risk),
            (_("CQC domain"), cover.cqc_domain),
            (_("Equality impact"), cover.equality_impact),
            (_("Previously considered by"), cover.previously_considered),
        )
        filled = tuple(line for line in lines if line[1])
        return Grid(_("About this paper"), (_("Item"), _("Entry")), filled, figures=False)

    # --- parts ------------------------------------------------------------------------------------------------------

    def _names(self) -> dict[Part, str]:
        _ = self._
        return {
            Part.NEW: _("What is new"),
            Part.CASES: _("How many people spoke up"),
            Part.ELEMENTS: _("What it was about"),
            Part.HOW: _("How people spoke up"),
            Part.GROUPS: _("Who spoke up"),
            Part.PLACES: _("Where they work"),
            Part.THEMES: _("Themes"),
            Part.TIMELINESS: _("How soon they were answered"),
            Part.DETRIMENT: _("Who suffered for speaking up"),
            Part.FEEDBACK: _("What people said afterwards"),
            Part.COMPARISON: _("Beside national figures"),
            Part.TRIANGULATION: _("Beside what else we know"),
            Part.LEARNING: _("What changes because of it"),
            Part.STORIES: _("Stories"),
            Part.REACH: _("Who was reached"),
            Part.CAPACITY: _("The guardians’ time"),
            Part.RECOMMENDATIONS: _("What the guardians ask of the board"),
            Part.METHOD: _("How this was made"),
            Part.ABSENT: _("What this paper does not hold, and why"),
        }

    def _blocks(self, part: Part) -> Iterator[Block]:
        for is_masked, tables in groupby(self.pack.tables_of(part), _is_all_masked):
            if is_masked:
                yield from self._all_masked(list(tables))
            else:
                yield from (block for table in tables for block in self._table(table))
        yield from map(Words, follows(self.pack, part, self._))
        yield from self._lines(part)
        yield from self._own(part)
        yield from (Story(text.heading, text.paragraphs) for text in self.pack.texts_of(part))

    def _table(self, table: SafeTable) -> Iterator[Block]:
        title = self.pack.title(table)
        if not table.axes:
            yield self._all_in_all(title.words, str(total(table)))
            return
        drawn = bars_drawn(table, title, self._)
        if drawn:
            yield drawn
            title = replace(title, words=self._("%(what)s, in numbers") % {"what": title.words})
        yield from grids_of(table, title, self._)

    def _all_in_all(self, what: str, figure: str) -> KeyFigure:
        """Say the one number of a table without lines."""
        if figure == SIGN:
            words = self._("%(what)s: how many is not shown, so that nobody can be found")
            return KeyFigure(figure, words % {"what": what})
        return KeyFigure(figure, what)

    def _all_masked(self, tables: Sequence[SafeTable]) -> Iterator[Block]:
        """Say of tables that show nothing but their total that they do, in place of pages of signs."""
        by_total: dict[str, list[str]] = {}
        for table in tables:
            by_total.setdefault(str(total(table)), []).append(self.pack.title(table).words)
        one = self._("%(what)s: all its lines are masked as [c], so that nobody can be found. In all: %(figure)s.")
        several = self._("All lines of these are masked as [c], so that nobody can be found. In all, each: %(figure)s.")
        for figure, named in by_total.items():
            if len(named) == 1:
                yield Words(one % {"what": named[0], "figure": figure})
            else:
                yield Words(several % {"figure": figure})
                yield Points(tuple(named))

    def _lines(self, part: Part) -> Iterator[Block]:
        """The drawings, then one table for all that run over the same periods."""
        lines = self.pack.series_of(part)
        if lines:
            yield from lines_drawn(lines, [self._title_of(line) for line in lines], self._)
        runs = dict.fromkeys(tuple(label for label, _figure in line.points) for line in lines)
        for run in runs:
            alike = [line for line in lines if tuple(label for label, _figure in line.points) == run]
            titles = [self._title_of(line) for line in alike]
            what = titles[0].words if len(alike) == 1 else self._("The drawings")
            caption = self._("%(what)s, in numbers") % {"what": what}
            yield grid_of_lines(alike, titles, caption, self._)

    def _title_of(self, line: SafeSeries) -> Title:
        """Its own title, where a table has the same name: lines come after tables."""
        return [title for title in self.pack.titles if title.of == line.name][-1]

    def _own(self, part: Part) -> Iterator[Block]:
        """What a part holds that is no table of people."""
        if part is Part.COMPARISON:
            yield from comparison.blocks(self.pack, self.language, self._)
        elif part is Part.TRIANGULATION:
            yield from self._context()
        elif part is Part.LEARNING:
            yield from self._actions()
        elif part is Part.RECOMMENDATIONS:
            yield from self._recommendations()
        elif part is Part.METHOD:
            yield from self._method()
        elif part is Part.ABSENT:
            yield from self._absent()

    def _context(self) -> Iterator[Block]:
        _ = self._
        taken: dict[tuple[str, str], list[str]] = {}
        for each in sorted(self.pack.context, key=lambda figure: (figure.name, -figure.as_of.toordinal())):
            dated = _("%(value)s on %(day)s") % {
                "value": with_unit(each.value, each.unit),
                "day": day(each.as_of, self.language),
            }
            taken.setdefault((each.name, each.source), []).append(dated)
        rows = tuple((name, "; ".join(values), source) for (name, source), values in taken.items())
        if rows:
            columns = (_("Figure"), _("Values, newest first"), _("Source"))
            yield Words(_("These stand beside the themes, and were never joined to what anybody raised."))
            yield Grid(_("Other figures"), columns, rows, figures=False)

    def _actions(self) -> Iterator[Block]:
        _ = self._
        states = {
            "proposed": _("Proposed"),
            "agreed": _("Agreed"),
            "in progress": _("In progress"),
            "implemented": _("Done, not checked yet"),
            "checked": _("Checked"),
            "closed": _("Closed"),
            "not taken forward": _("Not taken forward"),
        }
        rows = tuple(
            (
                f"{each.title} ({each.ref})",
                each.what,
                states.get(each.state, sentence(each.state)),
                "" if each.due is None else day(each.due, self.language),
                each.theme + (_(" (rose again since it was closed)") if each.rose_again else ""),
            )
            for each in self.pack.actions
        )
        if rows:
            columns = (_("Action"), _("What changes"), _("State"), _("Due"), _("Theme"))
            yield Grid(_("Learning actions"), columns, rows, figures=False)

    def _recommendations(self) -> Iterator[Block]:
        _ = self._
        rows = tuple((each.text, each.progress or _("New")) for each in self.pack.recommendations)
        if rows:
            yield Grid(_("Recommendations"), (_("Recommendation"), _("Progress")), rows, figures=False)

    def _method(self) -> Iterator[Block]:
        _ = self._
        if self.pack.method:
            yield Points(self.pack.method)
        if self.pack.begun:
            rows = tuple((period(each.at), each.why) for each in self.pack.begun)
            yield Grid(_("Counting changed from"), (_("Period"), _("Why")), rows, figures=False)

    def _absent(self) -> Iterator[Block]:
        rows = tuple(absent(self.pack, self._))
        if rows:
            columns = (self._("What"), self._("Why it is not here"))
            yield Grid(self._("Not in this paper"), columns, rows, figures=False, together=True)
