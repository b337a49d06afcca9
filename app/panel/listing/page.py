"""What the list template shows: plain values, made from a listing and the address of the request."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from app.extensions import db
from app.panel import cells
from app.panel.declaration import Declaration
from app.panel.listing.conditions import Filter
from app.panel.listing.listing import COUNTED, Listing, Page, Place
from app.regulation.rights import Action
from app.russian import format_number, records_word
from app.security.actor import Actor
from app.security.guard import person_of
from app.web import arguments

PAGING = ("page", "after", "before")
"""Arguments that say where in the list one is, not what the list is."""


def page_of(listing: Listing, actions: Sequence[dict[str, Any]]) -> dict[str, Any]:
    view, actor = listing.view, person_of(db.session)
    page, total = listing.page(Place.of(listing.args)), listing.total()
    return {
        "q": listing.q,
        "search_hint": view.search_hint if view.searchable else None,
        "columns": [_column(listing, name) for name in listing.columns],
        "choices": [_choice(listing, name) for name in listing.offered],
        "rows": _rows(listing, page),
        "filters": [_filter(item) for item in listing.filters if item.name not in listing.hidden],
        "hidden": [(key, value) for key, value in pairs() if key in ("order", "size", "cols")],
        "query": query_string(),
        "kept": pairs(*PAGING, "cols"),
        "address": address(),
        "columns_reset_url": address(*PAGING, "cols") if "cols" in listing.args else None,
        "route": view.route,
        **_counts(page, total),
        **_paging(page, total),
        "page_sizes": _sizes(page.size),
        "add_url": view.url("add") if view.may_add(actor) else None,
        "add_label": view.add_label,
        "import_url": view.url("import_file") if view.may_import(actor) else None,
        **_exports(view, actor),
        "actions": actions,
        "action_url": view.url("bulk") if actions else None,
        "reset_url": view.url("list"),
        **_empty(listing),
    }


def pairs(*without: str) -> list[tuple[str, str]]:
    """The arguments of this address in order, a repeated one as often as it stands."""
    return [(key, value) for key, value in request.args.items(multi=True) if key not in without and value != ""]


def query_string(*without: str) -> str:
    """What makes this list what it is, as it stands in an address."""
    return urlencode(pairs(*PAGING, *without))


def address(*without: str, **changes: Any) -> str:
    """This page's address with some arguments changed (None takes one away)."""
    kept = pairs(*without, *changes)
    kept += [(key, value) for key, value in changes.items() if value is not None]
    base = url_for(request.endpoint or "", **request.view_args or {})
    return f"{base}?{urlencode(kept)}" if kept else base


def row_cells(model: type, obj: Any, columns: Iterable[str]) -> list[dict[str, Any]]:
    return [
        {"label": cells.label_for(model, name), "value": cells.show(cells.value_of(obj, name), link=False)}
        for name in columns
    ]


def _rows(listing: Listing, page: Page) -> list[dict[str, Any]]:
    """Each row leads to its card, which knows the list it was opened from."""
    came = {"list": query_string()}
    return [
        {
            "id": obj.id,
            "url": listing.view.url("show", pk=obj.id, **came),
            "cells": row_cells(type(obj), obj, listing.columns),
        }
        for obj in page.rows
    ]


def _counts(page: Page, total: int) -> dict[str, Any]:
    first = (page.number - 1) * page.size + 1
    shown = f"{format_number(first)}–{format_number(first + len(page.rows) - 1)}"
    exact = total <= COUNTED
    words = format_number(total) if exact else f"больше {format_number(COUNTED)}"
    noun = records_word(total) if exact else "записей"
    return {
        "total": total if exact else None,
        "total_text": f"{words} {noun}",
        "range_text": (f"{shown} из {words}" if exact else f"{shown}, всего {words}") if page.rows else "",
        "lost": page.lost,
    }


def _paging(page: Page, total: int) -> dict[str, Any]:
    """Neighbour pages by the key of the outer rows; the last page by its number while the count is known."""
    last = -(-total // page.size)
    back = page.number > 1 and page.rows
    previous = {"page": page.number - 1, "before": page.rows[0].id} if page.number > 2 and page.rows else {}
    return {
        "first_url": address(*PAGING) if page.number > 2 else None,
        "prev_url": address(*PAGING, **previous) if back or page.number > 1 else None,
        "next_url": address(*PAGING, page=page.number + 1, after=page.rows[-1].id) if page.further else None,
        "last_url": address(*PAGING, page=last)
        if page.further and total <= COUNTED and page.number < last - 1
        else None,
    }


def _sizes(size: int) -> list[dict[str, Any]]:
    return [
        {"size": each, "url": address(*PAGING, size=each), "current": each == size} for each in arguments.PAGE_SIZES
    ]


def _exports(view: Declaration, actor: Actor) -> dict[str, Any]:
    if not actor.may(Action.EXPORT, view.resource):
        return {"export_xlsx_url": None, "export_csv_url": None}
    base, query = view.url("export"), pairs(*PAGING, "size")
    return {f"export_{kind}_url": f"{base}?{urlencode([*query, ('format', kind)])}" for kind in ("xlsx", "csv")}


def _empty(listing: Listing) -> dict[str, Any]:
    narrowed = listing.q or any(item.value for item in listing.filters)
    return {
        "empty_text": "Ничего не найдено" if narrowed else "Здесь пока нет записей",
        "empty_hint": "Измените слова поиска или уберите условия отбора." if narrowed else listing.view.empty_hint,
        "narrowed": bool(narrowed),
    }


def _column(listing: Listing, name: str) -> dict[str, Any]:
    sortable = name in listing.view.order_columns
    direction = _direction(listing, name)
    turned = f"-{name}" if direction == "asc" else name
    return {
        "name": name,
        "label": cells.label_for(listing.model, name),
        "order_url": address(*PAGING, order=turned) if sortable else None,
        "direction": direction,
    }


def _direction(listing: Listing, name: str) -> str | None:
    view, wanted = listing.view, listing.args.get("order", "")
    if wanted:
        return {name: "asc", f"-{name}": "desc"}.get(wanted)
    if tuple(view.default_order)[:1] != tuple(view.order_by.get(name, (name,)))[:1]:
        return None
    return "desc" if view.default_descending else "asc"


def _choice(listing: Listing, name: str) -> dict[str, Any]:
    """A column that may be shown or not."""
    return {
        "name": name,
        "label": cells.label_for(listing.model, name),
        "shown": name in listing.columns,
        "fixed": name == listing.offered[0],
    }


def _filter(item: Filter) -> dict[str, Any]:
    return {
        "name": item.name,
        "label": item.label,
        "kind": item.kind,
        "value": item.value,
        "text": item.text,
        "choices": item.choices,
        "remote_url": item.remote_url,
        "depends": item.depends,
        "clear_url": address(*PAGING, item.name) if item.value else None,
    }
