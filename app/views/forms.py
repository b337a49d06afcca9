"""Forms from models: Flask-AppBuilder's converter with our fields, labels from the columns, checks from the columns."""

from typing import Any

import wtforms
from flask_appbuilder.forms import DynamicForm, GeneralModelConverter
from sqlalchemy import Boolean, Date, Enum, Integer, String, inspect

from app.models.base import label_of
from app.views import fields
from app.views.registry import view_of

LONG_TEXT = 300


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
        relation = inspect(model).relationships.get(col_name)
        form_props[col_name] = (
            relation_field(model, relation) if relation is not None else column_field(model, col_name, lst_validators)
        )
        return form_props


def relation_field(model: type, relation: Any, depends: str | None = None) -> fields.RemoteSelectField:
    """A remote select of a many-to-one; `info["depends"]` of the relation names the field that narrows it."""
    column = next(iter(relation.local_columns))
    target = relation.mapper.class_
    return fields.RemoteSelectField(
        label_of(model, relation.key),
        target,
        view_of(target).lookup_endpoint,
        [fields.Optional() if column.nullable else fields.Required("Выберите значение из списка.")],
        depends=depends or relation.info.get("depends"),
        description=column.info.get("help", ""),
    )


def column_field(model: type, name: str, more: list[Any] | None = None) -> wtforms.Field:
    """The field of a column with its label, help, limits and checks."""
    column = inspect(model).columns[name]
    common = {"description": column.info.get("help", ""), "default": _default(column)}
    validators = [fields.Optional() if column.nullable else fields.Required(), *_checks(column), *(more or [])]
    label = label_of(model, name)
    kind = column.type
    if isinstance(kind, Enum):
        return fields.SelectField(label, validators, enum=kind.enum_class, blank=column.nullable, **common)
    if isinstance(kind, Boolean):
        return wtforms.BooleanField(label, **common)
    if isinstance(kind, Date):
        return fields.DateField(label, validators, **common)
    if isinstance(kind, Integer):
        return fields.IntegerField(label, validators, **common)
    text_field = (
        wtforms.TextAreaField if isinstance(kind, String) and (kind.length or 0) >= LONG_TEXT else wtforms.StringField
    )
    return text_field(label, validators, filters=[_trim], **common)


def _checks(column: Any) -> list[Any]:
    found: list[Any] = []
    if column.info.get("normalise"):
        found.append(fields.Normalised(column.info["normalise"]))
    if column.info.get("check"):
        found.append(fields.SensibleDate(column.info["check"]))
    if isinstance(column.type, String) and not isinstance(column.type, Enum) and column.type.length:
        found.append(fields.Length(column.type.length))
    return found


def _default(column: Any) -> Any:
    return column.default.arg if column.default is not None and column.default.is_scalar else None


def _trim(text: Any) -> Any:
    """Empty text is no text: a nullable column stays NULL and unique constraints keep their sense."""
    return (text.strip() or None) if isinstance(text, str) else text


class Form(DynamicForm):
    """What every form of the panel carries unseen."""

    version = wtforms.HiddenField()
    """The version of the record that it was opened with."""
    submission = wtforms.HiddenField()
    """The token of a new record's form: sent twice, it makes one record."""
    base = wtforms.HiddenField()
    """The values it was opened with, for comparing alone (app/views/difference.py)."""


def build(datamodel: Any, columns: list[str], extra: dict[str, Any] | None = None) -> type[Form]:
    form = Converter(datamodel).create_form(inc_columns=columns, extra_fields=extra or {})
    return type("RecordForm", (Form, form), {})


def attach(form: wtforms.Form, errors: dict[str, list[str]]) -> None:
    """Put a service's errors at their fields; `lines-0-pupil` reaches into the rows; the rest goes on top."""
    for place, messages in errors.items():
        field = _field_at(form, place)
        if field is None:
            form.form_errors = [*form.form_errors, *messages]
        else:
            field.errors = [*field.errors, *messages]


def _field_at(form: wtforms.Form, place: str) -> wtforms.Field | None:
    if place in form:
        return form[place]
    name, _, rest = place.partition("-")
    number, _, inner = rest.partition("-")
    if name in form and number.isdecimal() and int(number) < len(form[name].entries):
        row = form[name].entries[int(number)].form
        return row[inner] if inner in row else None
    relation = place.removesuffix("_id")
    return form[relation] if relation in form else None
