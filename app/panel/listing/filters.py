"""Filters of a list: the editor follows from the column's kind, the value stands in the address."""

from dataclasses import replace
from typing import Any

from flask import url_for
from sqlalchemy import inspect

from app.models.kinds import kind_of
from app.models.references import key_of
from app.panel import cells, kinds
from app.panel.declaration import Declaration
from app.panel.editing.fields import find
from app.panel.editing.forms import depends_on
from app.panel.listing import conditions
from app.panel.listing.conditions import Filter
from app.panel.registry import view_of
from app.web.arguments import BadArgument


def filters_of(view: Declaration, args: Any, name: str) -> list[Filter]:
    """The filters of one declared column with their values from the address. Raises BadArgument."""
    model = view.datamodel.obj
    label = cells.label_for(model, name)
    relation = inspect(model).relationships.get(name)
    if relation is not None:
        return [replace(_remote(args, name, label, relation, model), depends=_depends(view, name))]
    attribute, column = getattr(model, name), inspect(model).columns[name]
    if name in view.filter_choices:
        given = view.filter_choices[name]
        options = [value if isinstance(value, tuple) else (str(value), str(value)) for value in given]
        return conditions.one_of(
            args, name, label, attribute, options, lambda value: kind_of(column).parse(value, column)
        )
    make = kinds.shape_of(column).filters
    return make(args, name, label, attribute) if make is not None else []


def _remote(args: Any, name: str, label: str, relation: Any, model: Any) -> Filter:
    value = args.get(name, "").strip()
    target = relation.mapper.class_
    chosen = find(target, value) if value else None
    if value and chosen is None:
        raise BadArgument(f"Отбор «{label}»: такой записи нет или она недоступна.")
    column = getattr(model, key_of(relation).key)
    where = column == chosen.id if chosen is not None else None
    url = url_for(view_of(target).lookup_endpoint)
    return Filter(name, label, "remote", value, str(chosen or ""), where, remote_url=url)


def _depends(view: Declaration, name: str) -> str | None:
    others = [each for each in view.filter_columns if each != name]
    return depends_on(view.datamodel.obj, name, others)
