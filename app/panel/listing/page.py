"""What the list template shows: plain values, made from a listing and the address of the request."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from app.extensions import db
from app.panel import cells
from app.panel.declaration import Declaration
from app.panel.listing import sorting
from app.panel.listing.conditions import Control
from app.panel.listing.filters import Filter
from app.panel.listing.listing import COUNTED, Listing, Page, Place
from app.regulation.rights import Action
from app.russian import format_number, plural, records_word
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
        "is_wrong": bool(listing.wrong),
        "filters": [_filter(item) for item in listing.filters if _offered(listing, item)],
        "hidden": [(key, value) for key, value in pairs() if key in ("order", "size", "cols")],
        "query": query_string(),
        "place": place(),
        "kept": pairs(*PAGING, "cols"),
        "address": address(),
        "columns_reset_url": address(*PAGING, "cols") if "cols" in listing.args else None,
        "route": view.route,
        **_counts(page, total),
        **_paging(page, total),
        "page_sizes": _sizes(page.size),
        "toolbar": view.list_toolbar(),
        "add_url": view.url("add", list=place()) if view.may_add(actor) else None,
        "add_label": view.add_label,
        "note": view.unasked_words if listing.unasked() else "",
        "import_url": view.url("import_file", list=place()) if view.may_import(actor) else None,
        **_exports(view, actor),
        "print_url": _print_url(view, actor),
        "actions": actions,
        "action_url": view.url("bulk") if actions else None,
        "reset_url": view.url("list"),
        **_empty(listing, page),
    }


def pairs(*without: str) -> list[tuple[str, str]]:
    """The arguments of this address in order, a repeated one as often as it stands."""
    return [(key, value) for key, value in request.args.items(multi=True) if key not in without and value != ""]


def query_string(*without: str) -> str:
    """What makes this list what it is, as it stands in an address."""
    return urlencode(pairs(*PAGING, *without))


def place() -> str:
    """The same with its page: the way back to it. By number alone: a row that it is counted from may go meanwhile."""
    return urlencode(pairs("after", "before"))


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
    came = {"list": place()}
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
        "past_text": _past(page, total) if page.past else None,
    }


def _past(page: Page, total: int) -> str:
    """Rows were deleted since, or the address was changed by hand."""
    if not total:
        return f"Страницы {format_number(page.number)} нет: список пуст."
    last = -(-total // page.size)
    pages = f"{format_number(last)} {plural(last, 'страница', 'страницы', 'страниц')}"
    return f"Страницы {format_number(page.number)} нет: в списке {pages}."


def _paging(page: Page, total: int) -> dict[str, Any]:
    """Neighbour pages by the key of the outer rows; the last page by its number while the count is known."""
    last = -(-total // page.size)
    if page.past:
        back = address(*PAGING, page=last if last > 1 else None)
        return {"first_url": address(*PAGING) if last > 1 else None, "prev_url": back, "next_url": None}
    previous = {"page": page.number - 1, "before": page.rows[0].id} if page.number > 2 else {}
    return {
        "first_url": address(*PAGING) if page.number > 2 else None,
        "prev_url": address(*PAGING, **previous) if page.number > 1 else None,
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


def _print_url(view: Declaration, actor: Actor) -> str | None:
    if not actor.may(Action.PRINT, view.resource):
        return None
    return f"{view.url('printed')}?{urlencode(pairs(*PAGING, 'size'))}"


def _empty(listing: Listing, page: Page) -> dict[str, Any]:
    if listing.wrong:
        return {"empty_text": "Условие непонятно", "empty_hint": _mend(listing), "narrowed": True}
    asked = asked_words(listing)
    if page.rows or page.past or not asked:
        return {"empty_text": "Здесь пока нет записей", "empty_hint": listing.view.empty_hint, "narrowed": bool(asked)}
    return {"empty_text": "Ничего не найдено", "empty_hint": _nothing(listing, asked), "narrowed": True}


def asked_words(listing: Listing) -> list[str]:
    """What the list is narrowed by, as a person reads it."""
    search = [f"поиск: {listing.q}"] if listing.q else []
    return [*search, *(f"{item.label}: {item.words}" for item in listing.filters if item.words)]


def _mend(listing: Listing) -> str:
    said = " ".join(f"«{item.label}»: {item.wrong}" for item in listing.wrong)
    return f"{said} Исправьте условие и отберите снова."


def _nothing(listing: Listing, asked: list[str]) -> str:
    """Which conditions find nothing; of several those that find nothing by themselves."""
    if len(asked) == 1:
        return f"Таких записей нет: «{asked[0]}». Измените или уберите это условие."
    guilty = [words for words, finds in zip(asked, listing.each_finds(), strict=True) if not finds]
    if guilty:
        many = "Условия, которым не отвечает ни одна запись" if len(guilty) > 1 else "Ни одной записи с условием"
        return f"{many}: {_quoted(guilty)}. Измените или уберите."
    return f"Каждое условие что-то находит, а все вместе – ничего: {_quoted(asked)}. Уберите одно из них."


def _quoted(words: list[str]) -> str:
    return "; ".join(f"«{each}»" for each in words)


def _column(listing: Listing, name: str) -> dict[str, Any]:
    sortable = listing.view.ordered_by(name)
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
    if not view.ordered_by(name) or tuple(view.default_order)[:1] != sorting.real_columns(view, name)[:1]:
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


def _offered(listing: Listing, item: Filter) -> bool:
    return item.name not in listing.hidden and bool(_controls(item))


def _controls(item: Filter) -> list[Control]:
    """A choice among records that one may not look up is offered to nobody; a condition that holds is shown."""
    return [control for control in item.controls if control.may_look_up or control.chosen]


def _filter(item: Filter) -> dict[str, Any]:
    return {
        "name": item.name,
        "label": item.label,
        "controls": _controls(item),
        "text": item.words,
        "wrong": item.wrong,
        "clear_url": address(*PAGING, *item.arguments) if item.words else None,
    }
