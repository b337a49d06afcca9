"""`/readings/`: the register of readings, what the region chose for a school year, and what a choice would change."""

from datetime import date
from typing import Any

from flask import abort, render_template, request, url_for
from flask_appbuilder import expose, has_access

from app.compliance.readings import Choice
from app.compliance.status import Status
from app.extensions import db
from app.models.monitoring import ReadingChoice
from app.panel.editing import fields, validators
from app.panel.menu import Menu
from app.panel.page import Page
from app.panel.view import RecordView
from app.regulation import load_regulation
from app.regulation.rights import Action, Resource
from app.russian import school_year
from app.security.guard import actor_of
from app.services.monitoring import readings as register
from app.services.monitoring.compliance import Tally
from app.views.monitoring.starts import tell_effect
from app.web.arguments import BadArgument

FIRST_YEAR, LAST_YEAR = 2015, 2039
SHOWN = (Status.ON_TIME, Status.LATE, Status.PENDING, Status.OVERDUE, Status.NOT_APPLICABLE)


class ReadingsView(Page):
    route_base = "/readings"
    menu = Menu("Сроки", order=5, icon="scale", title="Чтения сроков", hint="Как читается текст о сроках")
    default_view = "index"
    guide, clause = "regional#чтения-сроков", "4.1"
    class_permission_name = Resource.READINGS.value
    method_permission_name = {"index": Action.VIEW, "effect": Action.VIEW}

    @expose("/")
    @has_access
    def index(self) -> str:
        year, actor = _year(), actor_of(db.session)
        shown = {
            "entries": register.register(db.session, year),
            "unread": register.unread(),
            "year": year,
            "caption": school_year(year),
            "others": [(each, school_year(each)) for each in (year - 1, year + 1) if FIRST_YEAR <= each <= LAST_YEAR],
            "add_url": url_for("ReadingChoiceView.add") if actor.may(Action.EDIT, Resource.READINGS) else None,
        }
        return render_template("monitoring/readings.html", **shown)

    @expose("/effect/<reading_id>/<option_id>")
    @has_access
    def effect(self, reading_id: str, option_id: str) -> str:
        """One option at a time: a region is counted twice for it."""
        reading = load_regulation().readings.get(reading_id) or abort(404)
        option = reading.options.get(option_id) or abort(404)
        year = _year()
        try:
            found = register.effect(db.session, actor_of(db.session), Choice(year, reading.id, option.id))
        except LookupError:
            found = None
        shown = {"reading": reading, "option": option, "year": year, "caption": school_year(year), "effect": found}
        return render_template("monitoring/reading_effect.html", **shown, rows=_rows(found) if found else [])


def _year() -> int:
    """The school year asked for, or the running one."""
    text = request.args.get("year", "").strip()
    if not text:
        return _running(actor_of(db.session).today)
    if not (text.isascii() and text.isdecimal() and FIRST_YEAR <= int(text[:8]) <= LAST_YEAR):
        raise BadArgument(f"Учебный год: «{text[:20]}» – ожидается год начала с {FIRST_YEAR} по {LAST_YEAR}.")
    return int(text)


def _running(today: date) -> int:
    return load_regulation().year_starts.school_year(today)


def _rows(found: register.Effect) -> list[dict[str, Any]]:
    rules = load_regulation().rules
    rows = [_row(rules[rule].title, *both) for rule, both in found.by_rule.items()]
    return [*rows, _row("Итого", *found.total)]


def _row(title: str, before: Tally, after: Tally) -> dict[str, Any]:
    was, would = before.counts(), after.counts()
    cells = [{"title": status.label, "before": was[status], "after": would[status]} for status in SHOWN]
    return {"title": title, "cells": cells, "shares": (before.share, after.share)}


class ReadingChoiceView(RecordView, model=ReadingChoice):
    resource = Resource.READINGS
    route = "reading_choices"
    section = "Сроки"
    guide, clause = "regional#чтения-сроков", "4.1"
    list_columns = ["caption", "act_number", "act_date"]
    order_by = {"caption": ("start_year",)}
    default_order, default_descending = ("start_year",), True
    filter_columns = ["start_year", "act_number", "act_date"]
    form_fieldsets = [
        ("Как читать", ["start_year", "option"]),
        ("Акт", ["act_number", "act_date"]),
    ]
    show_fieldsets = [
        ("Как читать", {"fields": ["start_year", "option_text"]}),
        ("Акт", {"fields": ["act_number", "act_date"]}),
    ]

    def store(self, obj: Any) -> Any:
        """What it does to the numbers is stored with it."""
        tell_effect(register.save(db.session, obj))
        return obj

    def form_extra(self) -> dict[str, Any]:
        return {
            "option": fields.SelectField(
                "Чтение и вариант", [validators.Required()], choices=register.offered(), blank=True
            )
        }
