"""What the server writes down of requests: nothing from which anybody could tell when somebody was here."""

import io
import logging
from collections.abc import Iterator

import pytest
from gunicorn.config import Config

from speakup.cli.server import QuietLogger


@pytest.fixture
def written() -> Iterator[tuple[QuietLogger, io.StringIO]]:
    """The server's log, and what stands in it."""
    log, stream = QuietLogger(Config()), io.StringIO()
    handler = logging.StreamHandler(stream)
    log.error_log.addHandler(handler)
    yield log, stream
    log.error_log.removeHandler(handler)


@pytest.mark.parametrize("why", ["[SSL: TLSV1_ALERT_UNKNOWN_CA]", "[SSL: HTTP_REQUEST]", "Invalid HTTP Version"])
def test_a_browser_that_rejects_the_certificate_leaves_no_line(
    written: tuple[QuietLogger, io.StringIO], why: str
) -> None:
    log, stream = written
    log.warning("Invalid request from ip=192.0.2.7: " + why)  # noqa: G003 -- gunicorn joins it so
    assert stream.getvalue() == ""


def test_a_line_that_breaks_off_leaves_no_line(written: tuple[QuietLogger, io.StringIO]) -> None:
    log, stream = written
    log.exception("Socket error processing request.")  # noqa: LOG004 -- gunicorn says it of an error it has caught
    assert stream.getvalue() == ""


def test_what_an_operator_can_mend_is_still_written(written: tuple[QuietLogger, io.StringIO]) -> None:
    log, stream = written
    log.warning("Worker with pid %s was terminated", 7)
    log.exception("Error handling request %s", "/raise?word=secret")  # noqa: LOG004 -- see above
    assert "Worker with pid 7" in stream.getvalue()
    assert "A request failed outside the application." in stream.getvalue()
    assert "secret" not in stream.getvalue()
