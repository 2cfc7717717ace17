"""`speakup stop-intake`: close or open the front door."""

import click


@click.command(name="stop-intake")
@click.argument("org")
@click.option("--resume", is_flag=True, help="Accept concerns again.")
def stop_intake(org: str, *, resume: bool) -> None:
    """Stop accepting new concerns for ORG. The public pages then give the telephone number instead.

    Private inboxes go on: whoever has raised something can still write and be answered.
    """
    from speakup import organisations
    from speakup.cli.installation import opened
    from speakup.kernel.actor import system

    with opened() as installation, installation.database.work(system(installation.organisation_named(org))) as uow:
        here = organisations.here(uow)
        organisations.stop_intake(uow, here, stopped=not resume)
        name, phone = here.name, here.guardian_phone
    if resume:
        click.echo(f"{name} accepts concerns again.")
        return
    click.echo(f"{name} accepts no new concerns. The pages say to telephone {phone or '(no number is set)'}.")
    click.echo(f'To accept them again: `speakup stop-intake "{name}" --resume`.')
