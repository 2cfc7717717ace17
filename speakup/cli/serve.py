"""`speakup serve`: the site, by gunicorn. It keeps no access log."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from config import Settings

PORT = 8001
COMPUTING = 2
"""Requests a process computes at once: threads share one interpreter, and four already ruin the slowest answers."""
THREADS = 256
"""Lines a process waits for at once. A thread that waits costs some 50 kB; there are none before they are needed."""
STOPS_WITHIN = 30
"""Seconds a request under way has left when the site is stopped."""


@click.command()
@click.option("--port", "ports", type=click.IntRange(1, 65535), multiple=True, help="On 127.0.0.1. Repeatable.")
@click.option("--bind", "binds", multiple=True, help="ADDRESS:PORT or unix:PATH, instead of ports. Repeatable.")
@click.option("--tls", is_flag=True, help="Serve HTTPS with a certificate made here, for this machine's own browser.")
@click.option("--processes", type=click.IntRange(1, 256), help="One more than there are cores, unless said.")
def serve(ports: tuple[int, ...], binds: tuple[str, ...], processes: int | None, *, tls: bool) -> None:
    """Serve the site until it is stopped.

    SPEAKUP_SURFACES=public serves the public pages alone, SPEAKUP_SURFACES=board those of the board, and
    SPEAKUP_SURFACES=staff all others.
    """
    from speakup.cli.installation import opened
    from speakup.cli.reading import settings
    from speakup.cli.server import Server

    with opened():
        chosen = settings()
    addresses = [*(f"127.0.0.1:{port}" for port in ports), *binds] or [f"127.0.0.1:{PORT}"]
    for address in addresses:
        click.echo(address if address.startswith("unix:") else f"{'https' if tls else 'http'}://{address}/")
    Server(gunicorn_settings(chosen, addresses, processes=processes, tls=tls), COMPUTING).run()


def gunicorn_settings(
    chosen: "Settings", addresses: list[str], *, processes: int | None = None, tls: bool = False
) -> dict[str, Any]:
    """What gunicorn is told: no access log, no control socket, nothing readable by others."""
    told: dict[str, Any] = {
        "bind": addresses,
        "workers": processes or (os.cpu_count() or 1) + 1,
        "worker_class": "speakup.cli.patience.Worker",
        "threads": THREADS,
        "preload_app": True,
        "accesslog": None,
        # A proxy may say where the site stands in it by no header: SCRIPT_NAME, sent by anybody, would be believed.
        "forwarder_headers": "",
        "loglevel": "warning",
        "logger_class": "speakup.cli.server.QuietLogger",
        "control_socket_disable": True,
        "graceful_timeout": STOPS_WITHIN,
        "timeout": 60,
        "keepalive": 5,
        "umask": 0o077,
        # A heartbeat file on a disk that is busy makes gunicorn kill a healthy process.
        "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,  # noqa: S108 -- no file of ours goes there
    }
    if tls:
        from speakup.cli.certificate import local_certificate

        certificate, key = local_certificate(chosen.data_dir / "tls")
        told |= {"certfile": str(certificate), "keyfile": str(key)}
    return told
