"""Ids as they lie in a row: read like `uuid.UUID`, and anything else refused."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from speakup.kernel.db import Id

read = Id().result_processor(sqlite.dialect(), None)


@given(st.uuids())
def test_an_id_is_read_as_it_was_written(written: uuid.UUID) -> None:
    assert read is not None
    found = read(written.hex)
    assert (found, hash(found), found.bytes, str(found)) == (written, hash(written), written.bytes, str(written))
    assert found.is_safe is uuid.SafeUUID.unknown
    assert read(None) is None


@pytest.mark.parametrize("written", ["", "00", "-" + 31 * "0", 30 * "0" + "zz", 34 * "0", "0x" + 30 * "0"])
def test_what_is_no_id_is_refused(written: str) -> None:
    assert read is not None
    with pytest.raises(ValueError, match=r"id|hexadecimal"):
        read(written)
