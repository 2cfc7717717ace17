"""A demonstration that is loaded keeps up with how it is started."""

import click
import pytest

from speakup import organisations
from speakup.cli.demo_command import answer_to
from speakup.kernel.actor import system
from speakup.kernel.uow import Database
from tests.trusts import Trust


def hosts(database: Database, trust: Trust) -> list[str]:
    with database.work(system(trust.id), writes=False) as uow:
        return organisations.hosts(uow)


def test_a_start_on_other_ports_makes_each_trust_answer_there(
    database: Database, trust: Trust, other_trust: Trust
) -> None:
    before = hosts(database, trust), hosts(database, other_trust)
    asked = {"one": [before[0][0], "localhost:9001"], "two": [before[1][0], "localhost:9002"]}
    answer_to(database, asked)
    answer_to(database, asked)
    assert hosts(database, trust) == sorted([*before[0], "localhost:9001"])
    assert hosts(database, other_trust) == sorted([*before[1], "localhost:9002"])


def test_a_database_without_the_demonstration_s_trusts_gets_a_sentence(database: Database) -> None:
    with pytest.raises(click.ClickException, match="Nobody answers to elsewhere"):
        answer_to(database, {"one": ["elsewhere", "localhost:9001"]})
