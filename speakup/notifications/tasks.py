"""What the job process calls: one task for each letter."""

import uuid
from collections.abc import Callable

from speakup.notifications.operations import LETTERS, PostOffice, send_letter


def letter_tasks(office: PostOffice) -> dict[str, Callable[[uuid.UUID, uuid.UUID], None]]:
    """Name the work of every job that is a letter."""

    def send(organisation_id: uuid.UUID, row_id: uuid.UUID) -> None:
        send_letter(office, organisation_id, row_id)

    return {job.value: send for job in LETTERS}
