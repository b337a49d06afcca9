"""The list page of any view: search, filters, order and page from the address; a fixed number of queries."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy import Boolean, ColumnElement, Date, Enum, Select, func, inspect, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models.names import search_key
from app.models.russian import format_number, plural
from app.security.guard import actor_of
from app.security.permissions import Action
from app.security.scoping import condition
from app.views import arguments, cells
from app.views.arguments import BadArgument
from app.views.fields import find
from app.views.registry import VIEWS

ESCAPE = "\\"


@dataclass(frozen=True)
class Filter:
    """One filter of a list: what stands in the address, what it means in SQL, how it looks."""

    name: str
    label: str
    kind: str
    value: str
    text: str
    where: ColumnElement[bool] | None
    choices: tuple[tuple[str, str], ...] = ()
    remote_url: str | None = None


class Listing:
    """The rows a view shows for these arguments, within the actor's scope for one action."""

    def __init__(self, view: Any, args: Any, action: Action = Action.VIEW) -> None:
        self.view, self.args, self.model = view, args, view.datamodel.obj
        self.action = action
        self.q = arguments.search_text(args)
        # Somebody with one school need not read its name in every row.
        self.hidden = {"school"} if actor_of(db.session).default_school_id is not None else set()
        self.columns = [name for name in view.list_columns if name not in self.hidden]
        self.filters = [item for name in view.filter_columns for item in self._filters(name) if name not in self.hidden]
        self.order, self.descending = self._order()

    def statement(self) -> Select[Any]:
        """Every row of the list, in order, without paging."""
        return self.narrow(select(self.model)).options(*eager(self.model, self.columns)).order_by(*self._sort())

    def narrow(self, statement: Select[Any]) -> Select[Any]:
        scope = condition(self.model, actor_of(db.session), self.action, (self.view.resource,))
        wheres = [scope, *matches(self.view, self.q), *self.view.narrowing()]
        wheres += [item.where for item in self.filters if item.where is not None]
        return statement.where(*wheres)

    def count(self) -> int:
        return db.session.scalar(self.narrow(select(func.count()).select_from(self.model))) or 0

    def rows(self, limit: int, offset: int) -> list[Any]:
        return list(db.session.scalars(self.statement().limit(limit).offset(offset)))

    def every(self) -> Iterator[Any]:
        """All rows for an export, streamed."""
        return iter(db.session.scalars(self.statement().execution_options(yield_per=1000)))

    def _sort(self) -> list[Any]:
        columns = [getattr(self.model, name) for name in self.order]
        return [*(column.desc() if self.descending else column.asc() for column in columns), self.model.id]

    def _order(self) -> tuple[tuple[str, ...], bool]:
        wanted = self.args.get("order", "")
        if not wanted:
            return tuple(self.view.default_order), self.view.default_descending
        name = wanted.removeprefix("-")
        if name not in self.view.order_columns:
            raise BadArgument("Порядок строк: по этой колонке упорядочить нельзя.")
        return self.view.order_by.get(name, (name,)), wanted.startswith("-")

    def _filters(self, name: str) -> list[Filter]:
        label = cells.label_for(self.model, name)
        relation = inspect(self.model).relationships.get(name)
        if relation is not None:
            return [self._remote(name, label, relation)]
        column = getattr(self.model, name)
        if isinstance(column.type, Date):
            return [self._date(name, label, column, "from"), self._date(name, label, column, "to")]
        if isinstance(column.type, Enum):
            return [self._choice(name, label, column, column.type.enum_class.choices())]
        if isinstance(column.type, Boolean):
            return [self._choice(name, label, column, [("1", "да"), ("0", "нет")], lambda value: value == "1")]
        options = [(str(value), str(value)) for value in self.view.filter_choices.get(name, ())]
        return [self._choice(name, label, column, options, type(column.type.python_type()))]

    def _remote(self, name: str, label: str, relation: Any) -> Filter:
        value = self.args.get(name, "").strip()
        target = relation.mapper.class_
        chosen = find(target, value) if value else None
        if value and chosen is None:
            raise BadArgument(f"Отбор «{label}»: такой записи нет или она недоступна.")
        column = getattr(self.model, next(iter(relation.local_columns)).key)
        where = column == chosen.id if chosen is not None else None
        url = url_for(VIEWS[target].lookup_endpoint)
        return Filter(name, label, "remote", value, str(chosen or ""), where, remote_url=url)

    def _date(self, name: str, label: str, column: Any, edge: str) -> Filter:
        key, word = f"{name}_{edge}", "с" if edge == "from" else "по"
        day = arguments.day(self.args, key, f"Отбор «{label}»")
        where = None if day is None else (column >= day if edge == "from" else column <= day)
        return Filter(key, f"{label} {word}", "date", day.isoformat() if day else "", cells.plain(day), where)

    def _choice(self, name: str, label: str, column: Any, choices: Iterable[Any], read: Any = str) -> Filter:
        value = self.args.get(name, "").strip()
        options = dict(choices)
        if value and value not in options:
            raise BadArgument(f"Отбор «{label}»: такого значения нет. Выберите из списка.")
        where = column == read(value) if value else None
        return Filter(name, label, "choice", value, options.get(value, ""), where, tuple(options.items()))


def matches(view: Any, text: str) -> list[ColumnElement[bool]]:
    """Every word of the search anywhere in what the view searches: case-free, ё = е."""
    if not text or not view.searchable:
        return []
    searched = _searched(view)
    return [searched.like(f"%{_escape(word)}%", escape=ESCAPE) for word in search_key(text).split()]


def _searched(view: Any) -> ColumnElement[str]:
    """The folded text, or its beginning: the columns that the view looks through stand first in it."""
    whole = view.model.search_text
    if not view.search_only:
        return whole
    widths = [func.length(func.coalesce(getattr(view.model, name), "")) + 1 for name in view.search_only]
    return func.substr(whole, 1, sum(widths[1:], widths[0]) - 1)


def ordering(model: Any, name: str) -> ColumnElement[Any]:
    """A declared order: a column's name, with a minus for the newest or greatest first."""
    column = getattr(model, name.removeprefix("-"))
    return column.desc() if name.startswith("-") else column.asc()


def _escape(word: str) -> str:
    return word.replace(ESCAPE, ESCAPE * 2).replace("%", rf"{ESCAPE}%").replace("_", rf"{ESCAPE}_")


def eager(model: Any, paths: Iterable[str]) -> list[Any]:
    """Loader options for the relations that the shown paths go through: no query for a row."""
    options = {}
    for path in paths:
        option, current = None, model
        for name in path.split("."):
            relation = inspect(current).relationships.get(name)
            if relation is None:
                break
            attribute = getattr(current, name)
            option = joinedload(attribute) if option is None else option.joinedload(attribute)
            current = relation.mapper.class_
            options[path] = option
    return list(options.values())


def address(**changes: Any) -> str:
    """This page's address with some arguments changed (None takes one away)."""
    args = {key: value for key, value in request.args.items() if key not in changes}
    args |= {key: value for key, value in changes.items() if value is not None}
    return url_for(request.endpoint, **request.view_args, **args)


def page_of(listing: Listing) -> dict[str, Any]:
    """What the list template shows."""
    view, actor = listing.view, actor_of(db.session)
    number, size = arguments.page_number(listing.args), arguments.page_size(listing.args)
    total = listing.count()
    rows = listing.rows(size, (number - 1) * size)
    first = (number - 1) * size + 1
    can_export = actor.may(Action.EXPORT, view.resource)
    return {
        "q": listing.q,
        "search_hint": view.search_hint if view.searchable else None,
        "columns": [_column(listing, name) for name in listing.columns],
        "rows": [_row(listing, obj) for obj in rows],
        "filters": [_filter(item) for item in listing.filters],
        "hidden": [(key, value) for key, value in request.args.items() if key in ("order", "size")],
        "total_text": f"{format_number(total)} {plural(total, 'запись', 'записи', 'записей')}",
        "range_text": f"{first}–{first + len(rows) - 1} из {format_number(total)}" if rows else "",
        "prev_url": address(page=number - 1) if number > 1 else None,
        "next_url": address(page=number + 1) if first + len(rows) <= total else None,
        "page_sizes": [
            {"size": each, "url": address(size=each, page=None), "current": each == size}
            for each in arguments.PAGE_SIZES
        ],
        "add_url": view.url("add") if view.may_add(actor) else None,
        "add_label": view.add_label,
        "export_xlsx_url": _export(view, "xlsx") if can_export else None,
        "export_csv_url": _export(view, "csv") if can_export else None,
        "actions": view.bulk_actions(actor),
        "action_url": view.url("bulk") if view.bulk_actions(actor) else None,
        "reset_url": view.url("list"),
        "empty_text": "Ничего не найдено" if request.args else "Здесь пока нет записей",
        "empty_hint": "Измените условия отбора." if request.args else view.empty_hint,
    }


def _column(listing: Listing, name: str) -> dict[str, Any]:
    sortable = name in listing.view.order_columns
    wanted = listing.args.get("order", "")
    direction = {name: "asc", f"-{name}": "desc"}.get(wanted)
    if not wanted and tuple(listing.view.default_order)[:1] == listing.view.order_by.get(name, (name,))[:1]:
        direction = "desc" if listing.view.default_descending else "asc"
    turned = f"-{name}" if direction == "asc" else name
    return {
        "name": name,
        "label": cells.label_for(listing.model, name),
        "order_url": address(order=turned, page=None) if sortable else None,
        "direction": direction,
        "numeric": False,
    }


def _row(listing: Listing, obj: Any) -> dict[str, Any]:
    url = listing.view.url("show", pk=obj.id)
    return {"id": obj.id, "url": url, "cells": row_cells(type(obj), obj, listing.columns)}


def row_cells(model: type, obj: Any, columns: Iterable[str]) -> list[dict[str, Any]]:
    return [
        {"label": cells.label_for(model, name), "value": cells.show(cells.value_of(obj, name), link=False)}
        for name in columns
    ]


def _filter(item: Filter) -> dict[str, Any]:
    return {
        "name": item.name,
        "label": item.label,
        "kind": item.kind,
        "value": item.value,
        "text": item.text,
        "choices": item.choices,
        "remote_url": item.remote_url,
        "clear_url": address(**{item.name: None, "page": None}) if item.value else None,
    }


def _export(view: Any, kind: str) -> str:
    args = {key: value for key, value in request.args.items() if key not in ("page", "size")}
    return view.url("export", **{**args, "format": kind})
