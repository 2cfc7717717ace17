"""`speakup publish`: prepare a quarter or a year for the board and have it checked, on a terminal."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from speakup.disclosure import Progress
    from speakup.papers import Publication


@click.command()
@click.argument("period")
@click.option("--org", required=True, help="The organisation: its name, a host name of its, or its id.")
@click.option("--as", "email", prompt="Your e-mail address", help="A guardian.")
@click.option("--year-before", type=click.IntRange(0), help="Cases of the year before, where it was not counted here.")
def publish(period: str, org: str, email: str, year_before: int | None) -> None:
    """Prepare PERIOD (a quarter as 2026-27/Q2, or a year as 2026-27) for the board, and check it here and now.

    Passphrase and code are asked for on the terminal. A second person reads and signs it on the page `/publications`;
    nothing comes out before. Exit code 1 when it is withheld.
    """
    from config import secret_key
    from speakup import papers
    from speakup.cli.installation import opened
    from speakup.cli.signing_in import signed_in
    from speakup.kernel.errors import Conflict, Forbidden, Invalid
    from speakup.papers import tasks

    with opened() as installation:
        actor = signed_in(installation.database, installation.organisation_named(org), email)
        kind = papers.Kind.QUARTER if "/" in period else papers.Kind.YEAR
        quarters = [period] if kind is papers.Kind.QUARTER else papers.of_year(period)
        try:
            with installation.database.work(actor) as uow:
                row = papers.prepare(uow, kind, quarters, uow.today, year_before=year_before)
                papers.send_to_check(uow, row, row.revision)
        except (Conflict, Forbidden, Invalid, ValueError) as refused:
            raise click.ClickException(_why(refused)) from refused
        secret = secret_key(installation.settings)
        tasks.check_now(installation.database, secret, actor.organisation_id, row.id, _tell)
        with installation.database.work(actor, writes=False) as uow:
            _end(papers.find_publication(uow, row.ref))


def _why(refused: Exception) -> str:
    from speakup.kernel.errors import Conflict, Forbidden, Invalid

    if isinstance(refused, Conflict):
        return "There is a publication of this period already. See the page Publications."
    if isinstance(refused, Forbidden):
        return "Only guardians prepare publications."
    early = isinstance(refused, Invalid) and refused.reason == "too early"
    return (
        "Nothing of a quarter comes out before four weeks after its end." if early else "Write 2026-27/Q2, or 2026-27."
    )


def _tell(progress: "Progress") -> None:
    click.echo(f"\rMasks chosen {progress.rounds} times, {progress.claims} attacks held off", nl=False, err=True)


def _end(row: "Publication") -> None:
    from speakup.papers import State

    click.echo("", err=True)
    if row.state is not State.CHECKED:
        raise click.ClickException(f"{row.ref} is withheld ({row.withheld}). The page Publications says why.")
    for name, found in row.workings.items():
        if isinstance(found, dict):
            click.echo(f"{name}: {found['shown']} of {found['cells']} numbers shown")
    click.echo(f"{row.ref} is checked. A second person reads and signs it on the page Publications.")
