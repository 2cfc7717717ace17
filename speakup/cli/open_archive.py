"""`speakup open-archive`: open what a guardian took out."""

from collections.abc import Iterator
from pathlib import Path

import click

_PIECE = 1024 * 1024


@click.command(name="open-archive")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("zip_file", metavar="ZIP", type=click.Path(dir_okay=False, path_type=Path))
def open_archive(file: Path, zip_file: Path) -> None:
    """Open the sealed archive FILE and write what is in it to ZIP, in clear.

    The passphrase is asked for on the terminal. docs/archive.md says what is inside. Needs no installation.
    """
    from speakup.crypto import archives
    from speakup.crypto.errors import Unreadable

    if zip_file.exists():
        raise click.ClickException(f"{zip_file} is there already. Nothing was written.")
    passphrase = click.prompt("Passphrase of the archive", hide_input=True)
    try:
        # To its end before a byte is written: half of it must not be taken for the whole.
        for _ in archives.open_archive(_pieces(file), passphrase):
            pass
        with zip_file.open("xb") as written:
            written.writelines(archives.open_archive(_pieces(file), passphrase))
    except Unreadable:
        raise click.ClickException(
            "The passphrase is not right, or the file was changed. Nothing was written."
        ) from None
    click.echo(f"{zip_file} holds the cases in clear. Keep it where only you can read it, and delete it soon.")


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as held:
        while piece := held.read(_PIECE):
            yield piece
