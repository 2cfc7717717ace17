"""`speakup trust-root`: whose key the key log begins with, written to a file outside the database."""

import click


@click.group(name="trust-root")
def trust_root() -> None:
    """Say whose key an organisation's key log begins with.

    ORG is the organisation's name, a host name of its, or its id.
    """


@trust_root.command()
@click.argument("org")
def show(org: str) -> None:
    """Show the trust root, and whether the key log follows from it."""
    from speakup import accounts, keyring
    from speakup.cli.installation import opened
    from speakup.kernel.actor import system
    from speakup.kernel.errors import IntegrityFault

    with opened() as installation:
        organisation_id = installation.organisation_named(org)
        with installation.database.work(system(organisation_id), writes=False) as uow:
            try:
                log = keyring.load_key_log(uow)
            except keyring.NoTrustRoot:
                raise click.ClickException(
                    f'There is no trust root yet, so no concern is accepted. Start `speakup trust-root set "{org}"`.'
                ) from None
            except IntegrityFault:
                raise click.ClickException(
                    "The key log does not follow from the trust root: it was changed, or put back to an older state. "
                    "Nothing is sealed until it does. Restore the database or the trust folder from a backup."
                ) from None
            click.echo(f"File:   {installation.settings.trust_dir / f'{organisation_id}.json'}")
            names = accounts.names_of(uow, log.valid)
            for person_id, vouched in log.valid.items():
                click.echo(f"Vouched: {names.get(person_id, person_id)}, until {vouched.expires:%d %B %Y}")
            click.echo(f"Words:  {' '.join(keyring.root_words(uow))}")
            click.echo(f"Log:    good, {log.number} entries")


@trust_root.command(name="set")
@click.argument("org")
def set_root(org: str) -> None:
    """Write the trust root from the five words on the first guardian's screen, read from standard input."""
    from speakup import keyring, organisations
    from speakup.cli.installation import opened
    from speakup.cli.reading import line
    from speakup.kernel.actor import system
    from speakup.kernel.errors import IntegrityFault, Invalid, NotFound

    with opened() as installation:
        organisation_id = installation.organisation_named(org)
        if (installation.settings.trust_dir / f"{organisation_id}.json").exists():
            raise click.ClickException("There is a trust root already. `speakup trust-root show` says whose.")
        typed = line("The five words on the first guardian's screen, as they read them to you:")
        try:
            words = keyring.parse_words(typed)
            with installation.database.work(system(organisation_id)) as uow:
                keyring.set_trust_root(uow, words)
                names = organisations.require_names(uow) or organisations.confirm_names(uow)
        except keyring.Misspelt as wrong:
            nearest = f" Could it be {wrong.nearest!r}?" if wrong.nearest else ""
            raise click.ClickException(
                f"Word {wrong.position}, {wrong.typed[:40]!r}, is not one of our words.{nearest} Nothing was written."
            ) from None
        except NotFound:
            raise click.ClickException(
                "The first guardian has not opened their link yet. Start this again when they see their five words."
            ) from None
        except Invalid:
            raise click.ClickException(
                "Those are not the words of the key in the database. Have them read again from the guardian's own "
                "screen. If they still differ, somebody has put another key there: go no further, and find out who."
            ) from None
        except IntegrityFault:
            raise click.ClickException(
                "The key log does not follow from that key. Nothing may be trusted yet."
            ) from None
    click.echo(f"{names.name} answers to {', '.join(sorted(names.hosts))}.")
    click.echo(
        "The trust root is written. Next: the guardian vouches for a second one, because a concern always goes to two."
    )
