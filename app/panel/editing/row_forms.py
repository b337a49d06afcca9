"""What a form does with all its rows: what follows from its choices, what is refused, what is shown again."""

from __future__ import annotations

from typing import Any

import wtforms

from app.extensions import db
from app.models.rows import ShowFor
from app.panel.editing import fields
from app.panel.editing.rows import RowsField
from app.services.engine import conflicts
from app.services.engine.errors import Conflict, Refused


def follow_choices(model: Any, form: type[wtforms.Form]) -> None:
    """Tell the page's script which fields of the record itself are shown for which choice of another."""
    follows: dict[str, ShowFor] = getattr(model, "__show_for__", {})
    for name, each in follows.items():
        if hasattr(form, name):
            shown = " ".join(map(str, each.choices(model)))
            wrapper = {"data-show-for": shown, "data-show-by": each.column}
            if each.wanting(model) == each.choices(model):
                wrapper["data-needed"] = "1"
            getattr(form, name).kwargs["render_kw"] = wrapper


def of(form: wtforms.Form) -> list[RowsField]:
    """The rows of a form."""
    return [field for field in form if isinstance(field, RowsField)]


def refuse_repeated(form: wtforms.Form) -> None:
    """Raises Refused for rows that are alike where they may not be: before the database, which knows no lines."""
    wrong = {place: words for field in of(form) for place, words in field.repeated().items()}
    if wrong:
        raise Refused(wrong)


def told_at(form: wtforms.Form, error: Refused) -> dict[str, list[str]]:
    """Where a refusal is told: what the database says of a row it says without its line. The lines that break its CHECK
    are found; what is found in none stands above the rows."""
    for field in of(form):
        if isinstance(error, Conflict) and error.entity == field.rows.model.__tablename__:
            return _lines(field, error) or {
                field.short_name: [f"В одной из строк: {each}" for told in error.errors.values() for each in told]
            }
    return error.errors


def _lines(field: RowsField, error: Conflict) -> dict[str, list[str]]:
    model = field.rows.model
    typed = [{name: part.data for name, part in row.form._fields.items()} for row in field.kept]
    broken = conflicts.broken(db.session, model, error, typed)
    return {f"{field.short_name}-{number}-{name}": told for number in broken for name, told in error.errors.items()}


def reload(form: wtforms.Form) -> None:
    """Before a form is shown: its rows ask the database nothing each for themselves."""
    for field in of(form):
        field.reload()


def prefill(form: wtforms.Form, name: str, value: str) -> None:
    """The first row is about this record, where rows are about such."""
    for field in of(form):
        if field.rows.target == name:
            first = field.entries[0].form[name]
            first.data = fields.find(first.model, value, first.resource)


def settle(form: wtforms.Form, record: Any) -> None:
    """What of a form follows from a choice that is fixed: such fields are not asked for."""
    for field in of(form):
        field.settle(form, record)
    for name, follows in getattr(type(record), "__show_for__", {}).items():
        is_fixed = name in form and follows.column not in form
        if is_fixed and not follows.shown(getattr(record, follows.column)):
            del form[name]
