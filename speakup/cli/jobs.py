"""`speakup jobs`: the job process."""

import os
import sys

import click


@click.command()
def jobs() -> None:
    """Send letters, tell guardians at set hours, and clear up at night, until stopped.

    Several may be started, on any machine: one works, the others stand by and take over.
    """
    from speakup.cli.installation import opened
    from speakup.cli.job_process import JobProcess

    with opened() as installation:
        JobProcess(installation).run()
        # Threads that wait for their next try, a quarter of an hour at most, would keep the process from ending. What
        # they wait for is taken up at the next start.
        sys.stdout.flush()
        os._exit(0)
