"""`speakup end-sessions`: sign everybody out."""

import click


@click.command(name="end-sessions")
@click.argument("org")
def end_sessions(org: str) -> None:
    """End every session of ORG, of staff and of reporters, at once. Nothing typed and sent is lost."""
    from speakup import keyring
    from speakup.cli.installation import opened
    from speakup.kernel.actor import system

    with opened() as installation, installation.database.work(system(installation.organisation_named(org))) as uow:
        keyring.end_all(uow)
    click.echo("Everybody is signed out. They can sign in again at once, unless you close their accounts first.")
