"""Reading what a command is told: settings from the environment, words from standard input."""

import os
import sys

import click

from config import Settings, WrongSettingError


class WrongSettings(click.ClickException):
    """The environment says something that cannot be right."""

    exit_code = 2


def settings() -> Settings:
    """Read the environment; a wrong value ends the command with its sentence."""
    try:
        return Settings.from_env(os.environ)
    except WrongSettingError as wrong:
        raise WrongSettings(str(wrong)) from wrong


def line(question: str) -> str:
    """Ask for one line on standard input, which no list of processes and no shell history shows."""
    if sys.stdin.isatty():
        click.echo(question, err=True)
    return sys.stdin.readline().strip()
