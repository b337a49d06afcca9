"""Two people save the rows of one record: told row by row, and what only the other one changed is taken over.

A row is known by whom it is about, as saving knows it; where rows are about nobody, by its number.
"""

from collections.abc import Iterator
from typing import Any

import wtforms

from app.panel.editing.row import NUMBER, Row
from app.panel.editing.rows import RowsField

State = tuple[str, str]
"""(key to compare by, text to show) of a field or of a row."""
NO_ROW: State = ("\N{EM DASH}", "строки нет")


def marks(field: RowsField, state: Any) -> Iterator[tuple[str, State]]:
    """The rows that a form is opened with; the name of the field alone says that they are told."""
    yield field.short_name, ("", "")
    for key, row in _by_key(field).items():
        yield f"{field.short_name}-{key}", line(row.form, state)


def line(form: wtforms.Form, state: Any) -> State:
    """A row: its number is none of its values."""
    parts = [state(part) for part in form if part.short_name != NUMBER]
    return "|".join(key for key, _ in parts), ", ".join(text for _, text in parts if text)


def merged(mine: RowsField, theirs: RowsField, base: dict[str, State], state: Any, told: Any) -> list[dict[str, Any]]:
    """Take over what only the other person changed, and tell every row that differs.

    `state`: of a field; `told`: (id, label, was, now, mine) → a line of the table.
    """
    now = _by_key(theirs)
    own = {key: row for key, row in _by_key(mine).items() if row.is_ticked}
    strangers = [row for row in mine.kept if id(row) not in set(map(id, own.values()))]
    made = []
    for key in [*own, *(key for key in now if key not in own)]:
        was = base.get(f"{mine.short_name}-{key}", NO_ROW) if mine.short_name in base else None
        states = (_state(now.get(key), state), _state(own.get(key), state))
        if states[0][0] == states[1][0] and (was is None or was[0] == states[0][0]):
            continue
        row = own.get(key)
        if was is not None and was[0] == states[1][0]:
            row = mine.take(row, now.get(key))
        made.append(told(*_place(mine, row), was, *states))
    new = NO_ROW if mine.short_name in base else None
    return made + [told(*_place(mine, row), new, NO_ROW, line(row.form, state)) for row in strangers]


def _by_key(field: RowsField) -> dict[str, Row]:
    target, found = field.rows.target, dict[str, Row]()
    for row in field.entries:
        key = getattr(row.form[target].data, "id", None) if target else row.form[NUMBER].data
        if key and not row.is_blank:
            found.setdefault(str(key), row)
    return found


def _state(row: Row | None, state: Any) -> State:
    return NO_ROW if row is None else line(row.form, state)


def _place(field: RowsField, row: Row | None) -> tuple[str, str]:
    """The id of a row's first box, and what the row is called."""
    if row is None or row not in field.entries:
        return field.id, field.label.text
    first = next(part for part in row.form if part.short_name != NUMBER)
    return first.id, f"{field.label.text}, строка {field.entries.index(row) + 1}"
