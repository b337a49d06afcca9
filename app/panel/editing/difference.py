"""Two people save one record: what it was, what it is now, what the second one typed, and what will be saved."""

import json
from collections.abc import Iterable
from typing import Any

import wtforms

from app.panel import cells
from app.panel.editing import row_difference
from app.panel.editing.fields import SelectField
from app.panel.editing.row_difference import State
from app.panel.editing.rows import RowsField


def state(field: wtforms.Field) -> State:
    """A record is known by its number, whatever it is called; everything else by how it looks."""
    text = cells.plain(field.told if isinstance(field, SelectField) else field.data)
    return str(getattr(field.data, "id", text)), text


def packed(form: wtforms.Form, names: Iterable[str]) -> str:
    """The values of a form as it is opened, for its hidden field."""
    given: dict[str, State] = {}
    for field in [form[name] for name in names if name in form]:
        given |= (
            row_difference.marks(field, state) if isinstance(field, RowsField) else {field.short_name: state(field)}
        )
    return json.dumps(given, ensure_ascii=False)


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
        if isinstance(form[name], RowsField):
            rows += row_difference.merged(form[name], theirs[name], base, state, _told)
            continue
        mine, now = state(form[name]), state(theirs[name])
        was = base.get(name)
        if mine[0] == now[0] and (was is None or was[0] == now[0]):
            continue
        rows.append(_told(form[name].id, form[name].label.text, was, now, mine))
        if was is not None and mine[0] == was[0]:
            form._fields[name] = theirs[name]
            setattr(form, name, theirs[name])
    return rows


def _told(place: str, label: str, was: State | None, now: State, mine: State) -> dict[str, Any]:
    both = was is None or len({was[0], now[0], mine[0]}) == 3
    if mine[0] == now[0]:
        outcome = "одинаково"
    elif was is not None and mine[0] == was[0]:
        outcome = "останется новое"
    else:
        outcome = "изменили оба: проверьте, сохранится ваше" if both else "сохранится ваше"
    return {
        "id": place,
        "label": label,
        "was": was[1] if was is not None else "",
        "theirs": now[1],
        "mine": mine[1],
        "outcome": outcome,
        "both": both and mine[0] != now[0],
    }
