"""`/compliance/changes`: what changed between two days. A number leads to exactly what it counts."""

from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask_appbuilder import expose, has_access

from app.extensions import db
from app.panel.page import Page
from app.regulation import load_regulation
from app.regulation.rights import Action, Resource
from app.russian import format_date, format_number, format_percent, plural
from app.security.guard import actor_of, person_of
from app.services.monitoring import changes as monitoring
from app.services.monitoring import compliance
from app.services.monitoring.as_of import WrongDays
from app.services.monitoring.changes import Kind, Numbers
from app.services.monitoring.compliance import Question
from app.services.monitoring.correction_lists import Counted
from app.views.monitoring import closing
from app.views.monitoring.compliance import asked, filters
from app.views.monitoring.reasons import row
from app.web.arguments import BadArgument

PAGE = 50
TITLE = "Что изменилось"


class ChangesView(Page):
    route_base = "/compliance/changes"
    default_view = "index"
    guide, clause = "municipal#что-изменилось", "3.3.9.2"
    class_permission_name = Resource.COMPLIANCE.value
    method_permission_name = {"index": Action.VIEW, "records": Action.VIEW}

    @expose("/")
    @has_access
    def index(self) -> str | tuple[str, int]:
        try:
            question = monitoring.between(asked())
        except WrongDays as error:
            return render_template("monitoring/changes.html", report=_refused(error)), 400
        return render_template("monitoring/changes.html", report=_report(question))

    @expose("/records/<kind>")
    @has_access
    def records(self, kind: str) -> str:
        try:
            question = monitoring.between(asked())
        except WrongDays as error:
            raise BadArgument(str(error)) from error
        return render_template("monitoring/compliance_records.html", report=_records(question, _kind(kind), _skipped()))


def _refused(error: WrongDays) -> dict[str, Any]:
    kept = [("org", request.args["org"])] if request.args.get("org") else []
    asked_for = filters(request.args.get("on"), request.args.get("since"), error.at_fields)
    return {"title": TITLE, "filters": asked_for, "hidden": kept}


def _report(question: Question) -> dict[str, Any]:
    found = monitoring.changes(db.session, question)
    organisation, rules = question.organisation, load_regulation().rules
    first, last = _days(question)
    tables = [_table("По обязанностям", "Обязанность", question, [
        (rules[rule].title, None, {"rule": rule}, numbers) for rule, numbers in found.by_rule.items()
    ])]  # fmt: skip
    if found.children is not None:
        words = ("По муниципалитетам", "Муниципалитет") if organisation.level == "region" else ("По школам", "Школа")
        rows = [(child.title, _address(question, org=child.code), {"org": child.code}, numbers)
                for child, numbers in found.children]  # fmt: skip
        tables.insert(0, _table(*words, question, rows))
    return {
        "title": f"{TITLE}: {organisation.title}",
        "breadcrumbs": _breadcrumbs(question),
        "filters": filters(last.isoformat(), first.isoformat()),
        "hidden": [("org", organisation.code)],
        "on": last,
        "since": first,
        "forecast": question.forecast,
        "cells": _cells(question, found.total, {}),
        "kpis": _kpis(found.total),
        "told": _told(question, found.total),
        "tables": tables,
        "form_url": _form_url(question),
    }


def _days(question: Question) -> tuple[date, date]:
    return question.since or question.on, question.on


def _kpis(total: Numbers) -> list[dict[str, Any]]:
    before, now = total.before, total.now
    return [
        {"title": "Внесено в срок", "value": format_percent(now.share), "hint": f"было {format_percent(before.share)}"},
        {"title": "Просрочено", "value": format_number(now.overdue), "hint": _was(before.overdue, now.overdue)},
        {"title": "С опозданием", "value": format_number(now.late), "hint": _was(before.late, now.late)},
        {
            "title": "Ждут подтверждения",
            "value": format_number(total.waiting),
            "hint": _was(total.waiting_before, total.waiting),
        },
    ]


def _was(before: int, now: int) -> str:
    """«было 152, −3»."""
    if before == now:
        return "без изменений"
    return f"было {format_number(before)}, {'+' if now > before else '−'}{format_number(abs(now - before))}"


def _told(question: Question, total: Numbers) -> list[dict[str, Any]]:
    """What happened in between, a line each; what did not happen is not told."""
    lines = [
        {"text": kind.title_ru, "hint": kind.hint, "number": total.changes[kind], "url": _records_url(question, kind)}
        for kind in Kind
    ]
    waiting = _corrections(question, Counted.WAITING)
    lines += [
        {"text": "исправления подтверждены", "number": total.confirmed, "url": _corrections(question, Counted.SINCE)},
        {"text": "исправления ждут подтверждения", "number": total.waiting, "url": waiting},
        {"text": "показатели стоят, как стояли", "hint": "изменение улучшает их и ждёт подтверждения",
         "number": total.held, "url": waiting},
    ]  # fmt: skip
    return [each for each in lines if each["number"]]


Shown = tuple[str, str | None, dict[str, str], Numbers]
"""A row: its title and address, what it narrows the records to, its numbers."""


def _table(title: str, first: str, question: Question, rows: list[Shown]) -> dict[str, Any]:
    shown = [
        {"title": name, "url": url, "changed": numbers.changed, "cells": _cells(question, numbers, where)}
        for name, url, where, numbers in rows
    ]
    still = sum(not each["changed"] for each in shown)
    words = plural(still, "строка", "строки", "строк")
    return {
        "title": title,
        "first_column": first,
        "rows": [each for each in shown if each["changed"]],
        "still": f"Без изменений: {still} {words}." if still else "",
    }


def _cells(question: Question, numbers: Numbers, where: dict[str, str]) -> dict[str, Any]:
    """What a row shows, each with the address of what it counts."""
    before, now = numbers.before, numbers.now
    changes = [
        {"title": kind.short, "count": numbers.changes[kind], "url": _records_url(question, kind, **where)}
        for kind in Kind
    ]
    changes += [
        {"title": "исправлено", "count": numbers.confirmed, "url": _corrections(question, Counted.SINCE, **where)},
        {"title": "ждёт", "count": numbers.waiting, "url": _corrections(question, Counted.WAITING, **where)},
    ]  # fmt: skip
    return {
        "both": [
            {"title": "просрочено", **_both(question, "overdue", before.overdue, now.overdue, where)},
            {"title": "с опозданием", **_both(question, "late", before.late, now.late, where)},
        ],
        "changes": changes,
        "shares": (before.share, now.share),
    }


def _both(question: Question, status: str, before: int, now: int, where: dict[str, str]) -> dict[str, Any]:
    first, last = _days(question)
    asked_for = {"org": question.organisation.code, "status": status} | where
    urls = [url_for("ComplianceView.records", on=day.isoformat(), **asked_for) for day in (first, last)]
    return {"before": before, "now": now, "urls": urls}


def _asked(question: Question, **where: str) -> dict[str, str]:
    first, last = _days(question)
    return {"org": question.organisation.code, "since": first.isoformat(), "on": last.isoformat()} | where


def _address(question: Question, **where: str) -> str:
    return url_for("ChangesView.index", **_asked(question, **where))


def _records_url(question: Question, kind: Kind, **where: str) -> str:
    return url_for("ChangesView.records", kind=kind.value, **_asked(question, **where))


def _corrections(question: Question, counted: Counted, **where: str) -> str | None:
    if not person_of(db.session).may(Action.VIEW, Resource.CORRECTIONS):
        return None
    return url_for("CorrectionView.list", counted=counted.value, **_asked(question, **where))


def _breadcrumbs(question: Question) -> list[dict[str, str]]:
    found = compliance.above(db.session, actor_of(db.session), question.organisation)
    return [{"title": each.title, "url": _address(question, org=each.code)} for each in found]


def _form_url(question: Question) -> str | None:
    if not actor_of(db.session).may(Action.PRINT, Resource.COMPLIANCE):
        return None
    return url_for("FormsView.print_form", form_id=monitoring.FORM_ID, **_asked(question))


def _kind(value: str) -> Kind:
    if value not in set(Kind):
        raise BadArgument("Такого изменения нет. Вернитесь к числу и откройте его снова.")
    return Kind(value)


def _skipped() -> int:
    text = request.args.get("skip", "0")
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise BadArgument("Адрес страницы испорчен. Вернитесь к началу списка.")
    return int(text)


def _records(question: Question, kind: Kind, skip: int) -> dict[str, Any]:
    page, total = monitoring.records(db.session, question, kind, PAGE, skip)
    first, last = _days(question)
    organisation = question.organisation
    day = first if kind.of_before else last
    count = f"{format_number(total)} {plural(total, 'запись', 'записи', 'записей')}"
    told = f", как числились {format_date(day)}" if kind.of_before else ""
    kept = {name: value for name, value in request.args.items() if name != "skip"}
    return {
        "title": f"{kind.title_ru.capitalize()}: {organisation.title}",
        "breadcrumbs": [*_breadcrumbs(question), {"title": TITLE, "url": _address(question)}],
        "on": day,
        "count_text": f"{count} с {format_date(first)} по {format_date(last)}{told}",
        "forecast": question.forecast,
        "rows": [row(judged) | closing.link(judged) for judged in page],
        "of_classes": [],
        "prev_url": url_for("ChangesView.records", kind=kind.value, **kept, skip=max(0, skip - PAGE)) if skip else None,
        "next_url": url_for("ChangesView.records", kind=kind.value, **kept, skip=skip + PAGE)
        if skip + PAGE < total
        else None,
    }
