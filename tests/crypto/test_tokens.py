import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.crypto import envelope, errors, tokens


def test_tokens_are_long_random_and_fit_a_cookie() -> None:
    drawn = {tokens.new_token() for _ in range(100)}
    assert len(drawn) == 100
    assert all(
        len(token) == 43 and token.isascii() and token.replace("-", "").replace("_", "").isalnum() for token in drawn
    )


def test_the_row_and_the_cookie_are_each_useless_alone() -> None:
    token = tokens.new_token()
    sealed = envelope.seal(tokens.key(token, "draft"), b"A word.", b"context")
    assert envelope.open_sealed(tokens.key(token, "draft"), sealed, b"context") == b"A word."
    for other in (tokens.lookup(token, "draft"), tokens.key(token, "session"), tokens.key(tokens.new_token(), "draft")):
        with pytest.raises(errors.Unreadable):
            envelope.open_sealed(other, sealed, b"context")


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_a_cookie_holds_finds_its_own_row_only(one: str, other: str) -> None:
    assert (tokens.lookup(one, "draft") == tokens.lookup(other, "draft")) == (one == other)
    assert len(tokens.lookup(one, "draft")) == len(tokens.key(one, "draft")) == 32


def test_half_a_surrogate_pair_in_a_cookie_finds_nothing_and_breaks_nothing() -> None:
    assert tokens.lookup("\ud83d", "draft") != tokens.lookup("", "draft")
