"""Text messages to workers' own telephones, through GOV.UK Notify; held where none is configured.

Source: GOV.UK Notify's documentation of `POST /v2/notifications/sms`. The sender shown on the telephone is set in
Notify itself, and must not name the organisation.
"""

import logging
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

_NOTIFY = "https://api.notifications.service.gov.uk"


class TextUnavailable(Exception):
    """The text could not be sent now, or there is no way to send one; it may be tried again."""


class TextRefused(Exception):
    """The number cannot be sent to; trying again changes nothing."""


class Texter(Protocol):
    """Sends one short text to one telephone."""

    def send(self, number: str, words: str) -> None:
        """Send, or raise `TextUnavailable` or `TextRefused`."""


@dataclass(frozen=True)
class NotifyTexter:
    """GOV.UK Notify, with one template whose whole text is `((words))`."""

    api_key: str = field(repr=False)
    template_id: str
    base_url: str = _NOTIFY
    seconds: float = 30.0

    def send(self, number: str, words: str) -> None:
        from notifications_python_client.errors import HTTPError, InvalidResponse  # noqa: PLC0415 -- see below
        from notifications_python_client.notifications import NotificationsAPIClient  # noqa: PLC0415 -- slow to load

        # The client logs what the service answered, which can quote the number.
        logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)
        client = NotificationsAPIClient(  # type: ignore[no-untyped-call]
            self.api_key, base_url=self.base_url, timeout=self.seconds
        )
        try:
            client.send_sms_notification(  # type: ignore[no-untyped-call]
                phone_number=number, template_id=self.template_id, personalisation={"words": words}
            )
        except HTTPError as error:
            raise TextRefused if error.status_code == HTTPStatus.BAD_REQUEST else TextUnavailable from None
        except (InvalidResponse, OSError):
            raise TextUnavailable from None
        finally:
            client.request_session.close()


class HeldTexter:
    """Where no way to send texts is configured: every one waits."""

    def send(self, number: str, words: str) -> None:
        raise TextUnavailable


@dataclass
class FakeTexter:
    """For tests: keeps what it was given in `sent`; raises while `down`."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    down: bool = False

    def send(self, number: str, words: str) -> None:
        if self.down:
            raise TextUnavailable
        self.sent.append((number, words))


def texter_for(template_id: str, notify_key: str) -> Texter:
    """The texter for the settings: both the template and Notify's key, or every text waits."""
    return NotifyTexter(notify_key, template_id) if template_id and notify_key else HeldTexter()
