"""The job runner writes and reads a name and ids, and nothing that could run."""

import base64
import json
import pickle
import uuid
from pathlib import Path
from typing import Any

import pytest
from dbos import _serialization as formats

from speakup.jobs.serialising import IdsOnly, JobFailedError, RefusedError, refuse_pickles

WORK = {"args": ("urgent mail", str(uuid.UUID(int=1)), str(uuid.UUID(int=2))), "kwargs": {}}


class Planted:
    """A pickle that makes a file when it is read."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.file,)


@pytest.mark.parametrize("said", [WORK, None, True, False, 3, 2.5])
def test_a_name_ids_and_plain_answers_come_back_as_they_were(said: object) -> None:
    assert IdsOnly().deserialize(IdsOnly().serialize(said)) == said


@pytest.mark.parametrize(
    "said",
    [
        "a sentence",
        b"bytes",
        ["urgent mail"],
        {"name": "Nora"},
        {"args": ("urgent mail", "not an id"), "kwargs": {}},
        {"args": ("A Name With Capitals",), "kwargs": {}},
        {"args": ("urgent mail", uuid.UUID(int=1)), "kwargs": {}},
        {"args": (), "kwargs": {}},
        {"args": ("urgent mail",), "kwargs": {"email": "nora@example.org"}},
        Path("/"),
    ],
)
def test_anything_else_is_not_written(said: object) -> None:
    with pytest.raises(RefusedError):
        IdsOnly().serialize(said)


@pytest.mark.parametrize("said", ['"a sentence"', '{"a": 1}', '["urgent mail", "not an id"]', "[1]", "[]"])
def test_anything_else_is_not_read(said: str) -> None:
    with pytest.raises(RefusedError):
        IdsOnly().deserialize(said)


def test_of_an_error_only_the_name_of_its_type_is_kept() -> None:
    written = IdsOnly().serialize(ValueError("nora@example.org"))
    assert json.loads(written) == {"error": "ValueError"}
    assert isinstance(IdsOnly().deserialize(written), JobFailedError)


def test_a_row_that_says_it_is_a_pickle_is_not_read_as_one(tmp_path: Path) -> None:
    file = tmp_path / "ran"
    planted = base64.b64encode(pickle.dumps(Planted(file))).decode()
    refuse_pickles()
    for read in (formats.deserialize_args, formats.deserialize_value, formats.deserialize_exception):
        with pytest.raises(RefusedError):
            read(planted, "py_pickle", IdsOnly())
    assert not file.exists()


def test_nothing_is_written_as_a_pickle() -> None:
    refuse_pickles()
    with pytest.raises(RefusedError):
        formats.serialize_value("anything", formats.WorkflowSerializationFormat.NATIVE, IdsOnly())
