"""`speakup import`: bring an existing log in, as the page does, with the questions asked on the terminal."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from speakup.cases import ImportPlan, Lacking, LogReading, LogValue, Prepared
    from speakup.gateways.documents import Workbook
    from speakup.kernel.actor import Actor
    from speakup.kernel.uow import Database, UnitOfWork

LARGEST = 15 * 1024 * 1024
_SHOWN = 20
_LAST_ROW = 99_999
_SOURCE = "From the log: sheet “%(sheet)s”, row %(row)d"
_WITHOUT_WORDS = "The log says nothing of what was said."


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--org", required=True, help="The organisation: its name, a host name of its, or its id.")
@click.option("--as", "email", prompt="Your e-mail address", help="Whose cases they become. A guardian.")
def import_log(file: Path, org: str, email: str) -> None:
    """Bring the log in FILE (Excel .xlsx, or CSV) in as cases of a guardian and their cover.

    Passphrase and code are asked for on the terminal. What each column is taken for is shown and can be corrected, and
    so is what its words mean; nothing is written before you say so. Delete FILE yourself afterwards: it lies there in
    clear. Bringing the same log in twice adds nothing; `/import` takes it back.
    """
    from speakup import cases
    from speakup.cli.installation import opened
    from speakup.cli.signing_in import signed_in
    from speakup.kernel.errors import Conflict, Forbidden

    book = _read(file)
    with opened() as installation:
        actor = signed_in(installation.database, installation.organisation_named(org), email)
        asking = _Asking(installation.database, actor)
        try:
            with asking.work() as uow:
                asking.id = cases.begin_import(uow, file.name, book)
            _bring_in(asking)
        except Conflict:
            raise click.ClickException("The log was corrected elsewhere meanwhile. Begin again.") from None
        except Forbidden:
            raise click.ClickException("Only a guardian can bring a log in.") from None


@dataclass
class _Asking:
    """Whom it is done for, and which import it is."""

    database: "Database"
    actor: "Actor"
    id: uuid.UUID = field(default_factory=uuid.uuid4)

    @contextmanager
    def work(self, *, writes: bool = True) -> Iterator["UnitOfWork"]:
        with self.database.work(self.actor, writes=writes) as uow:
            yield uow

    def reading(self) -> "LogReading":
        """Open the log with what was corrected so far."""
        from speakup import cases

        with self.work(writes=False) as uow:
            return cases.read_log(uow, self.id)

    def correct(self, **changes: object) -> None:
        """Keep a correction."""
        from speakup import cases

        with self.work() as uow:
            found = cases.find_import(uow, self.id)
            cases.choose_import(uow, self.id, replace(found.choices, **changes), found.revision)  # type: ignore[arg-type]  # named as its fields are


def _read(file: Path) -> "Workbook":
    from speakup.gateways.documents import Limits, Refused, read_tables

    if file.stat().st_size > LARGEST:
        raise click.ClickException("The file is too large. Split it, for example by year.")
    try:
        return read_tables(file.name, file.read_bytes(), Limits(size=LARGEST))
    except Refused as refused:
        raise click.ClickException(
            f"The file cannot be read ({refused.reason.value}). Save the log as Excel (.xlsx, no macros) or CSV."
        ) from None


def _bring_in(asking: _Asking) -> None:
    try:
        _ask_columns(asking)
        _ask_words(asking)
        prepared = _prepare(asking)
        several = len(prepared.plan.cases)
        wanted = several > 0 and click.confirm(f"Bring in {_some(several, 'case')}?")
    except BaseException:
        # Whatever it is that breaks it off: nobody comes back here to a log of which nothing was brought in.
        _forget(asking)
        raise
    if not wanted:
        _forget(asking)
        return
    _write(asking, prepared)
    click.echo(f"{_some(several, 'case')} {'is' if several == 1 else 'are'} in. Delete the file now: it lies in clear.")


def _prepare(asking: _Asking) -> "Prepared":
    """Say what would come in; ask about rows that are alike, and say it again."""
    from speakup import cases

    while True:
        with asking.work(writes=False) as uow:
            prepared = cases.prepare_import(uow, asking.id)
        _tell(prepared.plan)
        _tell_who_holds(asking, prepared)
        alike = len(prepared.plan.left_out_for.get(cases.LeftOut.COPY, ()))
        if not alike or not click.confirm(
            f"{_some(alike, 'row')} {'is' if alike == 1 else 'are'} word for word as another. "
            "Are they of several people, who said the same?"
        ):
            break
        asking.correct(copies=True)
    with asking.work() as uow:
        cases.record_prepared(uow, prepared)
    return prepared


def _forget(asking: _Asking) -> None:
    from speakup import cases
    from speakup.kernel.errors import SpeakUpError

    try:
        with asking.work() as uow:
            cases.drop_import(uow, asking.id)
    except SpeakUpError:
        click.echo("Nothing was brought in. The log lies here sealed, and is forgotten after a week.")
    else:
        click.echo("Nothing was brought in, and the log is forgotten here.")


def _some(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


_HELP = """
  NUMBER=WHAT         what a column holds
  sheet NUMBER        bring a sheet in, or leave it out
  headings NUMBER=ROW the last row of a sheet's headings
  what                what a column can hold
"""


def _ask_columns(asking: _Asking) -> None:
    reading = asking.reading()
    while True:
        _show(reading)
        said = click.prompt(
            "Correct one as NUMBER=WHAT, ? for more, or Enter to go on", default="", show_default=False
        ).strip()
        if not said:
            lacking = [_in_words(each) for each in reading.lacking()]
            if not lacking:
                return
            click.echo("\n".join(lacking))
            continue
        changes = _understood(asking, reading, said)
        if changes:
            asking.correct(**changes)
            reading = asking.reading()


def _show(reading: "LogReading") -> None:
    if len(reading.sheets) > 1:
        click.echo("\nSheets:")
        for number, sheet in enumerate(reading.sheets, 1):
            mark, hidden = "x" if sheet.chosen else " ", ", hidden" if sheet.hidden else ""
            click.echo(f"  {number:>3}  [{mark}] {sheet.name} ({_some(sheet.rows, 'row')}{hidden})")
    click.echo("\nColumns:")
    for number, column in enumerate(reading.columns, 1):
        click.echo(f"  {number:>3}  {column.title:<40.40} {column.role:<14} {'; '.join(column.samples)[:40]}")


def _in_words(lacking: "Lacking") -> str:
    from speakup.cases import Lacks

    if lacking.what is Lacks.SHEET:
        return "Bring at least one sheet in: without one, no row can come in."
    if lacking.column is not None:
        return f"Two columns cannot both be {lacking.column.value}. Keep one of them as a note."
    of, leave = (f" of {lacking.sheet}", ", or leave that sheet out") if lacking.sheet else ("", "")
    return f"Say which column{of} holds the day it was raised{leave}: without one, no row can come in."


def _understood(asking: _Asking, reading: "LogReading", said: str) -> dict[str, object]:
    """Read what was typed as a correction; where it is none, say what would be."""
    word, _, rest = said.partition(" ")
    if word == "sheet":
        place = _numbered(rest, len(reading.sheets), "sheet")
        chosen = {each.place for each in reading.sheets if each.chosen}
        return {} if place is None else {"sheets": frozenset(chosen ^ {reading.sheets[place].place})}
    number, _, wanted = (rest if word == "headings" else said).partition("=")
    if word == "headings":
        place = _numbered(number, len(reading.sheets), "sheet")
        if place is None or _numbered(wanted, _LAST_ROW, "row") is None:
            return {}
        return {"headings": {**reading.choices.headings, reading.sheets[place].place: int(wanted)}}
    if wanted:
        return _understood_column(asking, reading, number, wanted.strip())
    click.echo(_HELP if word != "what" else _every_role(asking))
    return {}


def _understood_column(asking: _Asking, reading: "LogReading", number: str, role: str) -> dict[str, object]:
    from speakup import cases

    place = _numbered(number, len(reading.columns), "column")
    if role not in _roles(asking):
        click.echo(f"There is no “{role}”. A column can hold:\n{_every_role(asking)}")
        return {}
    if place is None:
        return {}
    return {"columns": {**reading.choices.columns, cases.plain_title(reading.columns[place].title): role}}


def _numbered(said: str, last: int, thing: str) -> int | None:
    """Read a number from one on, as a place from nought on; say so where there is none of it."""
    number = said.strip()
    if number.isdecimal() and 0 < int(number) <= last:
        return int(number) - 1
    click.echo(f"There is no {thing} “{number}”. They are numbered from 1 to {last}.")
    return None


def _roles(asking: _Asking) -> dict[str, str]:
    """Return everything that a column may be, with what it means where the word does not say."""
    from speakup import cases, vocabulary

    with asking.work(writes=False) as uow:
        elements = vocabulary.names(uow, vocabulary.CodeSet.ELEMENT)
    ticks = {f"{cases.TICK}{key}": f"ticked where it was about: {name}" for key, name in elements.items()}
    return {**{each.value: "" for each in cases.Column}, **ticks}


def _every_role(asking: _Asking) -> str:
    return "\n".join(f"  {role:<32} {meaning}".rstrip() for role, meaning in _roles(asking).items())


def _ask_words(asking: _Asking) -> None:
    reading = asking.reading()
    unsettled = [each for each in reading.coded_words() if not each.settled]
    said = {each.token: _asked(reading, each) for each in unsettled}
    if said:
        asking.correct(values={**reading.choices.values, **said})


def _asked(reading: "LogReading", value: "LogValue") -> str:
    offered = list(reading.lists.offered(value.column, value.era).items())
    click.echo(f"\n“{value.words}” ({value.column.value}, {value.rows} rows) means:")
    for number, (_, name) in enumerate(offered, 1):
        click.echo(f"  {number:>3}  {name}")
    chosen = click.prompt("Number, or 0 to keep it in words only", type=click.IntRange(0, len(offered)), default=0)
    return offered[chosen - 1][0] if chosen else ""


def _tell(plan: "ImportPlan") -> None:
    click.echo(f"\n{_some(len(plan.cases), 'case')} would come in, {plan.open} of them open.")
    if plan.without_elements:
        click.echo("  none of them has an element: correct which column names these, unless the log does not")
    for doubt, some in plan.doubted.items():
        click.echo(f"  taken to be so ({doubt.value}): rows {_rows([(each.sheet, each.row) for each in some])}")
    for why, rows in plan.left_out_for.items():
        click.echo(f"  stays out ({why.value}): rows {_rows([(each.sheet, each.row) for each in rows])}")


def _tell_who_holds(asking: _Asking, prepared: "Prepared") -> None:
    from speakup import accounts

    with asking.work(writes=False) as uow:
        names = sorted(accounts.names_of(uow, set(prepared.covers.values())).values())
    if names:
        click.echo(f"  beside you, these will be able to open cases of it: {', '.join(names)}")
    elif prepared.plan.cases:
        raise click.ClickException(
            "At least two people must be able to open a case, and just now there are not. "
            "Ask for a colleague’s key to be vouched for first."
        )


def _rows(places: list[tuple[str, int]]) -> str:
    """Name rows by sheet and number, as the spreadsheet counts them; a CSV has no sheet to name."""
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    sheets: dict[str, list[str]] = {}
    for sheet, number in places[:_SHOWN]:
        sheets.setdefault(sheet, []).append(str(number))
    said = (f"{sheet}: {', '.join(rows)}" if sheet else ", ".join(rows) for sheet, rows in sheets.items())
    return "; ".join(said) + more


def _write(asking: _Asking, prepared: "Prepared") -> None:
    from tqdm import tqdm

    from speakup import cases
    from speakup.kernel.errors import Busy, Conflict, NobodyToReceive

    plan, phrases, came = prepared.plan, cases.Phrases(_SOURCE, _WITHOUT_WORDS), 0
    every = iter(plan.cases)
    try:
        with tqdm(total=len(plan.cases), desc="Bringing the log in", unit="case") as bar:
            while some := list(islice(every, cases.IMPORTED_AT_ONCE)):
                with asking.work() as uow:
                    came = cases.bring_in(uow, asking.id, some, phrases, prepared.covers)
                bar.update(len(some))
        with asking.work() as uow:
            cases.finish_import(uow, asking.id, plan.left_out)
    except (KeyboardInterrupt, Busy, Conflict, NobodyToReceive) as why:
        raise click.ClickException(_broken_off(asking, why, came, len(plan.cases))) from None


def _broken_off(asking: _Asking, why: BaseException, came: int, total: int) -> str:
    """Say what stopped it, how far it came, and where it goes on."""
    from speakup.kernel.errors import Busy, Conflict

    said = {
        KeyboardInterrupt: "It was broken off.",
        Busy: "Too much is going on just now.",
        Conflict: "Who would hold the cases beside you has changed, or the log was changed elsewhere.",
    }.get(type(why), "At least two people must be able to open a case, and just now there are not.")
    if not came:
        _forget(asking)
        return said
    return f"{said} {came:,} of {_some(total, 'case')} came in. /import shows this log: go on there, or take them back."
