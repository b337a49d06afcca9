"""Every kind of value in the panel: form field, conditions of a list, HTML. Found by the column's type, never its name.

What a kind is, how it is read, typed, kept and exported stands below, in app/models/kinds.py; a relation is a kind
that has no column of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import wtforms
from markupsafe import Markup, escape
from sqlalchemy import inspect

from app.models import kinds
from app.models.base import label_of
from app.models.kinds import Kind, kind_of
from app.models.names import visible
from app.models.references import key_of
from app.panel.editing import fields, validators
from app.panel.listing import conditions
from app.panel.registry import view_of
from app.russian import held_together

MakeField = Callable[[Any, str, list[Any], dict[str, Any]], wtforms.Field]
"""(column, label, checks, description and default) → unbound field."""


def _text(field: type[wtforms.Field]) -> MakeField:
    def make(column: Any, label: str, checks: list[Any], common: dict[str, Any]) -> wtforms.Field:
        if limit := getattr(column.type, "length", None):
            checks = [*checks, validators.Length(limit)]
        return field(label, checks, filters=[_trim], **common)

    return make


def _parsed(field: type[fields.ParsedField]) -> MakeField:
    def make(column: Any, label: str, checks: list[Any], common: dict[str, Any]) -> wtforms.Field:
        return field(label, checks, column=column, **common)

    return make


def _choice(column: Any, label: str, checks: list[Any], common: dict[str, Any]) -> wtforms.Field:
    """The first choice is empty, unless a usual one is declared: what nobody has chosen is not to be saved."""
    blank = column.nullable or column.default is None
    return fields.SelectField(label, checks, enum=column.type.enum_class, blank=blank, **common)


def _yes_no(column: Any, label: str, checks: list[Any], common: dict[str, Any]) -> wtforms.Field:
    """A tick; where an empty value means «unknown», a choice of three."""
    if not column.nullable or column.info.get("tick"):
        return wtforms.BooleanField(label, **common)
    read = {"1": True, "0": False, "True": True, "False": False}.get
    return fields.SelectField(label, checks, choices=conditions.YES_NO, blank=True, read=read, **common)


def _trim(text: Any) -> Any:
    """Empty text is no text: a nullable column stays NULL and unique constraints keep their sense."""
    return (visible(text).strip() or None) if isinstance(text, str) else text


def _plain_html(value: Any) -> Markup:
    return escape(held_together(kinds.plain(value)))


def _coloured(value: Any) -> Markup:
    if not value.color:
        return escape(value.title_ru)
    return Markup('<span class="st st-{}">{}</span>').format(value.color, value.title_ru)


@dataclass(frozen=True)
class Shape:
    """What the panel makes of a kind."""

    field: MakeField
    filters: conditions.Make | None = None
    """None: a list cannot be filtered by it (start-up check SGO044)."""
    html: Callable[[Any], Markup] = _plain_html


SHAPES: dict[Kind, Shape] = {
    kinds.TEXT: Shape(_text(wtforms.StringField), conditions.part_of_text),
    kinds.LONG: Shape(_text(wtforms.TextAreaField), conditions.part_of_text),
    kinds.EMAIL: Shape(_text(wtforms.EmailField), conditions.part_of_text),
    kinds.CHOICE: Shape(_choice, conditions.one_of_enum, _coloured),
    kinds.BOOLEAN: Shape(_yes_no, conditions.yes_or_no),
    kinds.INTEGER: Shape(_parsed(fields.IntegerField), conditions.between("number")),
    kinds.DECIMAL: Shape(_parsed(fields.DecimalField), conditions.between("number")),
    kinds.FLOAT: Shape(_parsed(fields.FloatField), conditions.between("number")),
    kinds.DATE: Shape(_parsed(fields.DateField), conditions.between("date")),
    kinds.TIME: Shape(_parsed(fields.TimeField), conditions.between("time")),
    kinds.INSTANT: Shape(_parsed(fields.InstantField), conditions.between_days),
    kinds.STRUCTURE: Shape(_parsed(fields.StructureField)),
}


def shape_of(column: Any) -> Shape:
    """What the panel makes of a column. Raises UnknownKind."""
    return SHAPES[kind_of(column)]


def html(value: Any) -> Markup:
    """A value of a column, or one that is computed, as HTML."""
    kind = kinds.kind_of_value(value)
    return SHAPES[kind].html(value) if kind is not None else escape(str(value))


def column_field(
    model: type, column: Any, name: str, more: Sequence[Any] = (), shape: Shape | None = None
) -> wtforms.Field:
    """The field of a column with its label, help, limits, checks and mask."""
    common: dict[str, Any] = {"description": column.info.get("help", ""), "default": _default(column)}
    if mask := column.info.get("mask"):
        common["render_kw"] = {"data-mask": mask, "inputmode": "tel" if mask == "phone" else "numeric"}
    wanted = (
        not column.nullable or column.info.get("asked") or any(isinstance(each, validators.Required) for each in more)
    )
    required = validators.Required("Выберите из списка.") if kind_of(column) is kinds.CHOICE else validators.Required()
    checks = [required if wanted else validators.Optional(), *_checks(column), *more]
    return (shape or shape_of(column)).field(column, label_of(model, name), checks, common)


def row_field(model: Any, name: str) -> wtforms.Field:
    """The field of a column in a row of many: one line, however long the text."""
    column = inspect(model).columns[name]
    shape = SHAPES[kinds.TEXT] if kind_of(column) is kinds.LONG else shape_of(column)
    return column_field(model, column, name, shape=shape)


def relation_field(
    model: type, relation: Any, field: type[fields.RemoteSelectField] = fields.RemoteSelectField
) -> fields.RemoteSelectField:
    """A remote select of a many-to-one."""
    column = key_of(relation)
    target = relation.mapper.class_
    return field(
        label_of(model, relation.key),
        target,
        view_of(target).lookup_endpoint,
        [validators.Optional() if column.nullable else validators.Required("Выберите значение из списка.")],
        description=column.info.get("help", ""),
        creates=target is not model,  # another record of the very kind that the form is for
    )


def _checks(column: Any) -> list[Any]:
    found: list[Any] = []
    if column.info.get("agrees"):
        found.append(validators.Agrees(*column.info["agrees"]))
    if column.info.get("normalise"):
        found.append(validators.Normalised(column.info["normalise"]))
    if column.info.get("check"):
        found.append(validators.SensibleDate(column.info["check"]))
    return found


def _default(column: Any) -> Any:
    return column.default.arg if column.default is not None and column.default.is_scalar else None
