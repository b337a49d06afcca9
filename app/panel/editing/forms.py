"""Forms from models: Flask-AppBuilder's converter with our fields, labels from the columns, checks from the columns."""

from collections.abc import Iterable, Sequence
from typing import Any

import wtforms
from flask_appbuilder.forms import DynamicForm, GeneralModelConverter
from sqlalchemy import inspect

from app.models.base import label_of
from app.models.leading import by_day, key_name
from app.models.references import key_of, shared_of
from app.models.rows import rows_of
from app.models.shared import is_shared
from app.panel import cells, kinds
from app.panel.editing import fields, row_forms, rows
from app.panel.editing.row import Row
from app.panel.registry import view_of

WRONG_SCHOOL = "Это запись другой школы. Выберите запись той же школы."
WRONG_PARENT = "Не подходит к полю «{}». Выберите другое значение."


class Converter(GeneralModelConverter):
    """Relations become remote selects (no page carries a table), columns become fields that speak Russian."""

    def _convert_col(
        self,
        col_name: str,
        label: str,
        description: str,
        lst_validators: list[Any],
        filter_rel_fields: Any,
        form_props: dict[str, Any],
    ) -> dict[str, Any]:
        model = self.datamodel.obj
        relation, many = inspect(model).relationships.get(col_name), rows_of(model).get(col_name)
        if many is not None:
            form_props[col_name] = rows.field_of(model, many)
        elif relation is not None:
            form_props[col_name] = kinds.relation_field(model, relation)
        else:
            form_props[col_name] = column_field(model, col_name, lst_validators)
        return form_props


def shared_columns(relation: Any) -> dict[str, str]:
    """What a record has in common with the one it points to (own column → its column), as the composite keys hold it:
    an employee's position is of the employee's school."""
    if by_day(relation) is not None:
        return {"school_id": "school_id"}
    shared = {here.key: there.key for here, there in shared_of(relation)}
    return shared | {"school_id": "school_id"} if is_shared(relation.mapper.class_) else shared


def depends_on(model: Any, name: str, names: Iterable[str]) -> str | None:
    """The fields among these that narrow the choice of a relation, as `field:argument of the look-up`, or None."""
    relations = inspect(model).relationships
    shared = shared_columns(relations[name])
    accepted = view_of(relations[name].mapper.class_).lookup_filters
    single = [each for each in names if each in relations and not relations[each].uselist]
    by_column = {key_name(relations[each]): each for each in single}
    pairs = [f"{by_column[here]}:{there}" for here, there in shared.items() if here in by_column and there in accepted]
    return ",".join(pairs) or None


def strangers(form: wtforms.Form, model: Any, known: dict[str, Any]) -> dict[str, list[str]]:
    """Chosen records that do not belong together, by field. `known` are the columns already settled; where nothing
    is, the first chosen record settles it."""
    relations = inspect(model).relationships
    selects = [field for field in form if field.type == "RemoteSelectField" and field.short_name in relations]
    chosen = {field.short_name: field.data for field in selects if field.data is not None}
    known = known | {key_of(relations[name]).key: obj.id for name, obj in chosen.items()}
    wrong: dict[str, list[str]] = {}
    for name, obj in chosen.items():
        for here, there in shared_columns(relations[name]).items():
            value = getattr(obj, there)
            if value is None and is_shared(type(obj)):
                continue  # the region's: it belongs to every school
            if known.setdefault(here, value) != value:
                wrong[name] = [WRONG_SCHOOL if here == "school_id" else WRONG_PARENT.format(label_of(model, here))]
    return wrong


def strange_rows(field: rows.RowsField, known: dict[str, Any]) -> dict[str, list[str]]:
    """The same for each row of a form; the school that the first row settles is every row's."""
    wrong: dict[str, list[str]] = {}
    known = dict(known)
    for row in field.kept:
        found = strangers(row.form, field.rows.model, known)
        attach(row.form, found)
        wrong |= found
        for chosen in (each.data for each in row.form if each.type == "RemoteSelectField"):
            if not found and "school_id" not in known and getattr(chosen, "school_id", None) is not None:
                known["school_id"] = chosen.school_id
    return wrong


def column_field(model: type, name: str, more: list[Any] | None = None) -> wtforms.Field:
    """The field of a column by its kind."""
    return kinds.column_field(model, inspect(model).columns[name], name, more or [])


class Form(DynamicForm):
    """What every form of the panel carries unseen."""

    version = wtforms.HiddenField()
    """The version of the record that it was opened with."""
    submission = wtforms.HiddenField()
    """The token of a new record's form: sent twice, it makes one record."""
    base = wtforms.HiddenField()
    """The values it was opened with, for comparing alone (app/panel/editing/difference.py)."""

    _fields: dict[str, wtforms.Field]

    def order(self, names: Sequence[str]) -> None:
        """Fields in the order of the page: so are the errors on top. What is unseen comes first."""
        self._fields = dict(
            sorted(self._fields.items(), key=lambda item: names.index(item[0]) if item[0] in names else -1)
        )


def build(datamodel: Any, columns: Sequence[str], extra: dict[str, Any] | None = None) -> type[Form]:
    form = Converter(datamodel).create_form(inc_columns=columns, extra_fields=extra or {})
    for name in columns:
        unbound = getattr(form, name)
        if unbound.field_class is fields.RemoteSelectField:
            unbound.kwargs["depends"] = depends_on(datamodel.obj, name, columns)
    row_forms.follow_choices(datamodel.obj, form)
    return type("RecordForm", (Form, form), {})


def attach(form: wtforms.Form, errors: dict[str, list[str]]) -> None:
    """Put a service's errors at their fields; `lines-0-pupil` reaches into the rows; the rest goes on top."""
    kept: Kept = {}
    for place, told in errors.items():
        field, messages = field_at(form, place, kept), list(map(cells.linked, told))
        if field is None:
            form.form_errors = [*form.form_errors, *messages]
        else:
            field.errors = [*field.errors, *messages]


Kept = dict[str, list[Row]]
"""The rows to save of each field of rows: found once for however many errors."""


def field_at(form: wtforms.Form, place: str, kept: Kept) -> wtforms.Field | None:
    """The field that a service speaks of, by its name, its column, or `lines-0-pupil`."""
    if place in form:
        return form[place]
    name, _, rest = place.partition("-")
    number, _, inner = rest.partition("-")
    if name in form and number.isdecimal():
        found = kept[name] if name in kept else kept.setdefault(name, form[name].kept)
        if int(number) < len(found):
            return field_at(found[int(number)].form, inner, {})
    relation = place.removesuffix("_id")
    return form[relation] if relation in form else None
