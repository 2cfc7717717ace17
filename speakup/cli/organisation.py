"""`speakup organisation`: what an organisation is called and answers to, in the database and in a file outside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from speakup.kernel.uow import UnitOfWork


@click.group()
def organisation() -> None:
    """Keep an organisation's name and host names. They count only as the file in the trust folder has them.

    ORG is the organisation's name, a host name of its, or its id. Where several machines serve it, copy the file
    `trust/….names.json` to each of them afterwards.
    """


@organisation.command()
@click.argument("org")
def show(org: str) -> None:
    """Show what the file says, and what the database says. Exit code 1 where they differ."""
    from speakup import organisations
    from speakup.kernel.errors import IntegrityFault

    with _at(org, writes=False) as uow:
        kept = organisations.read_names(uow.trust_dir, uow.organisation_id)
        _tell("Database", organisations.here(uow).name, organisations.hosts(uow))
        if kept is None:
            raise click.ClickException(f'There is no file yet. Start `speakup organisation confirm "{org}"`.')
        _tell("File", kept.name, kept.hosts)
        try:
            organisations.require_names(uow)
        except IntegrityFault:
            raise click.ClickException(
                "They differ. If nobody here changed them, somebody with access to the database did: find out who. "
                "Put the database right, or start `speakup organisation confirm` if the database is right."
            ) from None


@organisation.command()
@click.argument("org")
def confirm(org: str) -> None:
    """Write the file as the database stands, once you have read both and found them right."""
    from speakup import organisations

    with _at(org) as uow:
        _tell("Database", organisations.here(uow).name, organisations.hosts(uow))
        click.confirm("Is this its name, and does it answer to exactly these?", abort=True)
        organisations.confirm_names(uow)
    click.echo("Written. From now on a change in the database alone closes the front door, and guardians are told.")


@organisation.command()
@click.argument("org")
@click.argument("name")
def rename(org: str, name: str) -> None:
    """Call ORG something else."""
    from speakup import organisations
    from speakup.kernel.errors import Invalid

    with _at(org) as uow:
        try:
            organisations.rename_organisation(uow, organisations.here(uow), name)
        except Invalid:
            raise click.ClickException("Write a name.") from None
    click.echo(f"It is called {name.strip()} from now on.")


@organisation.command(name="add-host")
@click.argument("org")
@click.argument("host")
def add_host(org: str, host: str) -> None:
    """Let ORG answer to one more host name, with its port if unusual."""
    from speakup import organisations
    from speakup.kernel.errors import Invalid

    with _at(org) as uow:
        try:
            organisations.add_host(uow, host)
        except Invalid:
            raise click.ClickException("That host name is somebody's already.") from None
    click.echo(f"It answers to {host} from now on, within a minute.")


@organisation.command(name="drop-host")
@click.argument("org")
@click.argument("host")
def drop_host(org: str, host: str) -> None:
    """Let ORG answer to one host name less."""
    from speakup import organisations
    from speakup.kernel.errors import Conflict, NotFound

    with _at(org) as uow:
        try:
            organisations.drop_host(uow, host)
        except NotFound:
            raise click.ClickException("That is no host name of its.") from None
        except Conflict:
            raise click.ClickException("It is the only one. Add another first.") from None
    click.echo(f"It no longer answers to {host}, within a minute.")


@contextmanager
def _at(org: str, *, writes: bool = True) -> Iterator["UnitOfWork"]:
    from speakup.cli.installation import opened
    from speakup.kernel.actor import system

    with opened() as installation:
        found = system(installation.organisation_named(org))
        with installation.database.work(found, writes=writes) as uow:
            yield uow


def _tell(where: str, name: str, hosts: "frozenset[str] | list[str]") -> None:
    click.echo(f"{where}: {name}, {', '.join(sorted(hosts))}")
