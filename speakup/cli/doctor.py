"""`speakup doctor`: look at everything the installation stands on, and say what to do."""

import click


@click.command()
@click.option("--site", help="Address of the running site, to look at what it sends to browsers.")
@click.option("--insecure", is_flag=True, help="With --site: accept the certificate `speakup serve --tls` made.")
def doctor(site: str | None, *, insecure: bool) -> None:
    """Check the installation: each line is ok, or says what to do. Exit code 1 if anything is to do."""
    from speakup.cli.checks import everything
    from speakup.cli.reading import settings

    to_do = 0
    for finding in everything(settings(), site, verify=not insecure):
        mark = "ok  " if finding.fine else "DO  "
        to_do += not finding.fine
        click.echo(f"{mark}  {finding.subject}: {finding.said}")
    if to_do:
        raise click.ClickException(f"{to_do} of these lines say what to do.")
