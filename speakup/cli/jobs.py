"""`speakup jobs`: the job process."""

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
