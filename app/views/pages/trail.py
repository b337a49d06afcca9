"""The trail: who did what and when, told without the names of records that the reader may not open."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_

from app.extensions import db
from app.models.engine.audit import AuditAction, AuditEvent
from app.panel import cells
from app.panel.menu import Menu
from app.panel.registry import full_resources
from app.panel.view import RecordView
from app.regulation.rights import Action, Resource
from app.security.guard import actor_of, person_of
from app.security.resources import RESOURCES
from app.services.engine import history

SIGNING = (AuditAction.LOGIN, AuditAction.LOGIN_FAILED, AuditAction.LOGOUT)
MODELS: dict[str, type] = {model.__tablename__: model for model in RESOURCES}
KINDS = sorted(((table, model.__titles__[0]) for table, model in MODELS.items()), key=lambda pair: pair[1])


class AuditView(RecordView, model=AuditEvent):
    resource = Resource.AUDIT
    route = "audit"
    menu = Menu("Школа и доступ", order=60, icon="history")
    readonly = True
    guide, clause = "panel#журнал-действий", "1.5"
    list_columns = ["at", "actor", "action", "entity", "record", "address"]
    show_fieldsets = [
        ("Событие", {"fields": ["at", "action", "entity", "record"]}),
        ("Кто", {"fields": ["actor", "address"]}),
    ]
    default_order = ("id",)
    default_descending = True
    filter_columns = ["action", "entity", "at"]
    filter_choices = {"entity": KINDS}
    search_hint = "Кто действовал"
    unasked = {"action": lambda: AuditEvent.action.not_in(SIGNING)}
    unasked_words = "Входы и выходы не показаны: отберите их по действию."

    def _init_properties(self) -> None:
        super()._init_properties()
        self.searchable = True
        self.order_columns = ["at", "actor", "action", "entity"]  # names of records would be told by their order

    def ordered_by(self, name: str) -> bool:
        """Nor are logins told by theirs to whom they are not shown."""
        return super().ordered_by(name) and (name != "actor" or _reads_logins())

    @staticmethod
    def search_word(word: str) -> ColumnElement[bool]:
        """A word of the actor's name. SQLite folds no Cyrillic: the ways in which people write a name. A login is found
        by whoever may read logins alone."""
        ways = {word, word.lower(), word.capitalize(), word.upper()}
        named = or_(*(AuditEvent.actor.contains(way, autoescape=True) for way in sorted(ways)))
        return named if _reads_logins() else named & (AuditEvent.action != AuditAction.LOGIN_FAILED)

    def card(self, obj: AuditEvent) -> dict[str, Any]:
        changes = _changes(obj) if _may_know(obj) else []
        untold = not changes and not _may_know(obj) and bool(obj.changes)
        return super().card(obj) | {"history": [], "related": [_table(changes)] if changes or untold else []}


def _reads_logins() -> bool:
    return person_of(db.session).may(Action.VIEW, Resource.ACCOUNTS)


def _actor(event: AuditEvent) -> str:
    """Of a failed sign-in the login stands there: it is told to those who may see accounts."""
    if event.action is not AuditAction.LOGIN_FAILED or _reads_logins():
        return event.actor
    return "Неизвестный логин" if event.record_id is None else f"Учётная запись № {event.record_id}"


def _kind(event: AuditEvent) -> str:
    model = MODELS.get(event.entity)
    return model.__titles__[0] if model else ""


def _name(event: AuditEvent) -> str:
    if _may_know(event) or event.record_id is None:
        return event.record
    return f"№ {event.record_id}"


def _may_know(event: AuditEvent) -> bool:
    """Whether the reader may see the record itself. An act without a record names none."""
    if not event.entity:
        return True
    model, actor = MODELS.get(event.entity), actor_of(db.session)
    return model is not None and any(
        actor.may(Action.VIEW, resource) and _reaches(actor.school_ids(resource, Action.VIEW), event)
        for resource in full_resources(model)
    )


def _reaches(schools: frozenset[int] | None, event: AuditEvent) -> bool:
    return schools is None or event.school_id is None or event.school_id in schools


def _changes(event: AuditEvent) -> list[dict[str, Any]]:
    """Label, old, new. Of a secret only that it changed; a print or an export changed nothing."""
    model = MODELS.get(event.entity)
    return history.changes_in_words(model, event.changes) if model else []


def _table(changes: list[dict[str, Any]]) -> dict[str, Any]:
    heads = ("Сведения", "Было", "Стало")
    rows = [zip(heads, (each["label"], each["old"], each["new"]), strict=True) for each in changes]
    return {
        "title": "Что изменилось",
        "count": len(changes),
        "columns": [{"label": head} for head in heads],
        "rows": [
            {"url": None, "cells": [{"label": head, "value": cells.show(value)} for head, value in row]} for row in rows
        ],
        "add_url": None,
        "all_url": None,
        "pages": False,
        "empty_text": "Нет права: такие записи вам не показываются.",
    }


cells.READERS |= {(AuditEvent, "actor"): _actor, (AuditEvent, "entity"): _kind, (AuditEvent, "record"): _name}
