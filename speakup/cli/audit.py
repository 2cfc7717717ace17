"""`speakup audit`: check the chain of what was done, and write it out."""

import json
import sys
import uuid
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from speakup.cli.installation import Installation


@click.group()
def audit() -> None:
    """Check and export the record of who did what, when. It holds no content.

    ORG is the organisation's name, a host name of its, or its id.
    """


@audit.command()
@click.argument("org", required=False)
def verify(org: str | None) -> None:
    """Follow the chain of ORG, or of every organisation, and say where it was changed. Exit code 1 if it was."""
    from speakup.cli.installation import opened

    with opened() as installation:
        chosen = [installation.organisation_named(org)] if org else installation.organisations()
        broken = [each for each in chosen if not _is_whole(installation, each)]
    if broken:
        raise click.ClickException(
            "The record was changed by something other than this program. Keep this database as it is, and compare "
            "it with the last export that was whole."
        )


@audit.command()
@click.argument("org")
@click.option("--output", type=click.File("w", encoding="utf-8", atomic=True), default="-", help="A file; else shown.")
def export(org: str, output: TextIO) -> None:
    """Write the whole record of ORG as JSON, one entry a line, each with the hash that chains it to the one before."""
    from tqdm import tqdm

    from speakup import audit as chain
    from speakup.cli.installation import opened
    from speakup.kernel.actor import system

    with opened() as installation:
        organisation_id = installation.organisation_named(org)
        with installation.database.work(system(organisation_id), writes=False) as uow:
            entries = tqdm(chain.lines(uow), unit=" entries", disable=not sys.stderr.isatty())
            output.writelines(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)


def _is_whole(installation: "Installation", organisation_id: uuid.UUID) -> bool:
    from speakup import audit as chain
    from speakup import organisations
    from speakup.kernel.actor import system

    with installation.database.work(system(organisation_id), writes=False) as uow:
        report, name = chain.keep_anchor(uow), organisations.here(uow).name
    if report.broken_at is None:
        click.echo(f"{name}: whole, {report.entries} entries")
        return True
    click.echo(f"{name}: changed at entry {report.broken_at}")
    return False
