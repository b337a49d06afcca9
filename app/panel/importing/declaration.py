"""What a view says so that its records may be brought in by a file: `imports = Imports(keys=(Key("snils"), …))`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

MOST_ROWS = 5_000
"""Rows of one file: a school has fewer people."""


class Key:
    """What a record is known by: a row whose columns agree with one record is that record.

    All of `columns` must be filled. `perhaps` are compared where both have them; where only one has, nobody can tell
    whether it is the same record, and the row is refused.
    """

    def __init__(self, *columns: str, perhaps: tuple[str, ...] = ()) -> None:
        self.columns, self.perhaps = columns, perhaps

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.columns, *self.perhaps)


@dataclass(frozen=True)
class Mark:
    """What may be said of all new records of a file at once, before it is sent."""

    title: str
    hint: str
    refused: Callable[[], str]
    """Why the person may not say it now; "": he may."""
    set: Callable[[Any], None]
    """Mark a new record, in the transaction that adds it; raises Refused."""


@dataclass(frozen=True)
class Imports:
    """Records of the view may be added and changed by a file with the columns of its form."""

    keys: tuple[Key, ...]
    """The surest first."""
    columns: tuple[str, ...] = ()
    """Fields of the form that a file may have; none named: all."""
    most_rows: int = MOST_ROWS
    mark: Mark | None = None


def wrong(view: Any, is_field: Any) -> Iterator[str]:
    """What contradicts the form (start-up check SGO060)."""
    imports: Imports | None = view.imports
    if imports is None:
        return
    if view.readonly or view.brief or not view.form_fieldsets:
        yield "вид не вносит записей"
        return
    fields = [name for _, names in view.form_fieldsets for name in names]
    offered = imports.columns or fields
    if not imports.keys:
        yield "не сказано, по каким столбцам узнаётся запись"
    yield from (f"«{name}» – поля нет в form_fieldsets" for name in imports.columns if name not in fields)
    for key in imports.keys:
        if not key.columns:
            yield "ключ без столбцов"
        yield from (f"ключ «{name}» – такого столбца в файле нет" for name in key.names if name not in offered)
        yield from (f"ключ «{name}» – не поле модели" for name in key.names if not is_field(view.model, name))
