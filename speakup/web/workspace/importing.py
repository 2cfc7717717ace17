"""`/import`: bringing an existing log in. The file is kept sealed to whoever brings it, until they accept or forget it.

Four steps, each a page of its own: the file, its columns, its words, and what would come in. Nothing is written as a
case before the last one. Bringing in is sent as it goes, like a long search: it needs no script, and what was broken
off goes on from where it was.
"""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.file import FileField

from speakup import accounts, cases, policy, vocabulary
from speakup.cases import (
    TICK,
    Column,
    ImportState,
    Lacking,
    Lacks,
    LeftOut,
    LogChoices,
    LogImport,
    LogReading,
    LogValue,
    Phrases,
)
from speakup.gateways.documents import Limits, Reason, Refused, Workbook, read_tables
from speakup.kernel.errors import Busy, Conflict, NobodyToReceive, NotFound
from speakup.kernel.turns import away
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.vocabulary import CodeSet
from speakup.web import labels
from speakup.web.actors import work
from speakup.web.bodies import WORDS_LIMIT
from speakup.web.fields import ButtonForm, PlainForm
from speakup.web.lines import without_controls
from speakup.web.streaming import sent_as_it_goes
from speakup.web.workspace import surface
from speakup.web.workspace.importing_words import COLUMNS, DOUBTS, LEFT_OUT, REFUSALS, STATES, TICKED
from speakup.web.workspace.pages import common

LARGEST = 15 * 1024 * 1024
"""Bytes of a log: ten years of a large trust, with every word, are five million."""
MOST_WORDS = 400
"""Words of the log's columns that one page asks about."""
SHOWN_ROWS = 200
"""Rows that a page names, of those left out for one reason."""
PREVIEW = 12
BREATH = 0.05
"""Seconds between two hundreds, in which others write."""
BAD_REQUEST, UNPROCESSABLE, CONFLICT = 400, 422, 409
_NAME = 80


class LogForm(PlainForm):
    """The file."""

    log = FileField()


@surface.route("/import", methods=["GET", "POST"])
def import_log() -> ResponseReturnValue:
    if request.mimetype == "multipart/form-data":
        request.max_content_length = LARGEST + WORDS_LIMIT
    with work(writes=False) as uow:
        policy.require(uow.actor, Permission.CASE_IMPORT)
    form = LogForm()
    if form.validate_on_submit() and (book := _read(form)) is not None:
        name = " ".join(without_controls(form.log.data.filename or "").split())[:_NAME]
        with work() as uow:
            id = cases.begin_import(uow, name, book)
        return redirect(url_for(".import_columns", id=id), code=303)
    with work(writes=False) as uow:
        shown = {"imports": cases.my_imports(uow), "states": STATES, **common(uow)}
    return render_template("workspace/import.html", form=form, **shown), form.status


@surface.route("/import/<uuid:id>/columns", methods=["GET", "POST"])
def import_columns(id: uuid.UUID) -> ResponseReturnValue:
    """Show what each column is taken for, and let it be corrected."""
    with work(writes=False) as uow:
        found, reading = _prepared(uow, id)
        shared = {**common(uow), "roles": _roles(uow)}
    form = ButtonForm()
    if not form.validate_on_submit():
        return _columns_page(found, reading, shared, [], _status(form))
    chosen = replace(reading, choices=_chosen_columns(reading))
    # What was counted for other sheets and headings is counted anew.
    corrected = LogReading(chosen.log, chosen.choices, reading.lists, reading.today)
    missing = _missing(corrected)
    if missing:
        return _columns_page(found, corrected, shared, missing, UNPROCESSABLE)
    if not _kept(id, corrected.choices):
        return _columns_page(found, corrected, shared, [_changed_elsewhere()], CONFLICT)
    if "again" in request.form:
        return redirect(url_for(".import_columns", id=id), code=303)
    return redirect(url_for(".import_words", id=id), code=303)


@surface.route("/import/<uuid:id>/words", methods=["GET", "POST"])
def import_words(id: uuid.UUID) -> ResponseReturnValue:
    """Show which words of the log are turned into which code, and let it be corrected, once for all rows."""
    with work(writes=False) as uow:
        found, reading = _prepared(uow, id)
        shared = common(uow)
    words = reading.coded_words()[:MOST_WORDS]
    form = ButtonForm()
    if form.validate_on_submit():
        said = {each.token: request.form[f"w-{each.token}"] for each in words if f"w-{each.token}" in request.form}
        offered = {each.token: reading.lists.offered(each.column, each.era) for each in words}
        valid = {token: key if key in offered[token] else "" for token, key in said.items()}
        choices = replace(reading.choices, values={**reading.choices.values, **valid})
        if _kept(id, choices):
            return redirect(url_for(".import_check", id=id), code=303)
        again = LogReading(reading.log, choices, reading.lists, reading.today)
        return _words_page(found, again, shared, [_changed_elsewhere()], CONFLICT)
    if not words and not form.is_submitted():
        return redirect(url_for(".import_check", id=id))
    return _words_page(found, reading, shared, [], _status(form))


@surface.route("/import/<uuid:id>/check", methods=["GET", "POST"])
def import_check(id: uuid.UUID) -> ResponseReturnValue:
    """Show what would come in; and, once that is accepted, bring it in."""
    form = ButtonForm()
    if form.validate_on_submit():
        if "copies" in request.form:
            return _copies_settled(id, several=request.form["copies"] == "people")
        return _brought_in(id)
    return _check_page(id, _status(form))


def _check_page(id: uuid.UUID, status: int, wrong: Sequence[str] = ()) -> ResponseReturnValue:
    with work(writes=False) as uow:
        found = cases.find_import(uow, id)
        if found.state not in {ImportState.PREPARED, ImportState.COMING_IN}:
            return redirect(url_for(".import_page", id=id))
        prepared = cases.prepare_import(uow, id)
        names = accounts.names_of(uow, set(prepared.covers.values()))
        shown = {"covers": sorted(names.values()), "beside": _beside(prepared), **common(uow)}
        shown["element_names"] = vocabulary.names(uow, CodeSet.ELEMENT)
    with work() as uow:
        cases.record_prepared(uow, prepared)
    plan = prepared.plan
    page = render_template(
        "workspace/import_check.html", form=ButtonForm(), log=found, plan=plan, preview=plan.cases[:PREVIEW],
        most=SHOWN_ROWS, wrong=wrong, left_out_words=LEFT_OUT, doubt_words=DOUBTS,
        alike=len(plan.left_out_for.get(LeftOut.COPY, [])),
        years=[(f"{year}-{(year + 1) % 100:02}", count) for year, count in plan.by_year.items()], **shown,
    )  # fmt: skip
    return page, status


def _beside(prepared: cases.Prepared) -> str:
    """Name those who would hold cases beside the importing guardian, as the page that shows them says it again."""
    return " ".join(sorted(str(each) for each in set(prepared.covers.values())))


@surface.get("/import/<uuid:id>")
def import_page(id: uuid.UUID) -> ResponseReturnValue:
    """Show what came of an import."""
    with work(writes=False) as uow:
        found = cases.find_import(uow, id)
        if found.state is ImportState.PREPARED:
            return redirect(url_for(".import_columns", id=id))
        worked_on = cases.import_worked_on(uow, id) if found.came_in else []
        shown = {"worked_on": worked_on, **common(uow)}
    return render_template(
        "workspace/import_page.html", form=ButtonForm(), log=found, states=STATES, left_out_words=LEFT_OUT,
        left_out=_by_reason(found), most=SHOWN_ROWS, **shown,
    )  # fmt: skip


@surface.post("/import/<uuid:id>/forget")
def forget_import(id: uuid.UUID) -> ResponseReturnValue:
    if not ButtonForm().validate_on_submit():
        return redirect(url_for(".import_log"))
    with work() as uow:
        cases.drop_import(uow, id)
    flash(_("The log is forgotten. Nothing of it is kept."))
    return redirect(url_for(".import_log"), code=303)


@surface.post("/import/<uuid:id>/undo")
def undo_import(id: uuid.UUID) -> ResponseReturnValue:
    """Take every case of an import back, if nobody has worked on any of them."""
    if not ButtonForm().validate_on_submit():
        return redirect(url_for(".import_page", id=id))
    with work(writes=False) as uow:
        found = cases.find_import(uow, id)
        if not found.came_in or cases.import_worked_on(uow, id):
            return redirect(url_for(".import_page", id=id))
        shown = {"log": found, "undoing": True, "total": found.came_in, **common(uow)}
    return _sent(_Progress(lambda stopped: _taken_back(id, found.came_in, stopped)), shown)


def _status(form: ButtonForm) -> int:
    """Say of a page that is shown again that what was posted was not taken."""
    return BAD_REQUEST if form.is_submitted() else 200


def _read(form: LogForm) -> Workbook | None:
    """Read the file in the confined child; None leaves a sentence beside it."""
    sent = form.log.data
    if not sent or not sent.filename:
        form.log.errors = [_("Choose the file that holds your log")]
        return None
    try:
        book = read_tables(sent.filename, sent.stream.read(LARGEST + 1), Limits(size=LARGEST))
    except Refused as refused:
        form.log.errors = [str(REFUSALS.get(refused.reason, REFUSALS[Reason.UNREADABLE]))]
        return None
    if not any(sheet.rows for sheet in book.sheets):
        form.log.errors = [str(REFUSALS[Reason.EMPTY])]
        return None
    return book


def _prepared(uow: UnitOfWork, id: uuid.UUID) -> tuple[LogImport, LogReading]:
    """Return an import that is still being prepared; any other is absent here."""
    found = cases.find_import(uow, id)
    if found.state is not ImportState.PREPARED:
        raise NotFound(id)
    return found, cases.read_log(uow, id)


def _kept(id: uuid.UUID, choices: LogChoices) -> bool:
    """Keep what was corrected; False where it was corrected elsewhere since the page was read."""
    read = request.form.get("revision", "")
    try:
        with work() as uow:
            cases.choose_import(uow, id, choices, int(read) if read.isdecimal() and len(read) < 9 else -1)  # noqa: PLR2004 -- no number of ours is longer
    except Conflict:
        return False
    return True


def _changed_elsewhere() -> str:
    return str(
        _("This log was corrected in another window meanwhile. Below is what you chose here. Save it once more.")
    )


# Columns


def _roles(uow: UnitOfWork) -> dict[str, Any]:
    """Return everything that a column may be, by its key."""
    elements = vocabulary.names(uow, CodeSet.ELEMENT)
    ticks = {TICK + key: TICKED % {"element": name} for key, name in elements.items()}
    return {**{each.value: words for each, words in COLUMNS.items()}, **ticks}


def _chosen_columns(reading: LogReading) -> LogChoices:
    """Return what was posted, over what was chosen before."""
    posted, allowed = request.form, {each.value for each in Column}
    columns = dict(reading.choices.columns)
    for each in reading.columns:
        role = posted.get(f"c-{each.token}", "")
        if role in allowed or role.startswith(TICK):
            columns[cases.plain_title(each.title)] = role
    sheets = frozenset(each.place for each in reading.sheets if str(each.place) in posted.getlist("sheet"))
    headings = dict(reading.choices.headings)
    for sheet in reading.sheets:
        row = posted.get(f"h-{sheet.place}", "")
        if row.isdecimal() and len(row) < 6 and int(row) != sheet.headings_end:  # noqa: PLR2004 -- no sheet has as many rows
            headings[sheet.place] = int(row)
    several = len(reading.sheets) > 1
    return replace(reading.choices, columns=columns, headings=headings, sheets=sheets if several else None)


def _missing(reading: LogReading) -> list[str]:
    """Say what has to be put right before anything can be made of the log."""
    return [str(_said_of(each)) for each in reading.lacking()]


def _said_of(lacking: Lacking) -> Any:  # noqa: ANN401 -- gettext has no type
    if lacking.what is Lacks.SHEET:
        return _("Choose at least one sheet")
    if lacking.column is not None:
        return _("Two columns cannot both be “%(what)s”. Keep one of them as a note", what=COLUMNS[lacking.column])
    if not lacking.sheet:
        return _("Say which column holds the day it was raised: without one, no row can come in")
    return _(
        "Say which column of “%(sheet)s” holds the day it was raised, or leave that sheet out: without one, none "
        "of its rows can come in",
        sheet=lacking.sheet,
    )


def _columns_page(
    found: LogImport, reading: LogReading, shared: Mapping[str, Any], wrong: list[str], status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "workspace/import_columns.html", form=ButtonForm(), log=found, reading=reading, sheets=reading.sheets,
        columns=reading.columns, wrong=wrong, **shared,
    )  # fmt: skip
    return page, status


# Words


@dataclass(frozen=True, slots=True)
class AskedWords:
    """Words of the log with everything they may be turned into."""

    value: LogValue
    where: str
    titles: Sequence[str]
    """How the log itself calls the columns they stand in."""
    when: str
    offered: Mapping[str, str]


def _words_page(
    found: LogImport, reading: LogReading, shared: Mapping[str, Any], wrong: list[str], status: int = 200
) -> ResponseReturnValue:
    titles: dict[str, list[str]] = {}
    for column in reading.columns:
        for role in cases.read_as(column.role):
            titles.setdefault(role, []).append(column.title)
    asked = [
        AskedWords(
            each, str(COLUMNS[each.column]), titles.get(each.column, []), _when(reading, each), _offered(reading, each)
        )
        for each in reading.coded_words()[:MOST_WORDS]
    ]
    page = render_template(
        "workspace/import_words.html", form=ButtonForm(), log=found, wrong=wrong,
        open=[each for each in asked if not each.value.settled], settled=[each for each in asked if each.value.settled],
        **shared,
    )  # fmt: skip
    return page, status


def _when(reading: LogReading, value: LogValue) -> str:
    """Say of which days these words are, where the list was another one on others."""
    ends = reading.lists.ends(value.column, value.era)
    begins = reading.lists.begins(value.column, value.era)
    if ends:
        return str(_("raised before %(day)s", day=labels.day(ends)))
    return str(_("raised since %(day)s", day=labels.day(begins))) if begins else ""


def _offered(reading: LogReading, value: LogValue) -> Mapping[str, str]:
    offered = reading.lists.offered(value.column, value.era)
    named = {"open": _("Open"), "closed": _("Closed")} if value.column is Column.STATE else {}
    return {key: named.get(key, name) for key, name in offered.items()}


# Bringing in, and taking back


def _copies_settled(id: uuid.UUID, *, several: bool) -> ResponseReturnValue:
    with work() as uow:
        found = cases.find_import(uow, id)
        cases.choose_import(uow, id, replace(found.choices, copies=several), found.revision)
    return redirect(url_for(".import_check", id=id), code=303)


def _brought_in(id: uuid.UUID) -> ResponseReturnValue:
    with work(writes=False) as uow:
        found = cases.find_import(uow, id)
        if found.state not in {ImportState.PREPARED, ImportState.COMING_IN}:
            return redirect(url_for(".import_page", id=id))
        prepared = cases.prepare_import(uow, id)
        shown = {"log": found, "undoing": False, "total": len(prepared.plan.cases), **common(uow)}
    # Nobody gets a key whom the page did not name that was accepted.
    if request.form.get("beside", "") != _beside(prepared):
        return _check_page(
            id, CONFLICT, [_("Who would hold the cases beside you has changed. Read below who it is now.")]
        )
    return _sent(_Progress(lambda stopped: _coming_in(id, prepared, stopped)), shown)


def _coming_in(id: uuid.UUID, prepared: cases.Prepared, stopped: list[str]) -> Iterator[int]:
    """Bring in one hundred after the other; give how many are in. What stops it leaves a sentence."""
    plan = prepared.plan
    every, came = iter(plan.cases), 0
    phrases = Phrases(source_line(), without_words())
    with _said(stopped):
        while some := list(islice(every, cases.IMPORTED_AT_ONCE)):
            with work() as uow:
                cases.bring_in(uow, id, some, phrases, prepared.covers)
            came += len(some)
            yield came
            _breathe()
        with work() as uow:
            cases.finish_import(uow, id, plan.left_out)


def _taken_back(id: uuid.UUID, total: int, stopped: list[str]) -> Iterator[int]:
    left = total
    with _said(stopped):
        while left:
            with work() as uow:
                left = cases.undo_import(uow, id)
            yield total - left
            _breathe()


def source_line() -> str:
    """Return the first line of what a log said, with places for its sheet and row."""
    return (
        str(_("From the log: sheet “{sheet}”, row {row}")).replace("{sheet}", "%(sheet)s").replace("{row}", "%(row)d")
    )


def without_words() -> str:
    """Return what stands where a log says nothing of what was said."""
    return str(_("The log says nothing of what was said."))


@contextmanager
def _said(stopped: list[str]) -> Iterator[None]:
    """Turn what stops a long step into a sentence: the page is half sent, and no other can follow it."""
    try:
        yield
    except NobodyToReceive:
        stopped.append(_("At least two people must be able to open a case, and just now there are not."))
    except Conflict:
        stopped.append(_("It was changed elsewhere meanwhile, or somebody has worked on a case of it."))
    except Busy:
        stopped.append(_("Too much is going on just now."))


def _breathe() -> None:
    """Let others write: on SQLite there is one writer at a time, and somebody may be sending a concern."""
    with away():
        time.sleep(BREATH)


@dataclass
class _Progress:
    """How many are done, while a template asks for more."""

    steps: Callable[[list[str]], Iterator[int]]
    stopped: list[str] = field(default_factory=list)
    done: int = 0
    goes_on: bool = False

    def __iter__(self) -> Iterator[int]:
        self.goes_on = True
        yield 0
        for done in self.steps(self.stopped):
            self.done = done
            yield done
        self.goes_on = False


def _sent(progress: _Progress, shown: Mapping[str, Any]) -> ResponseReturnValue:
    page = {**shown, "progress": progress, "stopped": progress.stopped}
    return sent_as_it_goes("workspace/import_going.html", page, lambda: progress.goes_on)


def _by_reason(found: LogImport) -> dict[Any, list[Any]]:
    reasons = (why for why in LEFT_OUT if any(each.why is why for each in found.left_out))
    return {why: [each for each in found.left_out if each.why is why] for why in reasons}
