"""The card of any record: sections, related tables, history, stamps. A part of the one base view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import request
from sqlalchemy import func, select

from app.extensions import db
from app.models.dated import Spanning, holding_on
from app.models.engine.audit import AuditAction, AuditEvent
from app.models.references import sole_key
from app.panel import cells, reach, sight, way_back
from app.panel.declaration import Related
from app.panel.listing import sorting
from app.panel.listing.conditions import day_of
from app.panel.listing.filters import HOLDS, ON_DAY
from app.panel.listing.page import address, pairs, row_cells
from app.panel.loading import complete, eager
from app.panel.registry import full_resources, gridded_by, view_of
from app.panel.trash import DeletingPages
from app.regulation.rights import Action
from app.russian import format_date, format_number
from app.security import names
from app.security.actor import Actor
from app.security.guard import person_of
from app.security.scoping import condition
from app.services.engine import history, personal
from app.web import arguments

EVERY_DAY = "all"
"""In place of a day: the rows of all days."""


class CardPages(DeletingPages):
    """What a card shows; declared by the view, read within the actor's scope."""

    def card(self, obj: Any) -> dict[str, Any]:
        actor = person_of(db.session)
        complete([obj], [name for _, listed in self.sections() for name in listed])
        return {
            "id": obj.id,
            "entity": self.model.__tablename__,
            "favourite": personal.is_favourite(db.session, self.model.__tablename__, obj.id),
            "title": str(obj),
            "subtitle": self.card_subtitle(obj),
            "initials": self.card_initials(obj),
            "badges": [*self.state_badge(obj), *_period_badge(obj, actor), *self.card_badges(obj)],
            **self._way(obj),
            "edit_url": self.url("edit", pk=obj.id, **way_back.carried())
            if self.may_write(actor, obj, Action.EDIT)
            else None,
            "delete_url": self.url("delete", pk=obj.id, **way_back.carried())
            if self.may_write(actor, obj, Action.DELETE) and not self.stays(obj)
            else None,
            "toolbar": [
                *map(_returning, [*self.tools(actor, obj), *self.card_toolbar(obj), *self._grids(obj, actor)]),
            ],
            **self._sections(obj),
            "organisation": self._organisation(obj),
            "printed_url": self.url("card_printed", pk=obj.id),
            "may_print": actor.may(Action.PRINT, self.resource),
            "blocks": self._blocks(obj),
            "related": self._tables(obj, actor),
            "history": [] if self.brief else self._history(obj),
            "stamps": None if self.brief else self._stamps(obj),
        }

    def _blocks(self, obj: Any) -> list[dict[str, Any]]:
        gathered = [(block.template, block.gather(obj)) for block in self.blocks]
        return [{"template": template, "content": content} for template, content in gathered if content is not None]

    def _way(self, obj: Any) -> dict[str, str | None]:
        """Back to the list one came from, and its rows before and after this one."""
        listing = way_back.listing(self)
        if listing is None:
            return {"list_url": self.url("list"), "prev_url": None, "next_url": None}
        found = listing.neighbours(obj)
        back, forth = (self.url("show", pk=key, **way_back.carried()) if key is not None else None for key in found)
        return {"list_url": way_back.row_url(self, obj), "prev_url": back, "next_url": forth}

    def card_subtitle(self, obj: Any) -> str:
        return ""

    def card_initials(self, obj: Any) -> str:
        return "".join((getattr(obj, name, "") or "")[:1] for name in ("last_name", "first_name"))

    def card_badges(self, obj: Any) -> list[dict[str, str]]:
        return []

    def card_toolbar(self, obj: Any) -> list[dict[str, Any]]:
        return []

    def _grids(self, obj: Any, actor: Actor) -> list[dict[str, Any]]:
        """The grids of this record: what belongs to it, filled in place."""
        views = () if self.brief else gridded_by(self.model)
        return [
            {"title": view.as_grid.title, "url": view.url("grid", pk=obj.id), "icon": "table", "primary": False}
            for view in views
            if view.as_grid is not None and actor.may(Action.VIEW, view.resource) and sight.lists(actor, view)
        ]

    def _sections(self, obj: Any) -> dict[str, Any]:
        """What is told of the record itself, and how much of it is empty."""
        told = [(title, self._items(obj, listed)) for title, listed in self.sections()]
        shown = [
            {"title": title, "items": items, "bare": all(item["bare"] for item in items)}
            for title, items in told
            if items
        ]
        return {"sections": shown, "empties": sum(item["bare"] for _, items in told for item in items)}

    def _items(self, obj: Any, names: Sequence[str]) -> list[dict[str, Any]]:
        told = [name for name in names if sight.tells(person_of(db.session), self.model, name)]
        values = [(name, cells.value_of(obj, name)) for name in told]
        return [
            {
                "label": cells.label_for(self.model, name),
                "value": cells.show(value),
                "bare": value is None or value == "",
            }
            for name, value in values
        ]

    def _organisation(self, obj: Any) -> str:
        """Whose paper a printed card is."""
        found = cells.value_of(obj, "school") if hasattr(obj, "school") else None
        return "" if found in (None, cells.WITHHELD) else getattr(found, "full_name", "") or str(found)

    def _shown(self, item: Related, actor: Actor) -> bool:
        if self.brief or not sight.lists(actor, view_of(item.model)):
            return False
        return any(actor.may(Action.VIEW, resource) for resource in full_resources(item.model))

    def _tables(self, obj: Any, actor: Actor) -> list[dict[str, Any]]:
        shown = [item for item in self.related if self._shown(item, actor)]
        return [self._related(obj, item, number) for number, item in enumerate(shown, 1)]

    def _related(self, obj: Any, item: Related, order: int) -> dict[str, Any]:
        """One table of dependent records; the argument `part<order>` of the address holds its page."""
        view, actor = view_of(item.model), person_of(db.session)
        argument, place = f"part{order}", f"part-{order}"
        number = arguments.page_number(request.args, argument)
        scope = condition(item.model, actor, resources=full_resources(item.model))
        day = _day_asked(item, actor)
        held = () if day is None else (holding_on(item.model, day),)
        where = (getattr(item.model, item.key) == obj.id, scope, *held)
        count = db.session.scalar(select(func.count()).select_from(item.model).where(*where)) or 0
        stands, skipped = sorting.ordered(item.model, item.order), (number - 1) * item.rows
        statement = stands.joined(select(item.model).where(*where)).options(*eager(item.model, item.columns))
        statement = statement.order_by(*stands.clauses()).limit(item.rows).offset(skipped)
        rows = db.session.scalars(statement).all() if count else []
        complete(rows, item.columns)
        relation = item.key.removesuffix("_id")
        shown = [name for name in item.columns if reach.tells(actor, item.model, name)]
        listed = relation in view.filter_columns and actor.may(Action.VIEW, view.resource)
        own = view.own_rows(actor)
        only = sole_key(item.model)
        has_room = not count or only is None or only.key != item.key
        adds = (
            has_room
            and view.may_add(actor)
            and (own is None or own[0] != relation or obj.id in own[1])
            and relation in {name for _, names in view.form_fieldsets for name in names}
        )
        return {
            "title": item.title,
            "on_day": _on_day(item, day, argument),
            "count": count,
            "first": skipped + 1 if item.numbered else None,
            "columns": [{"label": cells.label_for(item.model, name)} for name in shown],
            "rows": [self._related_row(item, row, shown) for row in rows],
            "add_url": view.url("add", **{relation: obj.id}, **way_back.back_here(place)) if adds else None,
            "add_label": item.add_label or view.add_label,
            "all_url": view.url("list", **{relation: obj.id}) if listed and count > len(rows) else None,
            **_pages(argument, number, item.rows, len(rows), count),
            "empty_text": item.empty,
        }

    def _related_row(self, item: Related, row: Any, columns: Sequence[str]) -> dict[str, Any]:
        opened = cells.value_of(row, item.link) if item.link else row
        return {
            "url": cells.card_url(opened) if opened is not None else None,
            "cells": row_cells(item.model, row, columns),
        }

    def _history(self, obj: Any) -> list[dict[str, Any]]:
        events = history.of(db.session, obj)
        history.load_names(db.session, type(obj), events)
        own = [(event, _told(event, event.action.title_ru, type(obj))) for event in events]
        hanging = history.of_rows(db.session, obj, events) + self._of_children(obj, events)
        found = sorted([*own, *_of_others(hanging)], key=lambda pair: pair[0].id, reverse=True)
        return [told for _, told in found[: history.LONGEST]]

    def _of_children(self, obj: Any, own: Sequence[AuditEvent]) -> list[history.OfRow]:
        actor = person_of(db.session)
        shown = [each for each in self.history_of if any(actor.may(Action.VIEW, r) for r in full_resources(each.model))]
        return history.of_children(db.session, obj, [_as_seen(child, obj, actor) for child in shown], own)

    def _stamps(self, obj: Any) -> dict[str, Any] | None:
        if not hasattr(obj, "entered_at"):
            return None
        return {
            "entered_by": obj.entered_by,
            "entered_at": cells.local(obj.entered_at),
            "changed_by": obj.changed_by,
            "changed_at": cells.local(obj.changed_at) if obj.changed_at else None,
        }


def _returning(tool: dict[str, Any]) -> dict[str, Any]:
    """A button that leads to another page leads back from there; what is sent at once stays on the card."""
    return tool if tool.get("method") else tool | {"url": way_back.with_back(tool["url"])}


def _day_asked(item: Related, actor: Actor) -> date | None:
    """The day whose rows a table shows; None: those of all days."""
    if not issubclass(item.model, Spanning) or request.args.get(ON_DAY) == EVERY_DAY:
        return None
    return day_of(request.args, ON_DAY, HOLDS) or (actor.today if item.of_today else None)


def _on_day(item: Related, day: date | None, argument: str) -> dict[str, Any] | None:
    """For the table of rows that hold on days: the day asked about, and what of the address stays."""
    if not issubclass(item.model, Spanning):
        return None
    every = address(argument, **{ON_DAY: EVERY_DAY}) if item.of_today and day is not None else None
    kept = pairs(ON_DAY, argument)
    return {"name": ON_DAY, "value": day.isoformat() if day else "", "label": HOLDS, "kept": kept, "every_url": every}


def _period_badge(obj: Any, actor: Actor) -> list[dict[str, str]]:
    """Whether a record that holds from a day to a day holds today."""
    if not isinstance(obj, Spanning):
        return []
    since, until = obj.span
    if obj.holds_on(actor.today):
        return [{"text": "действует", "color": "green"}]
    if until is not None and until < actor.today:
        return [{"text": f"действовало по {format_date(until)}", "color": ""}]
    return [{"text": f"действует с {format_date(since)}", "color": "blue"}]


def _pages(argument: str, number: int, size: int, shown: int, count: int) -> dict[str, Any]:
    """Paging of one table of a card: the rest of the page stays as it is."""
    last = (number - 1) * size + shown
    back = min(number - 1, -(-count // size))
    return {
        "pages": count > size,
        "range_text": _range(number, size, shown, count),
        "prev_url": address(**{argument: back if back > 1 else None}) if number > 1 else None,
        "next_url": address(**{argument: number + 1}) if last < count and shown else None,
    }


def _as_seen(child: history.Child, obj: Any, actor: Actor) -> history.Child:
    """What hangs on a record as far as the reader's rights reach."""
    rights = full_resources(child.model)
    reached = [actor.school_ids(each, Action.VIEW) for each in rights]
    whole = any(schools is None or obj.school_id in schools for schools in reached)
    return replace(child, seen=condition(child.model, actor, resources=rights), seen_gone=whole)


def _of_others(found: Sequence[history.OfRow]) -> list[tuple[AuditEvent, dict[str, Any]]]:
    """What became of the rows of a record and of what hangs on it, each called as the row is."""
    names.load(db.session, [each.about for each in found if each.about is not None])
    for model in {each.rows.model for each in found}:
        history.load_names(db.session, model, [each.event for each in found if each.rows.model is model])
    return [(each.event, _told(each.event, _of_row(each), each.rows.model)) for each in found]


def _of_row(found: history.OfRow) -> str:
    name = names.of(db.session, *found.about) if found.about is not None else None
    called = " ".join(part for part in (found.rows.add_label, name) if part)
    return f"{called}: {found.event.action.title_ru.lower()}"


def _told(event: AuditEvent, action: str, model: Any) -> dict[str, Any]:
    """An event as the card has it. What a change changed; a creation or a print says no more than that it was."""
    changes = history.changes_in_words(model, event.changes) if event.action is AuditAction.CHANGE else []
    return {"when": cells.local(event.at), "who": event.actor, "action": action, "changes": changes}


def _range(number: int, size: int, shown: int, count: int) -> str:
    if shown:
        first = (number - 1) * size + 1
        return f"{first}–{first + shown - 1} из {format_number(count)}"
    return f"страницы {number} нет, всего {format_number(count)}" if number > 1 else f"всего {format_number(count)}"
