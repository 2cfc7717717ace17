"""`speakup return`: the figures of a quarter on a terminal, as the page shows them. Nothing is signed off here."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from speakup.returns import Finding, ReturnView


@click.command(name="return")
@click.argument("quarter")
@click.option("--org", required=True, help="The organisation: its name, a host name of its, or its id.")
@click.option("--as", "email", prompt="Your e-mail address", help="A guardian.")
@click.option("--csv", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write the lines to a new file.")
def return_figures(quarter: str, org: str, email: str, file: Path | None) -> None:
    """Count QUARTER (as 2026-27/Q2) for the national return, and say what was found.

    Passphrase and code are asked for on the terminal. The figures are exact: give them to whoever collects the return
    and to nobody else. They are signed off on the page `/returns` alone. Exit code 1 when something stops the return.
    """
    from speakup import cases, returns
    from speakup.cli.installation import opened
    from speakup.cli.signing_in import signed_in
    from speakup.kernel.errors import Forbidden, NotFound

    if file is not None and file.exists():
        raise click.ClickException(f"{file} is there already. Name a new file.")
    with opened() as installation:
        actor = signed_in(installation.database, installation.organisation_named(org), email)
        try:
            with installation.database.work(actor) as uow:
                view = returns.open_return(uow, returns.read_period(quarter))
                raised = cases.raised_between(uow, view.quarter.first_day, view.quarter.last_day)
        except Forbidden:
            raise click.ClickException("Only a guardian can count the return.") from None
        except NotFound:
            raise click.ClickException("There is no such quarter, or it is not over. Write it as 2026-27/Q2.") from None
    _tell(view, [*view.findings, *returns.of_cases(raised.uncounted, raised.uncoded)])
    if file is not None:
        _write(view, file)
    raise SystemExit(1 if view.stops else 0)


def _tell(view: "ReturnView", findings: "list[Finding]") -> None:
    click.echo(f"{view.quarter.name}, for {view.called.collector.text}: {view.state.value}")
    for line in view.called.lines:
        click.echo(f"  {line.name:<6} {view.counted[line.name]:>5}  {line.wording.text}")
    click.echo(f"  R14    {'yes' if view.nil else 'no':>5}  {view.called.words['R14'].text}")
    for each in findings:
        about = " ".join(filter(None, (each.check.value, each.line, *each.periods)))
        click.echo(f"{'stops it' if each.stops else 'look at it'}: {about}")
    for change in view.changes:
        click.echo(f"changed since signed off: {change.line} {change.then} -> {change.now}")


def _write(view: "ReturnView", file: Path) -> None:
    from speakup.gateways.documents import packing

    rows = [[each.name, each.wording.text, str(view.counted[each.name])] for each in view.called.lines]
    with file.open("xb") as out:
        for piece in packing.comma_separated([["line", "what is counted", view.quarter.name], *rows]):
            out.write(piece)
