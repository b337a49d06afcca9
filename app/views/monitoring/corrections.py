"""`/corrections/`: what was asked to be set right, and the buttons of who decides of it."""

from typing import Any

from flask import g, request
from sqlalchemy import ColumnElement, select

from app.compliance.status import Status
from app.extensions import db
from app.models.monitoring.corrections import Correction, CorrectionState
from app.panel.menu import Menu
from app.panel.view import Block, Button, RecordView
from app.regulation import load_regulation
from app.regulation.rights import Resource
from app.russian import format_date
from app.security.actor import Actor
from app.security.guard import person_of
from app.security.scoping import condition
from app.services.monitoring import asking_anew, corrections, holding, setting_right  # noqa: F401 - register what deciding does
from app.services.monitoring import correction_lists as lists
from app.services.monitoring.as_of import WrongDays, as_of
from app.services.monitoring.correction_lists import Counted
from app.views.monitoring.asking import anew_url, card_url
from app.views.monitoring.compliance import asked
from app.views.monitoring.reasons import card_of, row
from app.web.arguments import BadArgument

SHOWN = 100
"""Held duties on the card."""


def told(correction: Correction) -> dict[str, Any]:
    """The block of the card: what was named, what it leads to, how the school's numbers changed."""
    asks, named = correction.kind.asks, []
    if correction.trigger_on:
        named.append((asks.day, format_date(correction.trigger_on)))
    if correction.document:
        named.append(("Документ", correction.document))
    if entries := corrections.entries_told(db.session, correction):
        named.append(("Внесения", entries))
    if correction.state is CorrectionState.WAITING and (role := corrections.decider(db.session, correction)):
        named.append(("Решает", role))
    ends = ("О чём", correction.subject_id, correction.about), (asks.other, correction.other_id, correction.other_about)
    links = [(label, text, _link(correction.subject, key)) for label, key, text in ends if key]
    held = holding.held_by(db.session, correction)
    return {
        "named": named,
        "links": links,
        "anew_url": anew_url(correction),
        "effect": [_effect(*each) for each in _counted_rules(correction)],
        "held": [row(each) for each in held[:SHOWN]],
        "held_more": max(0, len(held) - SHOWN),
    }


def _link(table: str, key: int) -> str | None:
    """The card of the record, for whoever may open it."""
    declared = corrections.subjects().get(table)
    if declared is None:
        return card_of(table, key)
    scope = condition(declared.model, person_of(db.session))
    record = db.session.scalar(select(declared.model).where(declared.model.id == key, scope))
    return card_url(declared.card(record)) if record is not None else None


def _counted_rules(correction: Correction) -> list[tuple[str, dict[str, dict[str, int]]]]:
    """The rules whose numbers it changed; where it changed none, all that it is about."""
    effect = correction.effect or {}
    return [(rule, effect[rule]) for rule in correction.changed_rules or effect]


def _effect(rule: str, counted: dict[str, dict[str, int]]) -> dict[str, Any]:
    known = load_regulation().rules.get(rule)
    cells = [
        {"title": status.label, "before": counted["before"][status.value], "after": counted["after"][status.value]}
        for status in Status
    ]
    return {"title": known.title if known is not None else rule, "cells": cells}


def counted_rows() -> list[ColumnElement[bool]]:
    """What a number that leads here counts (`?counted=…`), with the question of its page."""
    name = request.args.get("counted", "")
    if not name:
        return []
    if "counted_rows" not in g:
        if name not in set(Counted):
            raise BadArgument("Такого отбора исправлений нет. Вернитесь к числу и откройте его снова.")
        g.counted_rows, g.counted_told = _counted(Counted(name))
    return [g.counted_rows]


def _counted(counted: Counted) -> tuple[ColumnElement[bool], str]:
    if counted not in lists.OF_QUESTION:
        return lists.of_actor(db.session, counted), counted.title_ru
    try:
        question = asked()
    except WrongDays as error:
        raise BadArgument(str(error)) from error
    told = f"{question.organisation.title}, {as_of(question)}: {counted.title_ru}"
    return lists.of_question(counted, question), told


class CorrectionView(RecordView, model=Correction):
    resource = Resource.CORRECTIONS
    route = "corrections"
    menu = Menu("Работа", order=15, icon="checks", hint="Что просят исправить и что решено")
    guide, clause = "deputy#исправления", "4.1"
    only_moved = True
    list_columns = ["kind", "about", "reason", "asked_on", "asked_by", "state", "decided_on", "school"]
    order_by = {"asked_on": ("entered_on",), "asked_by": ("entered_by",)}
    default_order, default_descending = ("id",), True
    filter_columns = ["state", "kind", "entered_on", "decided_on", "school"]
    search_hint = "О ком или причина"
    list_template = "monitoring/corrections.html"
    blocks = (Block("monitoring/_correction.html", told),)
    empty_hint = "Исправление просят в объяснении «Почему» на карточке приказа или в сроках."
    show_fieldsets = [
        ("Запрос", {"fields": ["kind", "reason", "asked_on", "asked_by", "school"]}),
        ("Решение", {"fields": ["state", "refusal", "decided_on", "decided_by"]}),
    ]
    transitions = (
        Button(
            "confirm",
            "Подтвердить",
            "Подтверждение",
            "Исправление подтверждено.",
            icon="check",
            hint="С сегодняшнего дня показатели считаются с ним; прошедшие дни останутся, какими были известны.",
            bulk=True,
        ),
        Button(
            "refuse",
            "Отказать",
            "Отказ",
            "В исправлении отказано: запросивший увидит причину на своей главной странице.",
            icon="x",
            danger=True,
            bulk=True,
        ),
    )

    def narrowing(self) -> list[ColumnElement[bool]]:
        return counted_rows()

    def tools(self, actor: Actor, obj: Correction) -> list[dict[str, Any]]:
        """No button for whom another one stands before (app/security/control.py); the block says who."""
        found = super().tools(actor, obj)
        return [] if found and corrections.others_decide(db.session, [obj]) else found
