"""Two people save one record: what it was, what it is now, what the second one typed, and what will be saved."""

import json
from collections.abc import Iterable
from typing import Any

import wtforms

from app.panel import cells
from app.panel.editing.rows import NUMBER, RowsField

State = tuple[str, str]
"""(key to compare by, text to show) of a field."""


def state(field: wtforms.Field) -> State:
    """A record is known by its number, whatever it is called; everything else by how it looks."""
    if isinstance(field, RowsField):
        rows = [_line(row.form) for row in field.kept]
        return "\n".join(key for key, _ in rows), "\n".join(text for _, text in rows)
    text = cells.plain(field.data)
    return str(getattr(field.data, "id", text)), text


def _line(form: wtforms.Form) -> State:
    """A row: its number is none of its values."""
    parts = [state(part) for part in form if part.short_name != NUMBER]
    return "|".join(key for key, _ in parts), ", ".join(text for _, text in parts if text)


def packed(form: wtforms.Form, names: Iterable[str]) -> str:
    """The values of a form as it is opened, for its hidden field."""
    return json.dumps({name: state(form[name]) for name in names if name in form}, ensure_ascii=False)


def unpacked(text: str | None) -> dict[str, State]:
    """What a browser sent back: junk is as good as nothing."""
    try:
        given = json.loads(text or "{}")
        json.dumps(given, ensure_ascii=False).encode()  # half of a letter could not be shown: UnicodeEncodeError
        return {str(name): (str(key), str(shown)) for name, (key, shown) in given.items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}


def merged(form: wtforms.Form, theirs: wtforms.Form, names: Iterable[str]) -> list[dict[str, Any]]:
    """Take over into the form what only the other person changed, and tell every field that differs."""
    base, rows = unpacked(form.base.data), []
    for name in names:
        if name not in form or name not in theirs:
            continue
        mine, now = state(form[name]), state(theirs[name])
        was = base.get(name)
        if mine[0] == now[0] and (was is None or was[0] == now[0]):
            continue
        rows.append(_row(form[name], was, now, mine))
        if was is not None and mine[0] == was[0]:
            form._fields[name] = theirs[name]
            setattr(form, name, theirs[name])
    return rows


def _row(field: wtforms.Field, was: State | None, now: State, mine: State) -> dict[str, Any]:
    both = was is None or len({was[0], now[0], mine[0]}) == 3
    if mine[0] == now[0]:
        outcome = "одинаково"
    elif was is not None and mine[0] == was[0]:
        outcome = "останется новое"
    else:
        outcome = "изменили оба: проверьте, сохранится ваше" if both else "сохранится ваше"
    return {
        "id": field.id,
        "label": field.label.text,
        "was": was[1] if was is not None else "",
        "theirs": now[1],
        "mine": mine[1],
        "outcome": outcome,
        "both": both and mine[0] != now[0],
    }
