"""Texts through GOV.UK Notify's real client, against a server of our own on loopback."""

import logging

import pytest

from speakup.gateways.texts import FakeTexter, HeldTexter, NotifyTexter, TextRefused, TextUnavailable, texter_for
from tests.gateways.test_mail import KEY, Notify, notify
from tests.gateways.test_scanner import free_port

__all__ = ["notify"]

NUMBER, WORDS = "07700 900123", "You have a new message in the place you know."


def test_notify_is_given_the_number_and_the_words(notify: str) -> None:
    NotifyTexter(KEY, "template-2", base_url=notify).send(NUMBER, WORDS)
    body = {"phone_number": NUMBER, "template_id": "template-2", "personalisation": {"words": WORDS}}
    assert Notify.asked == [("/v2/notifications/sms", body)]


@pytest.mark.parametrize(("status", "expected"), [(400, TextRefused), (403, TextUnavailable), (503, TextUnavailable)])
def test_a_number_that_cannot_be_is_told_from_a_service_that_is_down(
    notify: str, status: int, expected: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    Notify.status = status
    with caplog.at_level(logging.DEBUG), pytest.raises(expected):
        NotifyTexter(KEY, "template-2", base_url=notify).send(NUMBER, WORDS)
    assert NUMBER not in caplog.text


def test_a_service_that_is_not_there_makes_texts_wait() -> None:
    with pytest.raises(TextUnavailable):
        NotifyTexter(KEY, "t", base_url=f"http://127.0.0.1:{free_port()}", seconds=2).send(NUMBER, WORDS)


def test_without_a_template_texts_wait() -> None:
    held = texter_for("", KEY)
    assert isinstance(held, HeldTexter)
    with pytest.raises(TextUnavailable):
        held.send(NUMBER, WORDS)
    assert isinstance(texter_for("template-2", KEY), NotifyTexter)
    assert KEY not in repr(texter_for("template-2", KEY))


def test_the_fake_behaves_like_a_texter() -> None:
    fake = FakeTexter()
    fake.send(NUMBER, WORDS)
    assert fake.sent == [(NUMBER, WORDS)]
    fake.down = True
    with pytest.raises(TextUnavailable):
        fake.send(NUMBER, WORDS)
