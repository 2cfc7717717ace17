"""Forms of publications: which period, which words, which day, and what a second person has to have read."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Field, FormField, SelectField, SelectMultipleField
from wtforms.validators import ValidationError

from speakup import learning, papers, vocabulary
from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.papers import Cover, Kind, Recommendation, Section, Text, Words
from speakup.vocabulary import CodeSet
from speakup.web.fields import AtMost, FromTheList, Needed, NoCase, PlainForm, offer
from speakup.web.lines import DayForm, Hidden, Line, Lines
from speakup.web.months import WithoutMonths
from speakup.web.second_reading import SecondReadingForm

LONG, SHORT = 4000, 300
STORIES, RECOMMENDATIONS, THEMES = range(3), range(4), range(3)
_LARGEST = 100_000


class WholeNumber:
    """Refuses what is no number of cases, or of what else the words say."""

    def __init__(self, message: Any = "") -> None:  # noqa: ANN401 -- lazy words
        self.message = message

    def __call__(self, form: Any, field: Field) -> None:  # noqa: ANN401 -- any form
        if field.data and not (field.data.isascii() and field.data.isdigit() and int(field.data) <= _LARGEST):
            raise ValidationError(str(self.message or gettext("Write a number in digits, for example 120")))


class NeededBeside:
    """Refuses to be empty where something stands in another field that is printed only with this one."""

    def __init__(self, other: str, message: Any) -> None:  # noqa: ANN401 -- lazy words
        self.other, self.message = other, message

    def __call__(self, form: Any, field: Field) -> None:  # noqa: ANN401 -- any form
        if (form[self.other].data or "").strip() and not (field.data or "").strip():
            raise ValidationError(self.message)


class PeriodForm(PlainForm):
    """What every publication is asked first."""

    dated = FormField(DayForm, _("Which day stands on it?"))
    year_before = Line(
        _("How many cases were there in the year before? (optional)"),
        description=_(
            "Only where that year was not counted here. From it follows how fine the tables may be, so that this "
            "period’s own numbers need not be looked at for that."
        ),
        validators=[WholeNumber()],
    )

    @property
    def day(self) -> date:
        """Return the day that was written; `Invalid` without one."""
        day: date | None = self.dated.form.written
        if day is None:
            raise Invalid("dated", "empty")
        return day

    @property
    def before(self) -> int | None:
        """Return the number of cases that was written."""
        return int(self.year_before.data) if self.year_before.data else None

    def refuse(self, refused: Invalid) -> None:
        """Say what is wrong with the period or the day."""
        said = {
            "empty": gettext("Write a day"),
            "too early": gettext("Nothing of a quarter comes out before four weeks after its end. Write a later day"),
        }
        self.dated.form.day.errors = [said.get(refused.reason, gettext("Choose another period"))]


class NewForm(PeriodForm):
    """Which period is to be published."""

    what = SelectField(
        _("What do you want to publish?"), validate_choice=False,
        validators=[Needed(_("Choose a period")), FromTheList()],
    )  # fmt: skip

    def prepare(self, uow: UnitOfWork) -> None:
        """Offer what is closed and has no publication yet."""
        taken = {each.ref for each in papers.list_publications(uow)}
        quarters = papers.what_can_be_published(uow)
        years = [papers.of_year(year) for year in papers.whole_years(quarters)]
        offered: list[tuple[Kind, tuple[str, ...]]] = [(Kind.QUARTER, (each,)) for each in reversed(quarters)]
        offered += [(kind, each) for kind in (Kind.YEAR, Kind.RESTATEMENT) for each in reversed(years)]
        free = [(kind, each) for kind, each in offered if papers.ref(kind, each) not in taken]
        self.what.choices = offer(
            [("", _("Choose")), *((_value(kind, each), _name(kind, each)) for kind, each in free)]
        )
        if not self.is_submitted():
            self.dated.form.show(uow.today)

    @property
    def chosen(self) -> tuple[Kind, Sequence[str]]:
        """Return what was chosen."""
        kind, _colon, quarters = (self.what.data or "").partition(":")
        return Kind(kind), quarters.split(",")


class AnswerForm(PeriodForm):
    """Which tables somebody asked for, of which period."""

    of = SelectField(
        _("Of which period?"), validate_choice=False, validators=[Needed(_("Choose a period")), FromTheList()]
    )
    tables = SelectMultipleField(_("Which tables?"), validate_choice=False, validators=[FromTheList()])

    def prepare(self, uow: UnitOfWork) -> None:
        """Offer closed periods, and the fixed list of tables."""
        quarters = papers.what_can_be_published(uow)
        years = [papers.of_year(year) for year in reversed(papers.whole_years(quarters))]
        periods = [*years, *((each,) for each in reversed(quarters))]
        self.of.choices = offer([("", _("Choose")), *((",".join(each), papers.period(each).name) for each in periods)])
        self.tables.choices = offer(papers.TABLES.items())
        if not self.is_submitted():
            self.dated.form.show(uow.today)

    def validate_tables(self, field: Field) -> None:
        """Ask for one at least."""
        if not field.data:
            raise ValidationError(gettext("Choose a table"))


def _value(kind: Kind, quarters: Sequence[str]) -> str:
    return f"{kind.value}:{','.join(quarters)}"


def _name(kind: Kind, quarters: Sequence[str]) -> str:
    name = papers.period(quarters).name
    return gettext("Restatement: %(period)s", period=name) if kind is Kind.RESTATEMENT else name


class WordsForm(PlainForm):
    """Everything that is written for a publication."""

    revision = Hidden()
    dated = FormField(DayForm, _("Which day stands on it?"))
    meeting = Line(_("Meeting"), validators=[AtMost(SHORT), NoCase()])
    meeting_on = FormField(DayForm, _("Day of the meeting"))
    agenda_item = Line(_("Agenda item"), validators=[AtMost(SHORT), NoCase()])
    author = Line(_("Author"), validators=[AtMost(SHORT), NoCase()])
    lead_director = Line(_("Lead director"), validators=[AtMost(SHORT), NoCase()])
    purpose = Line(_("Purpose"), validators=[AtMost(SHORT), NoCase(), WithoutMonths()])
    recommendation = Lines(_("What the board is asked to do"), validators=[AtMost(LONG), NoCase(), WithoutMonths()])
    assurance = Line(_("Level of assurance"), validators=[AtMost(SHORT), NoCase()])
    strategic_risk = Line(_("Strategic risk"), validators=[AtMost(SHORT), NoCase()])
    cqc_domain = Line(_("CQC domain"), validators=[AtMost(SHORT), NoCase()])
    equality_impact = Line(_("Equality impact"), validators=[AtMost(SHORT), NoCase(), WithoutMonths()])
    previously_considered = Line(_("Considered before by"), validators=[AtMost(SHORT), NoCase()])
    actions = SelectMultipleField(_("Learning actions"), validate_choice=False, validators=[FromTheList()])

    def prepare(self, uow: UnitOfWork, publication: papers.Publication) -> None:
        """Offer learning actions and themes; fill it in as it stands."""
        lines = learning.list_actions(uow)
        self.actions.choices = offer((each.ref, each.title) for each in lines)
        themes = [("", _("Choose")), *((name, name) for name in vocabulary.names(uow, CodeSet.THEME).values())]
        for at in THEMES:
            self[f"theme_{at}"].choices = offer(themes)
        if not self.is_submitted():
            self.revision.data = str(publication.revision)
            self._show(papers.read_words(publication.words), publication.dated)

    def _show(self, words: Words, dated: date) -> None:
        self.dated.form.show(dated)
        self.meeting_on.form.show(words.cover.meeting_on)
        for name in COVER:
            self[name].data = getattr(words.cover, name)
        for section, _label in SECTIONS:
            self[f"text_{section.value}"].data = "\n\n".join(_paragraphs(words.texts, section))
        for name, texts in (("theme", words.themes), ("story", words.stories)):
            for at, text in enumerate(texts):
                self[f"{name}_{at}"].data, self[f"{name}_text_{at}"].data = text.heading, "\n\n".join(text.paragraphs)
        for at, each in enumerate(words.recommendations):
            self[f"asked_{at}"].data, self[f"progress_{at}"].data = each.text, each.progress
        self.actions.data = list(words.actions)

    @property
    def said(self) -> Words:
        """Return what was written."""
        return Words(
            Cover(meeting_on=self.meeting_on.form.written, **{name: self[name].data or "" for name in COVER}),
            tuple(
                Text(section, str(label), _split(self[f"text_{section.value}"].data))
                for section, label in SECTIONS
                if (self[f"text_{section.value}"].data or "").strip()
            ),
            tuple(self._headed("theme", Section.THEMES, THEMES)),
            tuple(self._headed("story", Section.STORIES, STORIES)),
            tuple(
                Recommendation(self[f"asked_{at}"].data.strip(), (self[f"progress_{at}"].data or "").strip())
                for at in RECOMMENDATIONS
                if (self[f"asked_{at}"].data or "").strip()
            ),
            tuple(self.actions.data or ()),
        )

    def _headed(self, name: str, section: Section, places: Iterable[int]) -> Iterable[Text]:
        for at in places:
            text = _split(self[f"{name}_text_{at}"].data)
            if text:
                yield Text(section, self[f"{name}_{at}"].data or gettext("What happened"), text)


COVER = (
    "meeting", "agenda_item", "author", "lead_director", "purpose", "recommendation", "assurance", "strategic_risk",
    "cqc_domain", "equality_impact", "previously_considered",
)  # fmt: skip
SECTIONS = (
    (Section.CASES, _("How many people spoke up")),
    (Section.ELEMENTS, _("What it was about")),
    (Section.HOW, _("How it was raised")),
    (Section.GROUPS, _("Who spoke up")),
    (Section.PLACES, _("Where")),
    (Section.TIMELINESS, _("How quickly")),
    (Section.DETRIMENT, _("People disadvantaged for speaking up")),
    (Section.FEEDBACK, _("What people say afterwards")),
    (Section.COMPARISON, _("Beside other organisations")),
    (Section.TRIANGULATION, _("Beside other figures of this organisation")),
    (Section.LEARNING, _("What was learned")),
    (Section.REACH, _("Who is reached, and who is not heard")),
    (Section.CAPACITY, _("Time to do this")),
)
for _section, _words in SECTIONS:
    setattr(WordsForm, f"text_{_section.value}", Lines(_words, validators=[AtMost(LONG), NoCase(), WithoutMonths()]))
for _at in THEMES:
    _of = NeededBeside(f"theme_text_{_at}", _("Choose the theme that these words are about, or take them out"))
    setattr(WordsForm, f"theme_{_at}", SelectField(_("Theme"), validate_choice=False, validators=[_of, FromTheList()]))
    _with = NeededBeside(f"theme_{_at}", _("Write about this theme, or choose none"))
    _checks = [_with, AtMost(LONG), NoCase(), WithoutMonths()]
    setattr(WordsForm, f"theme_text_{_at}", Lines(_("About it"), validators=_checks))
for _at in STORIES:
    setattr(WordsForm, f"story_{_at}", Line(_("Heading"), validators=[AtMost(SHORT), NoCase(), WithoutMonths()]))
    _with = NeededBeside(f"story_{_at}", _("Write the story under this heading, or take the heading out"))
    _checks = [_with, AtMost(LONG), NoCase(), WithoutMonths()]
    setattr(WordsForm, f"story_text_{_at}", Lines(_("Story"), validators=_checks))
for _at in RECOMMENDATIONS:
    _with = NeededBeside(f"progress_{_at}", _("Write the recommendation that this came of"))
    _checks = [AtMost(LONG), NoCase(), WithoutMonths()]
    setattr(WordsForm, f"asked_{_at}", Lines(_("Recommendation"), validators=[_with, *_checks]))
    setattr(WordsForm, f"progress_{_at}", Lines(_("What came of it so far"), validators=_checks))


def _paragraphs(texts: Iterable[Text], section: Section) -> Sequence[str]:
    return next((text.paragraphs for text in texts if text.section is section), ())


def _split(words: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (words or "").split("\n\n") if part.strip())


class ApproveForm(SecondReadingForm):
    """What a second person says they have done."""

    digest = Hidden()


class ThresholdForm(PlainForm):
    """A decision about thresholds."""

    groups = Line(
        _("Directorates, sites, worker groups, and tables of two"),
        description=_("8 by the method."),
        validators=[
            Needed(_("Write the threshold of directorates, sites and worker groups in digits: for example 8")),
            WholeNumber(_("Write the threshold of directorates, sites and worker groups in digits: for example 8")),
        ],
    )
    trust_wide = Line(
        _("The whole organisation"),
        description=_("5 by the method."),
        validators=[
            Needed(_("Write the threshold of the whole organisation in digits: for example 5")),
            WholeNumber(_("Write the threshold of the whole organisation in digits: for example 5")),
        ],
    )
    least_staff = Line(
        _("Fewest staff a group must have to be shown"),
        description=_("30 by the method; never fewer."),
        validators=[
            Needed(_("Write the fewest staff of a group in digits: for example 30")),
            WholeNumber(_("Write the fewest staff of a group in digits: for example 30")),
        ],
    )
    decision = Lines(
        _("Who decided, and where is it written down?"),
        description=_(
            "Below 8 and 5 only the Caldicott guardian or the senior information risk owner can decide. It is printed "
            "in the paper."
        ),
        validators=[AtMost(SHORT)],
    )
    decided_on = FormField(DayForm, _("When was it decided?"))
