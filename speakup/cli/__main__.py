"""The command line: `python -m speakup.cli`, or `speakup` where it is installed.

A command's module is loaded when the command is asked for, and what the command needs when it runs, so that
`--help` answers at once.
"""

import importlib
import importlib.util
import os

import click

COMMANDS = {
    "migrate": "migrate:migrate",
    "init": "init:init",
    "trust-root": "trust_root:trust_root",
    "organisation": "organisation:organisation",
    "demo": "demo_command:demo",
    "serve": "serve:serve",
    "jobs": "jobs:jobs",
    "doctor": "doctor:doctor",
    "stop-intake": "stop_intake:stop_intake",
    "end-sessions": "end_sessions:end_sessions",
    "import": "import_log:import_log",
    "publish": "publish:publish",
    "return": "return_figures:return_figures",
    "open-archive": "open_archive:open_archive",
    "audit": "audit:audit",
}
"""Each command by its name, as module:attribute below `speakup.cli`."""


class Commands(click.Group):
    """A group that loads a command when it is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in COMMANDS if _module(name) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _module(cmd_name)
        if module is None:
            return None
        found = getattr(importlib.import_module(module), COMMANDS[cmd_name].partition(":")[2])
        return found if isinstance(found, click.Command) else None


def _module(name: str) -> str | None:
    if name not in COMMANDS:
        return None
    module = f"speakup.cli.{COMMANDS[name].partition(':')[0]}"
    return module if importlib.util.find_spec(module) else None


@click.group(cls=Commands, context_settings={"max_content_width": 110})
def main() -> None:
    """Speak Up: workers raise concerns, guardians answer, nobody else can read them.

    Settings come from the environment (docs/deploy/settings.md). Exit codes: 0 done, 1 refused or something was
    found, 2 wrong words or wrong settings.
    """
    # Whatever a command writes is for the account it runs under, and nobody else on the machine.
    os.umask(0o077)


if __name__ == "__main__":
    main(prog_name="speakup")
