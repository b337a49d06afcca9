"""The table that a person fills in: columns of the form with their lists and notes; and the one that comes back."""

import json
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import wtforms

from app.exchange import template as sheets
from app.exchange.template import Column
from app.extensions import db
from app.models import kinds
from app.models.base import label_of
from app.panel.editing import fields
from app.panel.editing.pages import EditingPages
from app.panel.importing.columns import CLEAR, ERRORS, NUMBER, empty_form, folded, imports_of, offered, quoted, titles
from app.panel.importing.references import References
from app.panel.importing.upload import Upload, returned_rows
from app.panel.registry import view_of
from app.regulation.rights import Action
from app.russian import format_number
from app.security.guard import person_of

MOST_LISTED = 1_000
"""Entries of a drop-down list: more of them nobody scrolls through."""
NOTES: tuple[tuple[type[wtforms.Field], str], ...] = (
    (fields.DateField, "Дата: дд.мм.гггг."),
    (fields.TimeField, "Время: чч:мм."),
    (fields.InstantField, "Дата и время: дд.мм.гггг чч:мм."),
    (fields.IntegerField, "Целое число."),
    (fields.ParsedField, "Число."),
    (fields.RemoteSelectField, "Как запись называется в панели."),
    (wtforms.BooleanField, "Да или нет."),
    (wtforms.SelectField, "Одно из значений списка."),
)


def columns_of(view: EditingPages) -> list[Column]:
    """The columns of the form as somebody fills them in. Lists hold only what the person may export."""
    references = References(person_of(db.session).default_school_id)
    return [_column(field, references) for field in offered(view, empty_form(view))]


def _column(field: wtforms.Field, references: References) -> Column:
    note = next((words for kind, words in NOTES if isinstance(field, kind)), "")
    limit = field.flags.longest
    parts = (note, field.description, f"Не длиннее {limit} знаков." if limit else "")
    told = " ".join(part if part.endswith(".") else f"{part}." for part in parts if part)
    return Column(field.label.text, bool(field.flags.required), told, _choices(field, references), _layout(field))


def _layout(field: wtforms.Field) -> str:
    if isinstance(field, fields.DateField):
        return sheets.DATE
    return "" if isinstance(field, fields.ParsedField) else sheets.TEXT


def _choices(field: wtforms.Field, references: References) -> list[str]:
    if isinstance(field, wtforms.BooleanField):
        return ["да", "нет"]
    if isinstance(field, wtforms.SelectField):
        return list(titles(field))
    return _records(field, references) if isinstance(field, fields.RemoteSelectField) else []


def _records(field: fields.RemoteSelectField, references: References) -> list[str]:
    if not person_of(db.session).may(Action.EXPORT, view_of(field.model).resource):
        return []
    held = references.held(field.model)
    return [] if held is None or len(held) > MOST_LISTED else list(references.names(field.model).values())


def template(view: EditingPages, records: Sequence[Any] = ()) -> BytesIO:
    """The table to be filled in, with these records in it: sent back as it is, it changes nothing."""
    buffer = BytesIO()
    form, references = empty_form(view), References(person_of(db.session).default_school_id)
    names = [field.short_name for field in offered(view, form)]
    rows = [[str(obj.id), *(_cell(getattr(obj, name), references) for name in names)] for obj in records]
    sheets.template(buffer, view.title_many, [*_number(), *columns_of(view)], rows, notes(view))
    buffer.seek(0)
    return buffer


def _cell(value: Any, references: References) -> str:
    """A stored value as a cell that reads as the same value."""
    if hasattr(type(value), "__titles__"):
        return references.written(value)
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return kinds.plain(value).replace("\N{NO-BREAK SPACE}", " ")


def returned(view: EditingPages, upload: Upload) -> BytesIO:
    """The file as it was sent, with the column «Ошибки»."""
    buffer = BytesIO()
    known = {folded(each.title): each for each in (*_number(), *columns_of(view))}
    headings = [heading for heading, name in upload.columns.items() if name != ERRORS]
    columns = [known.get(folded(heading), Column(heading)) for heading in headings]
    columns.append(Column(ERRORS, note="Что исправить в строке. При загрузке столбец не читается.", layout=sheets.TEXT))
    sheets.template(buffer, view.title_many, columns, list(returned_rows(upload, headings)), notes(view))
    buffer.seek(0)
    return buffer


def _number() -> Sequence[Column]:
    note = "Номер записи в панели, если она уже есть и её не узнать иначе. Обычно пусто."
    return (Column(NUMBER, note=note, layout=sheets.TEXT),)


def notes(view: EditingPages) -> list[str]:
    """How to fill in the table, in words."""
    ways = [quoted(label_of(view.model, name) for name in key.columns) for key in imports_of(view).keys]
    most = format_number(imports_of(view).most_rows)
    return [
        f"Строка узнаёт запись по столбцам: {'; или '.join(ways)}. Нашлась – изменит её, не нашлась – добавит новую.",
        f"Пустая ячейка ничего не меняет. Чтобы стереть значение, впишите слово «{CLEAR}». Ненужные столбцы уберите.",
        f"За один раз – не больше {most} строк. Столбцы со звёздочкой нужны для новой записи.",
    ]
