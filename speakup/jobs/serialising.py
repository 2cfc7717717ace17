"""What the job runner may write into its tables, and read back: a name and ids, and nothing that could run."""

import json
import re
import uuid
from typing import Any

from dbos import Serializer
from dbos._serialization import DefaultSerializer

_NAME = re.compile(r"[a-z][a-z ]{0,39}")


class RefusedError(TypeError):
    """Something other than a name and ids was to be written or read."""


class JobFailedError(Exception):
    """What is read back of an error: the name of its type. Its message might have held an address."""


class IdsOnly(Serializer):
    """JSON for a piece of work, a yes or no, a time to wait until, or the name of an error; refuses everything else."""

    def name(self) -> str:
        return "speakup_ids"

    def serialize(self, data: object) -> str:
        if data is None or isinstance(data, bool | int | float):
            return json.dumps(data)
        if isinstance(data, BaseException):
            return json.dumps({"error": type(data).__name__})
        if isinstance(data, dict) and set(data) == {"args", "kwargs"} and not data["kwargs"]:
            return json.dumps(_checked(list(data["args"])))
        raise RefusedError(type(data).__name__)

    def deserialize(self, serialized_data: str) -> Any:  # noqa: ANN401 -- the type its base class gives
        said = json.loads(serialized_data)
        if said is None or isinstance(said, bool | int | float):
            return said
        if isinstance(said, list):
            return {"args": tuple(_checked(said)), "kwargs": {}}
        if isinstance(said, dict) and set(said) == {"error"} and isinstance(said["error"], str):
            return JobFailedError(said["error"])
        raise RefusedError(type(said).__name__)


def refuse_pickles() -> None:
    """Take the pickle out of DBOS. Each of its rows names its own format, so another serialiser alone keeps nobody
    who can write the table from having one read as a pickle, which runs whatever it says.
    """

    def refuse(_self: object, _data: object) -> Any:  # noqa: ANN401 -- the type of what it replaces
        raise RefusedError("pickle")

    DefaultSerializer.serialize = refuse  # type: ignore[assignment]
    DefaultSerializer.deserialize = refuse  # type: ignore[assignment]


def _checked(said: list[Any]) -> list[str]:
    match said:
        case [str(name), *ids] if _NAME.fullmatch(name) and all(_is_id(each) for each in ids):
            return said
    raise RefusedError("not a name and ids")


def _is_id(said: object) -> bool:
    try:
        return isinstance(said, str) and str(uuid.UUID(said)) == said
    except ValueError:
        return False
