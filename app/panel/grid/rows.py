"""What a grid shows: rows of one owner, cells with their values and why some of them cannot be filled."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import wtforms
from flask import abort
from sqlalchemy import inspect, select

from app.extensions import db
from app.models.names import search_key
from app.models.references import key_of
from app.models.states import closed_words, is_closed
from app.panel import cells, sight
from app.panel.declaration import Declaration, Grid
from app.panel.editing.fields import find
from app.panel.loading import eager
from app.regulation import load_regulation
from app.regulation.rights import Action, Resource
from app.security import names
from app.security.actor import is_whole
from app.security.granted import regulated_grants
from app.security.guard import person_of
from app.security.scoping import condition
from app.security.states import owned

MOST_ROWS = 500
"""Rows on one page; the rest is told of and stands in the list."""


def grid_of(view: Declaration) -> Grid:
    """What a view declares; the routes of one without a grid are not made."""
    return view.as_grid if view.as_grid is not None else abort(404)


def columns_of(view: Declaration) -> list[str]:
    """The columns that can tell this actor anything."""
    actor = person_of(db.session)
    return [name for name in grid_of(view).columns if sight.tells(actor, view.model, name)]


def owner_of(view: Declaration, pk: str) -> Any:
    """The record whose grid it is, or 404: a foreign one does not exist."""
    relation = inspect(view.model).relationships[grid_of(view).by]
    owner = find(relation.mapper.class_, pk)
    return owner if owner is not None else abort(404)


def owner_key(view: Declaration, obj: Any) -> int:
    """The number of the record whose grid a row stands in."""
    key: int = getattr(obj, key_of(inspect(view.model).relationships[grid_of(view).by]).key)
    return key


def siblings(view: Declaration, owner_id: int) -> dict[str, int]:
    """The arguments of the list of the same rows, where the list can be asked for them."""
    by = grid_of(view).by
    return {by: owner_id} if by in view.filter_columns else {}


def rows_of(view: Declaration, owner: Any) -> list[Any]:
    """The owner's records within the actor's scope, by what names them; one more than fits tells that there are."""
    grid, model = grid_of(view), view.model
    column = getattr(model, key_of(inspect(model).relationships[grid.by]).key)
    scope = condition(model, person_of(db.session), resources=(view.resource,))
    statement = select(model).where(column == owner.id, scope, *view.narrowing()).order_by(model.id)
    paths = [grid.head, *grid.columns, *view.form_columns]
    found = list(db.session.scalars(statement.limit(MOST_ROWS + 1).options(*eager(model, paths))))
    names.load_for(db.session, found, [grid.head, *grid.columns])
    return sorted(found, key=lambda obj: search_key(head(view, obj)))


def head(view: Declaration, obj: Any) -> str:
    """What a row is called."""
    return cells.plain(cells.value_of(obj, grid_of(view).head)) or str(obj)


def nothing(view: Declaration) -> str:
    """What is said in place of rows: whoever reaches a part of a list alone is not told that it is empty."""
    actor = person_of(db.session)
    held = actor.holding(view.resource, Action.VIEW)
    if actor.is_system or any(is_whole(each, view.resource, Action.VIEW) for each in held):
        return "Здесь пока нет записей"
    return "Записей, открытых вам, здесь нет"


def open_keys(view: Declaration, rows: Sequence[Any]) -> frozenset[int]:
    """Which of these records the actor may change, in one query."""
    actor = person_of(db.session)
    if not rows or not view.is_routed("cell") or not actor.may(Action.EDIT, view.resource):
        return frozenset()
    scope = condition(view.model, actor, Action.EDIT, (view.resource,))
    keys = select(view.model.id).where(view.model.id.in_([obj.id for obj in rows]), scope)
    return frozenset(db.session.scalars(keys))


def why_closed(view: Declaration, obj: Any) -> str:
    """What the state of this record, or of the one that it goes with, says to whoever would change it."""
    held = [obj, getattr(obj, grid_of(view).by)] if view.model in owned() else [obj]
    return next((closed_words(each) for each in held if is_closed(each)), "")


def why_foreign(view: Declaration) -> str:
    """Who may change what this actor only reads."""
    if person_of(db.session).may(Action.EDIT, view.resource):
        return "Эта запись не из тех, которые вы изменяете. Вам она открыта для чтения."
    return f"Изменяет: {_writers(view.resource)}. Вам запись открыта для чтения."


@cache
def _writers(resource: Resource) -> str:
    roles = load_regulation().roles
    return ", ".join(role.title for code, role in roles.items() if (resource, Action.EDIT) in regulated_grants(code))


def told(view: Declaration, obj: Any, form: wtforms.Form | None) -> dict[str, Any]:
    """A row for the page and for its script. Without a form nobody here may change it."""
    return {
        "id": obj.id,
        "version": getattr(obj, "version", ""),
        "head": head(view, obj),
        "cells": [_cell(view, obj, form, name) for name in columns_of(view)],
    }


def _cell(view: Declaration, obj: Any, form: wtforms.Form | None, name: str) -> dict[str, Any]:
    shown = cells.show(cells.value_of(obj, name), link=False)
    if form is None or name not in form:
        why = (why_closed(view, obj) or why_foreign(view)) if form is None else view.why_shut(obj, name)
        return {"name": name, "raw": "", "shown": shown, "why": why}
    return {"name": name, "raw": written(form[name]), "shown": shown, "why": ""}


def written(field: wtforms.Field) -> str:
    """A value as the entry sends it."""
    if isinstance(field, wtforms.SelectField):
        return next((choice.value for choice in field.iter_choices() if choice.selected), "")
    if isinstance(field, wtforms.BooleanField):
        return "y" if field.data else ""
    return str(field._value())
