"""`speakup init`: an organisation, its first administrator and its first guardian."""

import click


@click.command()
@click.option("--name", prompt="Name of the organisation", help="As workers know it.")
@click.option("--host", "hosts", multiple=True, help="A host name it answers to, with its port if unusual. Repeatable.")
@click.option("--country", type=click.Choice(["ENG", "WLS"]), default="ENG", help="Whose bank holidays count.")
@click.option("--administrator-name", prompt="Name of the first administrator")
@click.option("--administrator-email", prompt="Their e-mail address")
@click.option("--guardian-name", prompt="Name of the first guardian")
@click.option("--guardian-email", prompt="Their e-mail address")
def init(
    name: str,
    hosts: tuple[str, ...],
    country: str,
    administrator_name: str,
    administrator_email: str,
    guardian_name: str,
    guardian_email: str,
) -> None:
    """Make an organisation and invite its first administrator and first guardian.

    Prints the two one-time links, once. Give each to its person yourself; no mail is sent.
    """
    from speakup import accounts, organisations, vocabulary
    from speakup.accounts import PersonDetails
    from speakup.cli.installation import opened
    from speakup.kernel.actor import Role, system
    from speakup.kernel.errors import Invalid
    from speakup.kernel.ids import new_id
    from speakup.organisations import Country

    if administrator_email.strip().casefold() == guardian_email.strip().casefold():
        raise click.ClickException(_SENTENCES["roles"])
    if not hosts:
        hosts = tuple(click.prompt("Host names it answers to, with a space between").split())
    people = (
        ("administrator", PersonDetails(administrator_email, administrator_name), Role.ADMINISTRATOR),
        ("guardian", PersonDetails(guardian_email, guardian_name), Role.GUARDIAN),
    )
    links = {}
    with opened() as installation:
        try:
            with installation.database.work(system(new_id())) as uow:
                organisation = organisations.found_organisation(uow, name, list(hosts), Country(country))
                vocabulary.adopt_defaults(uow)
                for what, details, role in people:
                    invitation = accounts.invite(uow, details, [role])
                    links[what] = accounts.link_by_hand(uow, invitation)
                last_day = (uow.now + accounts.INVITATION_LASTS).date()
        except Invalid as invalid:
            raise click.ClickException(_SENTENCES[invalid.field]) from invalid
        address = f"{installation.settings.scheme}://{hosts[0].lower()}"
    click.echo(f"{organisation.name} is made. These links work once, until {last_day:%d %B %Y}:\n")
    for what, details, _ in people:
        click.echo(f"  {details.name}, first {what}:\n    {address}/welcome/{links[what]}\n")
    click.echo(
        f"Next: when {guardian_name} has opened theirs and sees five words on the screen, have the words read out "
        f'to you and start `speakup trust-root set "{organisation.name}"`. No concern is accepted before that.'
    )


_SENTENCES = {
    "email": "That is not an e-mail address. Nothing was made.",
    "host": "Another organisation answers to that host name already. Nothing was made.",
    "name": "A name is empty. Nothing was made.",
    "roles": "One person cannot be both administrator and guardian: give two addresses. Nothing was made.",
}
