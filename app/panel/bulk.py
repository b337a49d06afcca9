"""One action over many records: a preview, the doing row by row, a result for each row. A part of the one base view."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import abort, redirect, request
from flask_appbuilder import expose, has_access
from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.extensions import db
from app.panel import cells, sight
from app.panel.bulk_actions import BulkAction, Deleting, Judged, Moving, Setting
from app.panel.declaration import Lead
from app.panel.editing import doubts
from app.panel.editing.pages import EditingPages
from app.panel.listing.listing import Listing
from app.panel.loading import eager
from app.panel.transitions import TransitionPages
from app.panel.trash import DeletingPages
from app.regulation.rights import Action
from app.russian import format_number, records_word
from app.security import names
from app.security.actor import Actor
from app.security.guard import Denied, person_of
from app.security.scoping import condition
from app.services.engine import trash
from app.services.engine.errors import Changed, Refused
from app.services.engine.warnings import Unconfirmed
from app.web import arguments
from app.web.arguments import BadArgument

MOST_AT_ONCE = 1000
SHOWN = 100
LONGEST_QUERY = 2000
COLUMNS = 3
"""Columns of the list that the preview repeats, so that a person knows the rows."""


@dataclass
class Chosen:
    """What was asked: an action, the records, and where the person came from."""

    action: BulkAction
    rows: Sequence[Any]
    query: str
    batch: str
    form: Any = None
    """The form of the action's one field."""
    judged: Judged = field(default_factory=Judged)

    @property
    def value(self) -> Any:
        return self.form[self.action.field].data if self.form is not None else None

    @property
    def reasons(self) -> dict[int, str]:
        return self.judged.reasons

    @property
    def possible(self) -> list[Any]:
        return [obj for obj in self.rows if obj.id not in self.reasons]


@dataclass(frozen=True)
class Outcome:
    """What became of one record."""

    id: int
    name: str
    url: str | None
    done: bool
    reason: str = ""
    named: str | None = None
    """The card that the reason speaks of."""


class BulkPages(EditingPages, DeletingPages, TransitionPages):
    """Bulk actions: deleting, setting a field of `bulk_fields`, the transitions whose buttons say `bulk`."""

    def bulk_choices(self) -> list[BulkAction]:
        moves = [Moving(self, button) for button in self.transitions if button.bulk]
        erasing = [Deleting(self)] if "delete" not in self.exclude_route_methods else []
        return [*(Setting(self, name) for name in self.bulk_fields), *moves, *erasing]

    def bulk_actions(self, actor: Actor) -> Sequence[dict[str, Any]]:
        if self.readonly or self.brief:
            return []
        may = [each for each in self.bulk_choices() if actor.may(each.right, self.resource)]
        leads = [
            {"name": each.code, "label": each.label, "danger": False} for each in self.leads if each.offered(actor)
        ]
        return [*leads, *({"name": each.code, "label": each.label, "danger": each.danger} for each in may)]

    @expose("/bulk", methods=["POST"])
    @has_access
    def bulk(self) -> Any:
        """Without `confirmed` a preview, which changes nothing; with it the action, each row by its own rules."""
        lead = next((each for each in self.leads if each.code == request.form.get("action")), None)
        if lead is not None:
            return self._lead(lead)
        chosen = self._picked_rows()
        if chosen.form is not None and not self._has_value(chosen):
            return self._ask_value(chosen)
        if request.form.get("confirmed") == "1":
            return self._perform(chosen)
        keys = [obj.id for obj in chosen.rows]
        chosen.judged = chosen.action.judge(chosen.rows, chosen.form)
        chosen.rows = self._rows(keys, chosen.action)  # what was tried and taken back has to be read again
        chosen.judged.foretold = chosen.action.foretold(chosen.possible[:SHOWN])
        chosen.rows = self._rows(keys, chosen.action)
        return self._preview(chosen)

    # What was asked.

    def _lead(self, lead: Lead) -> Any:
        """To another page with the marked records; which of them the person sees is that page's to ask."""
        if not lead.offered(person_of(db.session)):
            raise Denied(f"Недостаточно прав: «{lead.label}».")
        return redirect(lead.url(self._keys(_query(), Action.VIEW)))

    def _keys(self, query: str, right: Action) -> list[int]:
        return self._filtered(query, right) if request.form.get("all") == "1" else self._marked()

    def _picked_rows(self) -> Chosen:
        query = _query()
        action = self._action_asked(request.form.get("action", ""))
        keys = self._keys(query, action.right)
        batch = request.form.get("batch", "")
        if not re.fullmatch("[0-9a-f]{32}", batch):
            batch = trash.new_batch()
        return Chosen(action, self._rows(keys, action), query, batch, self._value_form(action))

    def _action_asked(self, code: str) -> BulkAction:
        found = next((each for each in self.bulk_choices() if each.code == code), None)
        if found is None:
            raise BadArgument("Неизвестное действие над отмеченными записями.")
        if not person_of(db.session).may(found.right, self.resource):
            raise Denied(f"Недостаточно прав: {found.right.title_ru}, «{self.title_many}».")
        return found

    def _marked(self) -> list[int]:
        keys = list(dict.fromkeys(arguments.key(pk) for pk in request.form.getlist("rowid")))
        if not keys:
            raise BadArgument("Не отмечена ни одна запись. Вернитесь к списку и отметьте нужные.")
        return _not_too_many(keys)

    def _filtered(self, query: str, right: Action) -> list[int]:
        """All rows of the list as it was filtered, within the scope of this action."""
        listing = Listing(self, MultiDict(parse_qsl(query)), right)
        keys = select(self.model.id).order_by(self.model.id).limit(MOST_AT_ONCE + 1)
        found = list(db.session.scalars(listing.narrow(keys)))
        if not found:
            raise BadArgument("По этому отбору нет записей, доступных для этого действия.")
        return _not_too_many(found)

    def _rows(self, keys: list[int], action: BulkAction) -> list[Any]:
        """All of them, or 404: a foreign one among them does not exist, and nothing has happened."""
        scope = condition(self.model, person_of(db.session), action.right, (self.resource,))
        paths = [*self.list_columns, *([action.field] if action.shows_change else [])]
        statement = select(self.model).where(self.model.id.in_(keys), scope, *self.narrowing())
        found = {obj.id: obj for obj in db.session.scalars(statement.options(*eager(self.model, paths)))}
        names.load_for(db.session, found.values(), paths)
        return [found[key] for key in keys] if len(found) == len(keys) else abort(404)

    # The one field.

    def _value_form(self, action: BulkAction) -> FlaskForm | None:
        """The field as the view's own form has it; the token of the page is checked for every request."""
        value = action.value_field()
        if value is None:
            return None
        meta = type("Meta", (), {"csrf": False})
        form = type("ValueForm", (FlaskForm,), {"Meta": meta, action.field: value})
        return form(request.form if request.form.get("asked") == "1" else None)

    def _has_value(self, chosen: Chosen) -> bool:
        return request.form.get("asked") == "1" and chosen.form.validate()

    def _ask_value(self, chosen: Chosen) -> Any:
        page = self._render_bulk(chosen, "ask", back_url=self._back(chosen))
        return (page, 422) if chosen.form.errors else page

    # Preview.

    def _preview(self, chosen: Chosen) -> str:
        seen = {obj.id: _state(obj) for obj in chosen.rows}
        keys = [obj.id for obj in chosen.possible]
        found = [(obj.id, str(obj), doubt) for obj in chosen.possible for doubt in chosen.judged.asked.get(obj.id, ())]
        return self._render_bulk(chosen, "preview", keys=keys, seen=seen, questions=doubts.grouped(found))

    def _told_rows(self, chosen: Chosen) -> list[dict[str, Any]]:
        columns = self._bulk_columns(chosen)
        return [
            {
                "id": obj.id,
                "name": str(obj),
                "url": self.url("show", pk=obj.id, list=chosen.query),
                "cells": [cells.show(cells.value_of(obj, name), link=False) for name in columns],
                "old": cells.show(cells.value_of(obj, chosen.action.field), link=False)
                if chosen.action.shows_change
                else None,
                "reason": chosen.reasons.get(obj.id, ""),
                "foretold": chosen.judged.foretold.get(obj.id, ()),
                "doubts": Markup(" ").join(map(cells.told, chosen.judged.asked.get(obj.id, ()))),
            }
            for obj in chosen.rows[:SHOWN]
        ]

    def _bulk_columns(self, chosen: Chosen) -> list[str]:
        """The first of the list, but neither the record's own name nor the field that is changed."""
        first = chosen.rows[0]
        told = {chosen.action.field} | {
            name for name in self.list_columns if cells.plain(cells.value_of(first, name)) == str(first)
        }
        telling = [name for name in self.list_columns if sight.tells(person_of(db.session), self.model, name)]
        return [name for name in telling if name not in told][:COLUMNS]

    # Doing.

    def _perform(self, chosen: Chosen) -> Any:
        with trash.together(db.session, chosen.batch):
            outcomes = list(self._each(chosen))
        if request.accept_mimetypes.best == "application/json":
            return {"rows": [vars(outcome) for outcome in outcomes]}
        left = [outcome.id for outcome in outcomes if not outcome.done]
        return self._render_bulk(chosen, "result", outcomes=outcomes, keys=left)

    def _each(self, chosen: Chosen) -> Iterator[Outcome]:
        # Names first: after a refusal or a deletion a row can no longer be asked.
        seen = dict(pair.split(":", 1) for pair in request.form.getlist("seen") if ":" in pair)
        rows = [(obj, obj.id, str(obj), seen.get(str(obj.id)) == _state(obj)) for obj in chosen.rows]
        for obj, key, name, same in rows:
            url = self.url("show", pk=key, list=chosen.query)
            try:
                if not same:
                    raise Changed
                chosen.action.act(obj, chosen.form)
            except Refused as error:
                yield Outcome(key, name, url, False, str(error), cells.named_card(error.messages))
            except Denied as error:
                yield Outcome(key, name, url, False, str(error))
            except Unconfirmed as error:
                yield Outcome(key, name, url, False, f"Не подтверждено: {error}")
            except Changed:
                yield Outcome(key, name, url, False, "Запись тем временем изменил другой человек. Проверьте её.")
            else:
                yield Outcome(key, name, None if chosen.action.undone else url, True)

    # Pages.

    def _back(self, chosen: Chosen) -> str:
        return self.url("list") + (f"?{chosen.query}" if chosen.query else "")

    def _render_bulk(self, chosen: Chosen, step: str, **context: Any) -> str:
        name = chosen.action.field
        value = chosen.form[name] if chosen.form is not None else None
        values = request.form.getlist(name) if chosen.form is not None else []
        number = len(chosen.rows)
        return self.render(
            self.bulk_template,
            step=step,
            title=f"{chosen.action.title}: {format_number(number)} {records_word(number)}",
            chosen=chosen,
            field=value,
            new=cells.show(value.data, link=False) if value is not None else None,
            passed=[(name, each) for each in values],
            columns=[cells.label_for(self.model, name) for name in self._bulk_columns(chosen)],
            rows=self._told_rows(chosen) if step != "result" else [],
            bulk_url=self.url("bulk"),
            undo_url=self.url("undelete", batch=chosen.batch) if chosen.action.undone else None,
            **{"back_url": self._back(chosen), "keys": [obj.id for obj in chosen.rows], "outcomes": [], "questions": []}
            | context,
        )


def _query() -> str:
    """The conditions of the list one came from."""
    query = urlencode(parse_qsl(request.form.get("query", "")))
    if len(query) > LONGEST_QUERY:
        raise BadArgument("Условий отбора слишком много. Уберите часть условий.")
    return query


def _not_too_many(keys: list[int]) -> list[int]:
    if len(keys) > MOST_AT_ONCE:
        raise BadArgument(f"За один раз – не больше {MOST_AT_ONCE} записей. Уточните отбор или отметьте меньше.")
    return keys


def _state(obj: Any) -> str:
    """What tells that a record is as the preview showed it."""
    return str(obj.version)
