"""Frozen values as plain ones that JSON holds, and back, by what their fields are declared to be."""

from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def plain(value: Any) -> Any:  # noqa: ANN401 -- whatever a field may hold
    """A value as JSON holds it. Protected tables stay as they are: they have bytes of their own."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value


def made_of(hint: type[T], value: Any) -> T:  # noqa: ANN401 -- it comes out of bytes
    """The dataclass that was made plain. `KeyError`, `TypeError` or `ValueError` where it cannot have been that."""
    hints = get_type_hints(hint)
    return hint(**{name: _read(hints[name], inner) for name, inner in value.items()})


def _read(hint: Any, value: Any) -> Any:  # noqa: ANN401 -- whatever a field may hold
    if get_origin(hint) is tuple:
        if not isinstance(value, (list, tuple)):
            raise TypeError(hint)
        return tuple(_read(get_args(hint)[0], each) for each in value)
    if hint == date | None:
        return None if value is None else date.fromisoformat(value)
    if not isinstance(hint, type) or isinstance(value, hint):
        return value
    if hint is date:
        return date.fromisoformat(value)
    if is_dataclass(hint):
        return made_of(hint, value)
    if issubclass(hint, StrEnum):
        return hint(value)
    raise TypeError(hint)
