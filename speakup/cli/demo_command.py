"""`speakup demo`: load the demonstration once, and print who can sign in."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from speakup.kernel.uow import Database


@click.command()
@click.option(
    "--host", "hosts", multiple=True, help="TRUST=HOST: a host name a trust answers to, beside its own. Repeatable."
)
@click.option("--codes", is_flag=True, help="Only print the sign-ins and the authenticator codes of this minute.")
def demo(hosts: tuple[str, ...], *, codes: bool) -> None:
    """Load fictional trusts with three years of invented cases, unless they are there; print the sign-ins."""
    from speakup.cli.demo import county
    from speakup.cli.installation import opened

    with opened() as installation:
        sign_ins = installation.settings.data_dir / "demo.json"
        if not codes and not installation.organisations():
            _load(installation.database, sign_ins, _by_trust(hosts))
        elif not codes and sign_ins.exists():
            answer_to(installation.database, _by_trust(hosts))
            county.answer_to(installation.database, _by_trust(hosts))
        if not sign_ins.exists():
            raise click.ClickException("This database holds no demonstration. It has an organisation of its own.")
        _print(sign_ins)


def _load(database: "Database", sign_ins: Path, hosts: dict[str, list[str]]) -> None:
    from tqdm import tqdm

    from speakup.cli.demo import county, neighbour
    from speakup.cli.demo.loading import Loader, write_sign_ins
    from speakup.kernel import clock
    from speakup.kernel.memory import settle

    settle(rounds=100)
    loader = Loader(database, hosts, clock.today())
    with tqdm(total=loader.size() + 1, desc="Loading the demonstration", unit="step") as bar:

        def progress(steps: int) -> None:
            bar.update(steps)

        founded = loader.run(progress)
        beside = next(iter(hosts.values()))
        founded.append(neighbour.found(database, founded, beside, loader.seed, clock.today()))
        county.found(database, founded, hosts, clock.today())
        write_sign_ins(sign_ins, founded)
        progress(1)


def answer_to(database: "Database", hosts: dict[str, list[str]]) -> None:
    """Make trusts that are there answer to further names too, as a start on other ports asks.

    Each list begins with a name its trust is known by.
    """
    from sqlalchemy.orm import Session

    from speakup import organisations
    from speakup.kernel.actor import system

    for known, *further in hosts.values():
        with database.engine.connect() as connection, Session(connection) as session:
            trust = organisations.id_for_host(session, known)
            unknown = [host for host in further if organisations.id_for_host(session, host) is None]
        if trust is None:
            raise click.ClickException(f"Nobody answers to {known} any more. Delete the demonstration to load it anew.")
        with database.work(system(trust)) as uow:
            for host in unknown:
                organisations.add_host(uow, host)


def _by_trust(hosts: tuple[str, ...]) -> dict[str, list[str]]:
    from speakup.cli.demo import texts

    by_trust = {trust.key: [trust.host] for trust in texts.load().trusts.values()}
    for each in hosts:
        key, _, host = each.partition("=")
        if key not in by_trust or not host:
            raise click.ClickException(f"--host takes TRUST=HOST, where TRUST is one of {', '.join(by_trust)}.")
        by_trust[key].append(host)
    return by_trust


def _print(sign_ins: Path) -> None:
    import json

    import pyotp

    said = json.loads(sign_ins.read_text("utf-8"))
    click.echo(f"\nEverybody's passphrase: {said['passphrase']}")
    trust = ""
    for person in said["people"]:
        if person["trust"] != trust:
            trust = person["trust"]
            click.echo(f"\n{trust}")
        code = pyotp.TOTP(person["authenticator"]).now() if person["authenticator"] else "none needed"
        roles = ", ".join(role.replace("_", " ") for role in person["roles"])
        click.echo(f"  {person['email']:<44} {roles:<36} code {code}")
    click.echo("\nThe codes are of this minute. For new ones: ./run codes\n")
